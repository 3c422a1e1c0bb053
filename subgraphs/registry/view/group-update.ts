import { OptionalProps } from '@mikro-orm/core';
import { Entity, Enum, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../../../chassis/input/scalars.ts';
import { Agency, AgencyRow } from '../catalogue/agency.ts';
import { ConsentRow } from '../consent/consent.ts';
import { ConsentGrantRow } from '../consent/grant.ts';
import { InterventionGroupRow } from '../group/group.ts';
import { SeatRow } from '../group/seat.ts';
import { RecordedAt, References } from '../sql/storage.ts';

/** The kind of a change in a group. */
export enum GroupUpdateKind {
  GROUP_OPENED = 'GROUP_OPENED',
  SEAT_ADDED = 'SEAT_ADDED',
  SEAT_CHANGED = 'SEAT_CHANGED',
  SEAT_INFORMED = 'SEAT_INFORMED',
  SEAT_ENDED = 'SEAT_ENDED',
  CONSENT_PROPOSED = 'CONSENT_PROPOSED',
  SIGNATURE_RECORDED = 'SIGNATURE_RECORDED',
  SIGNATURE_WAIVED = 'SIGNATURE_WAIVED',
  SIGNERS_CHANGED = 'SIGNERS_CHANGED',
  CONSENT_SIGNED = 'CONSENT_SIGNED',
  CONSENT_SUPERSEDED = 'CONSENT_SUPERSEDED',
  CONSENT_ACKNOWLEDGED = 'CONSENT_ACKNOWLEDGED',
  CONSENT_REFUSED = 'CONSENT_REFUSED',
  CONSENT_WITHDRAWN = 'CONSENT_WITHDRAWN',
  STATEMENT_NOTED = 'STATEMENT_NOTED',
}

registerEnumType(GroupUpdateKind, {
  name: 'GroupUpdateKind',
  description: 'The kind of a change in a group.',
  valuesConfig: {
    GROUP_OPENED: { description: 'The group was opened.' },
    SEAT_ADDED: { description: 'An agency was invited.' },
    SEAT_CHANGED: { description: 'A seat was filled, handed over or given back.' },
    SEAT_INFORMED: { description: 'The holder of a seat was informed of the youth.' },
    SEAT_ENDED: { description: 'A seat ended.' },
    CONSENT_PROPOSED: { description: 'A version of the consent was proposed.' },
    SIGNATURE_RECORDED: { description: 'A signature under a version was recorded.' },
    SIGNATURE_WAIVED: { description: 'A guardian was excused from signing. Shown to the coordinator.' },
    SIGNERS_CHANGED: {
      description:
        'Custody or the date of birth was recorded, so the required signers may have changed. Shown to the coordinator.',
    },
    CONSENT_SIGNED: { description: 'The last required signature of a version was recorded.' },
    CONSENT_SUPERSEDED: { description: 'A later version replaces a version, from the beginning of the later one.' },
    CONSENT_ACKNOWLEDGED: {
      description: 'A source acknowledged its grants to a recipient. Shown to these two and the coordinator.',
    },
    CONSENT_REFUSED: {
      description:
        'A version was refused, or one grant of it. A refused grant is shown to its source, its recipient and the coordinator.',
    },
    CONSENT_WITHDRAWN: {
      description:
        'A version was withdrawn, or one grant of it. A withdrawn grant is shown to its source, its recipient and the coordinator.',
    },
    STATEMENT_NOTED: {
      description:
        'A statement by somebody without custody was kept as a note, and ended nothing. Shown to the coordinator.',
    },
  },
});

/** A change in a group, written by the database in the transaction of the change. */
@Entity({ tableName: 'group_update' })
@Index({ name: 'group_update_order', properties: ['groupId', 'xid', 'id'] })
export class GroupUpdateRow {
  [OptionalProps]?: 'id' | 'xid' | 'at' | 'coordinatorOnly';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'uuidv7()' })
  id!: string;

  @Property({ type: 'string', columnType: 'xid8', defaultRaw: 'pg_current_xact_id()' })
  xid!: string;

  @RecordedAt()
  at!: Date;

  @References(() => InterventionGroupRow)
  groupId!: string;

  @Enum({ items: () => GroupUpdateKind })
  kind!: GroupUpdateKind;

  @References(() => SeatRow, { nullable: true })
  seat!: string | null;

  @References(() => ConsentRow, { nullable: true })
  consent!: string | null;

  @References(() => ConsentGrantRow, { nullable: true })
  consentGrant!: string | null;

  /** The source. If set, only source, recipient and coordinator see the update. */
  @References(() => AgencyRow, { nullable: true })
  source!: number | null;

  @References(() => AgencyRow, { nullable: true })
  recipient!: number | null;

  @Property({ type: 'boolean', default: false })
  coordinatorOnly!: boolean;
}

/** A change in a group, as a member sees it. */
@Directive('@restricted(relation: MEMBER)')
@ObjectType('GroupUpdate', { description: 'A change in a group: its kind, and the ids of the things to read again.' })
export class GroupUpdate {
  readonly groupId!: string;

  @Field(() => GroupUpdateKind, { nullable: true, description: 'The kind of the change.' })
  kind!: GroupUpdateKind;

  @Field(() => DateTime, { nullable: true, description: 'When it was recorded.' })
  at!: Date;

  @Field(() => ID, { nullable: true, description: 'The seat that the change is about, if any.' })
  seatId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The version of the consent that the change is about, if any.' })
  consentId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The grant that the change is about, if it is about one only.' })
  grantId!: string | null;

  @Field(() => Agency, {
    nullable: true,
    description: 'The agency that owns the information in question, if it is one only.',
  })
  source!: Agency | null;

  @Field(() => Agency, { nullable: true, description: 'The agency that may read the information, if it is one only.' })
  recipient!: Agency | null;
}

/** The changes in a group since a cursor. */
@Directive('@restricted(relation: MEMBER)')
@ObjectType('GroupUpdates', { description: 'The changes in a group since a cursor.' })
export class GroupUpdates {
  readonly groupId!: string;

  @Field(() => [GroupUpdate], { nullable: true, description: 'The changes, in the order in which they took effect.' })
  updates!: GroupUpdate[];

  @Field(() => String, { nullable: true, description: 'Send it as `after` to get the next changes.' })
  cursor!: string;

  @Field(() => Boolean, { nullable: true, description: 'True if there are more changes already. Ask again at once.' })
  hasMore!: boolean;
}
