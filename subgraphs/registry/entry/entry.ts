import { OptionalProps } from '@mikro-orm/core';
import { Check, Entity, Enum, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Text } from '../sql/storage.ts';

/** The kind of an entry: a decision, a change of a fact, a read of the hub's own matters, or the outcome of an answer. */
export enum EntryKind {
  DECISION = 'DECISION',
  CHANGE = 'CHANGE',
  READ = 'READ',
  RELEASED = 'RELEASED',
  WITHHELD = 'WITHHELD',
  LATE = 'LATE',
}

/** The reason why a unit was denied or permitted, in the order of the rule. */
export enum Reason {
  BARRED = 'BARRED',
  ROLE = 'ROLE',
  NOT_ASSIGNED = 'NOT_ASSIGNED',
  NO_SEAT = 'NO_SEAT',
  GROUP_NOT_OPEN = 'GROUP_NOT_OPEN',
  NO_CONSENT = 'NO_CONSENT',
  NOT_GRANTED = 'NOT_GRANTED',
  REFUSED = 'REFUSED',
  WITHDRAWN = 'WITHDRAWN',
  SUPERSEDED = 'SUPERSEDED',
  EXPIRED = 'EXPIRED',
  NOT_SIGNED = 'NOT_SIGNED',
  SUSPENDED = 'SUSPENDED',
  NOT_YET_VALID = 'NOT_YET_VALID',
  NOT_ACKNOWLEDGED = 'NOT_ACKNOWLEDGED',
  PROTECTED = 'PROTECTED',
  CONSENT = 'CONSENT',
  OWN = 'OWN',
}

/** One row of the access log. Only SQL appends rows, and no row is ever changed. */
@Entity({ tableName: 'entry' })
@Index({ name: 'entry_sealing_order', properties: ['incarnation', 'xid', 'id'] })
@Index({ name: 'entry_youth', properties: ['youth', 'permitted', 'at'] })
@Index({ name: 'entry_outcome', properties: ['answer'], where: 'elapsed_ms IS NOT NULL' })
@Index({ name: 'entry_at', properties: ['at'] })
@Index({ name: 'entry_caller', properties: ['caller', 'at'] })
@Index({ name: 'entry_actor', properties: ['actor', 'at'], where: 'actor IS NOT NULL' })
@Index({ name: 'entry_agencies', properties: ['agency', 'source', 'at'] })
@Index({ name: 'entry_category', properties: ['category', 'at'], where: 'category IS NOT NULL' })
@Index({ name: 'entry_denied', properties: ['reason', 'at'], where: 'NOT permitted' })
@Index({ name: 'entry_protected', properties: ['at'], where: 'protected' })
@Index({ name: 'entry_operation', properties: ['operationHash', 'at'], where: 'operation_name IS NULL' })
@Index({ name: 'entry_published', properties: ['operationName', 'at'], where: 'operation_name IS NOT NULL' })
@Index({
  name: 'entry_other',
  properties: ['kind', 'at'],
  where: "kind <> ALL (ARRAY['DECISION'::text, 'RELEASED'::text])",
})
export class EntryRow {
  [OptionalProps]?: 'id' | 'xid' | 'incarnation' | 'at' | 'records';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'uuidv7()' })
  id!: string;

  @Property({ type: 'string', columnType: 'xid8', defaultRaw: 'pg_current_xact_id()' })
  xid!: string;

  /** The incarnation of the database. A restore starts a new one; within one, transactions give the order. */
  @Property({ type: 'integer', defaultRaw: '1' })
  incarnation!: number;

  /** The time of the entry. It is part of the key, since the log is partitioned by it. */
  @PrimaryKey({ type: 'timestamptz', defaultRaw: 'registry.clock()' })
  at!: Date;

  @Enum({ items: () => EntryKind })
  kind!: EntryKind;

  @Property({ type: 'boolean' })
  permitted!: boolean;

  @Property({ type: 'uuid' })
  requestId!: string;

  @Text()
  operationHash!: string;

  @Text({ nullable: true })
  operationName!: string | null;

  @Text()
  caller!: string;

  @Text({ nullable: true })
  actor!: string | null;

  @Property({ type: 'integer', nullable: true })
  agency!: number | null;

  @Text({ nullable: true })
  unknownAgency!: string | null;

  @Property({ type: 'integer' })
  roles!: number;

  @Property({ type: 'smallint', nullable: true })
  action!: number | null;

  @Property({ type: 'uuid', nullable: true })
  youth!: string | null;

  @Property({ type: 'boolean', nullable: true })
  protected!: boolean | null;

  @Property({ type: 'integer', nullable: true })
  source!: number | null;

  @Property({ type: 'smallint', nullable: true })
  category!: number | null;

  @Property({ type: 'boolean', nullable: true })
  whereabouts!: boolean | null;

  @Text({ nullable: true })
  fields!: string | null;

  @Enum({ items: () => Reason, nativeEnumName: 'reason', nullable: true })
  reason!: Reason | null;

  @Property({ type: 'boolean', nullable: true })
  assigned!: boolean | null;

  @Property({ type: 'uuid', nullable: true })
  groupId!: string | null;

  @Property({ type: 'uuid', nullable: true })
  programme!: string | null;

  @Property({ type: 'uuid', nullable: true })
  consent!: string | null;

  @Property({ type: 'integer', nullable: true })
  consentVersion!: number | null;

  @Property({ type: 'uuid', nullable: true })
  consentGrant!: string | null;

  /** The mutation of a change, the field of a read, or the sector of an answer. */
  @Text({ nullable: true })
  name!: string | null;

  @Property({ type: 'uuid', nullable: true })
  thing!: string | null;

  /** The sector's answer for which a decision was taken. */
  @Property({ type: 'uuid', nullable: true })
  answer!: string | null;

  @Text({ nullable: true })
  why!: string | null;

  @Property({ type: 'integer', nullable: true })
  elapsedMs!: number | null;

  /** The number of records of each category that were read for the answer. */
  @Property({ type: 'json', columnType: 'jsonb', nullable: true })
  records!: Record<string, number> | null;

  /** The first leaf of an export or an erasure, which ends before `leafUntil`. */
  @Property({ type: 'bigint', nullable: true })
  leafFrom!: string | null;

  @Property({ type: 'bigint', nullable: true })
  leafUntil!: string | null;

  @Text({ nullable: true })
  ground!: string | null;

  @Text({ nullable: true })
  confirmedBy!: string | null;

  /** The leaves that an erasure took, if not all of them. */
  @Property({ type: 'string', columnType: 'int8multirange', nullable: true })
  leaves!: string | null;

  /** The years that the entry is kept after the end of its group, or after itself. */
  @Property({ type: 'smallint', nullable: true })
  @Check({ name: 'entry_retention_years_check', expression: 'retention_years >= 5' })
  retentionYears!: number | null;
}
