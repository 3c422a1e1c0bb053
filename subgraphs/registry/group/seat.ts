import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Check, Entity, Enum, Index, PrimaryKey } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateOnly, DateTime } from '../../../chassis/input/scalars.ts';
import { statement } from '../../../chassis/statement.ts';
import { Agency, AgencyRow, agencySql } from '../catalogue/agency.ts';
import { isEndingSql } from '../sql/ending.ts';
import { Instant, RecordedAt, References, Revision, Text } from '../sql/storage.ts';
import { InterventionGroupRow } from './group.ts';

/** The role of a seat's holder in the group. */
export enum SeatRole {
  COORDINATOR = 'COORDINATOR',
  MENTOR = 'MENTOR',
  CASEWORKER = 'CASEWORKER',
}

/** An agency's place in a group. */
@Entity({ tableName: 'seat' })
@Index({ name: 'seat_group', properties: ['groupId', 'agency'] })
@Index({ name: 'seat_holder', properties: ['holder'] })
@Index({ name: 'seat_deputy_of', properties: ['deputy'] })
@Index({ name: 'seat_agency', properties: ['agency'] })
@Check({ name: 'seat_hand_over', expression: 'handed_over_from < handed_over_until' })
@Check({ name: 'seat_deputy', expression: 'handed_over_from is null or deputy is not null' })
export class SeatRow {
  [OptionalProps]?: 'id' | 'recordedAt' | 'informedAt' | 'endedAt' | 'revision' | 'changedAt';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => InterventionGroupRow)
  groupId!: string;

  @References(() => AgencyRow)
  agency!: number;

  @Enum({ items: () => SeatRole })
  role!: SeatRole;

  @Text({ nullable: true })
  holder: string | null = null;

  @Text({ nullable: true })
  deputy: string | null = null;

  @Instant({ nullable: true })
  handedOverFrom: Date | null = null;

  @Instant({ nullable: true })
  handedOverUntil: Date | null = null;

  @RecordedAt()
  recordedAt!: Date;

  /** Set by the database when a consent that names the agency is fully signed. */
  @Instant({ nullable: true })
  informedAt!: Date | null;

  @Instant({ nullable: true })
  endedAt!: Date | null;

  @Revision()
  revision!: number;

  /** The time at which it last passed to another person; set by the database. */
  @Instant({ nullable: true })
  changedAt!: Date | null;
}

registerEnumType(SeatRole, {
  name: 'SeatRole',
  description: 'The role of a seat’s holder in the group.',
  valuesConfig: {
    COORDINATOR: { description: 'Leads the work (samordnare).' },
    MENTOR: { description: 'Follows up the agencies’ commitments (lots).' },
    CASEWORKER: { description: 'Takes part for an agency (handläggare).' },
  },
});

/** The status of a seat. */
export enum SeatStatus {
  OPEN = 'OPEN',
  CHANGING = 'CHANGING',
  ENDING = 'ENDING',
  ENDED = 'ENDED',
}

registerEnumType(SeatStatus, {
  name: 'SeatStatus',
  description: 'The stage of a seat.',
  valuesConfig: {
    OPEN: { description: 'The seat is open.' },
    CHANGING: {
      description:
        'The seat is open, and its holder has just changed. Answers to the previous holder may still be on their way for some seconds.',
    },
    ENDING: {
      description:
        'The end of the seat is recorded. Answers read through it may still be on their way for some seconds.',
    },
    ENDED: { description: 'The seat has ended.' },
  },
});

/** A seat, as the group's members see it. */
@Directive('@restricted(relation: MEMBER)')
@ObjectType('Seat', { description: 'A place of an agency in a group (plats).' })
export class Seat {
  readonly groupId!: string;

  @Field(() => ID, { nullable: true, description: 'The id (UUID).' })
  id!: string;

  @Field(() => Agency, { nullable: true, description: 'The agency whose seat it is.' })
  agency!: Agency;

  @Field(() => SeatRole, { nullable: true, description: 'The role of the seat’s holder in the group.' })
  role!: SeatRole;

  @Field(() => SeatStatus, { nullable: true, description: 'The stage of the seat.' })
  status!: SeatStatus;

  @Field(() => String, { nullable: true, description: 'The subject of the staff member who holds the seat.' })
  holder!: string | null;

  @Field(() => DateOnly, {
    nullable: true,
    description:
      'The latest day, in Sweden, on which the holder asked the hub for anything, for this agency. Null if never: compare the subject with the one that the query me shows the holder.',
  })
  holderSeenOn!: string | null;

  @Field(() => String, { nullable: true, description: 'The subject of the deputy (ersättare).' })
  deputy!: string | null;

  @Field(() => Boolean, { nullable: true, description: 'True while the seat is handed over and the deputy holds it.' })
  handedOver!: boolean;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the holder was informed of the youth. Null if that has not happened.',
  })
  informedAt!: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The number of changes of holder, deputy, hand-over and end. Send it as expectedRevision.',
  })
  revision!: number;
}

/** The SQL of a seat's status, from a row `s` and, while it lasts, its row `held` of seat_held. */
export const SEAT_STATUS_SQL = `CASE
  WHEN held.seat IS NULL THEN CASE WHEN ${isEndingSql('s.ended_at')} THEN 'ENDING' ELSE 'ENDED' END
  WHEN ${isEndingSql('s.changed_at')} THEN 'CHANGING'
  ELSE 'OPEN'
END`;

/** The SQL of the day on which the holder of a seat, from a row `s`, was last seen in its agency. */
export const HOLDER_SEEN_SQL = `(
  SELECT (seen.at AT TIME ZONE 'Europe/Stockholm')::date::text FROM registry.log_row seen
  WHERE seen.caller = s.holder AND seen.agency = s.agency ORDER BY seen.at DESC LIMIT 1
)`;

const SEATS = statement<{ readonly groups: readonly string[] }>(
  'seats',
  `
  SELECT s.id, s.group_id AS "groupId", ${agencySql('a')} AS agency, s.role, s.holder, s.deputy,
    s.informed_at AS "informedAt", coalesce(held.subject = s.deputy, false) AS "handedOver",
    s.revision, ${HOLDER_SEEN_SQL} AS "holderSeenOn", ${SEAT_STATUS_SQL} AS status
  FROM registry.seat s
  JOIN registry.agency a ON a.id = s.agency
  LEFT JOIN registry.seat_held held ON held.seat = s.id
  WHERE s.group_id = ANY (:groups::uuid[])
  ORDER BY a.code, s.role, s.id`,
);

/** The seats of a group, by agency, by one statement for all groups of a request. */
export function seatsOf(groupId: string, context: HubContext): Promise<Seat[]> {
  const loader = context.loader('seats', async (groups) => {
    const { rows } = await context.sector.pool.query<Seat>(SEATS({ groups }));
    return groups.map((group) => rows.filter((seat) => seat.groupId === group));
  });
  return loader.load(groupId);
}
