import { Ctx, Directive, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateOnly, DateTime } from '../../../chassis/input/scalars.ts';
import { statement } from '../../../chassis/statement.ts';
import { Agency, agencySql } from '../catalogue/agency.ts';
import { PROGRAMME_SQL, Programme } from '../catalogue/programme.ts';
import { type Asker, appendSql, asker, logged } from '../entry/log.ts';
import { HOLDER_SEEN_SQL, SEAT_STATUS_SQL, SeatRole, SeatStatus } from '../group/seat.ts';
import { isToldSql } from '../sql/ending.ts';

/** A seat of the manager's own agency, without the group and the youth. */
@Directive('@restricted(roles: [MANAGER])')
@ObjectType('AgencySeat', {
  description: 'A seat of your agency in a group, as its managers see it. It does not show whom the group is about.',
})
export class AgencySeat {
  @Field(() => ID, { nullable: true, description: 'The id of the seat (UUID).' })
  id!: string;

  @Field(() => SeatRole, { nullable: true, description: 'The role of the seat’s holder in the group.' })
  role!: SeatRole;

  @Field(() => Agency, { nullable: true, description: 'The agency that leads the group and invited yours.' })
  leadAgency!: Agency;

  @Field(() => Programme, { nullable: true, description: 'The programme under which the group works.' })
  programme!: Programme;

  @Field(() => String, {
    nullable: true,
    description: 'The subject of the holder. Null while the seat waits for fillSeat.',
  })
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

  @Field(() => SeatStatus, { nullable: true, description: 'The stage of the seat.' })
  status!: SeatStatus;

  @Field(() => DateTime, { nullable: true, description: 'When your agency was invited.' })
  invitedAt!: Date;

  @Field(() => Int, {
    nullable: true,
    description: 'The number of changes of holder, deputy, hand-over and end. Send it as expectedRevision.',
  })
  revision!: number;
}

const SEATS = statement<Asker>(
  'agency seats',
  `
  WITH written AS (
    ${appendSql('READ', 'true', { name: "'agencySeats'" }, '')}
  )
  SELECT s.id, s.role, ${agencySql('lead')} AS "leadAgency", ${PROGRAMME_SQL} AS programme, s.holder, s.deputy,
    coalesce(held.subject = s.deputy, false) AS "handedOver", s.recorded_at AS "invitedAt",
    s.revision, ${HOLDER_SEEN_SQL} AS "holderSeenOn", ${SEAT_STATUS_SQL} AS status
  FROM registry.seat_held held
  JOIN registry.seat s ON s.id = held.seat
  JOIN registry.agency own ON own.id = s.agency AND own.code = :agency AND registry.acts_as(:roles, 'MANAGER')
  JOIN registry.intervention_group g ON g.id = s.group_id AND g.ended_at IS NULL
  JOIN registry.programme p ON p.id = g.programme
  JOIN registry.agency lead ON lead.id = g.lead_agency
  ORDER BY s.holder IS NOT NULL, s.recorded_at, s.id`,
);

/** The agency's groups, seats and registrations as numbers. */
@Directive('@restricted(roles: [MANAGER])')
@ObjectType('AgencyCounts', {
  description: 'Your agency’s seats, groups and registrations as numbers. It names nobody.',
})
export class AgencyCounts {
  @Field(() => Int, { nullable: true, description: 'The seats of your agency in groups that have not ended.' })
  seats!: number;

  @Field(() => Int, { nullable: true, description: 'Those of them that wait for a holder.' })
  seatsWaiting!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'The youths whom your agency registered and for whom no group has opened.',
  })
  registeredYouths!: number;

  @Field(() => Int, { nullable: true, description: 'The groups that your agency leads and that are not open yet.' })
  proposedGroups!: number;

  @Field(() => Int, { nullable: true, description: 'The open groups that your agency leads.' })
  openGroups!: number;

  @Field(() => Int, { nullable: true, description: 'The groups that your agency led and that have ended.' })
  endedGroups!: number;
}

const COUNTS = statement<Asker>(
  'agency counts',
  `
  WITH written AS (
    ${appendSql('READ', 'true', { name: "'agencyCounts'" }, '')}
  ), own AS (
    SELECT id FROM registry.agency WHERE code = :agency AND registry.acts_as(:roles, 'MANAGER')
  )
  SELECT seat.*, led.*, registered.* FROM own
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS seats, count(*) FILTER (WHERE s.holder IS NULL)::int AS "seatsWaiting"
    FROM registry.seat s JOIN registry.seat_held held ON held.seat = s.id
    JOIN registry.intervention_group g ON g.id = s.group_id AND g.ended_at IS NULL
    WHERE s.agency = own.id
  ) seat
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE g.opened_at IS NULL AND ended.told IS NOT TRUE)::int AS "proposedGroups",
      count(*) FILTER (WHERE g.opened_at IS NOT NULL AND ended.told IS NOT TRUE)::int AS "openGroups",
      count(*) FILTER (WHERE ended.told)::int AS "endedGroups"
    FROM registry.intervention_group g CROSS JOIN LATERAL (SELECT ${isToldSql('g.ended_at')} AS told) ended
    WHERE g.lead_agency = own.id
  ) led
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS "registeredYouths" FROM registry.youth y
    WHERE y.lead_agency = own.id
      AND NOT EXISTS (SELECT FROM registry.intervention_group g WHERE g.youth = y.id AND g.opened_at IS NOT NULL)
  ) registered`,
);

/** The seats that a manager must fill or has filled, and the agency's numbers. */
@Resolver()
export class AgencySeatsResolver {
  @Directive('@restricted(roles: [MANAGER])')
  @Query(() => [AgencySeat], {
    nullable: true,
    description:
      'The seats of your agency in groups that have not ended. Those that wait for a holder come first. For managers.',
  })
  agencySeats(@Ctx() context: HubContext): Promise<AgencySeat[]> {
    return logged<AgencySeat>(SEATS(asker(context)), context);
  }

  @Directive('@restricted(roles: [MANAGER])')
  @Query(() => AgencyCounts, {
    nullable: true,
    description: 'Your agency’s seats, groups and registrations as numbers. For managers.',
  })
  async agencyCounts(@Ctx() context: HubContext): Promise<AgencyCounts | null> {
    return (await logged<AgencyCounts>(COUNTS(asker(context)), context))[0] ?? null;
  }
}
