import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Check, Entity, Enum, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { AgencyRow } from './agency.ts';
import { CategoryRow } from './category.ts';
import { ConsentRow } from './consent.ts';
import { ConsentGrantRow } from './grant.ts';
import { InterventionGroupRow } from './group.ts';
import { Instant, RecordedAt, References, Text } from './storage.ts';

/** What somebody said. */
export enum StatementKind {
  REFUSAL = 'REFUSAL',
  WITHDRAWAL = 'WITHDRAWAL',
}

/** A refusal or withdrawal as it was told (C6), by a guardian or, without one, the youth; of one grant or of all. */
@Entity({ tableName: 'statement' })
@Index({ name: 'statement_group', properties: ['groupId'] })
@Check({ name: 'statement_scope', expression: 'num_nonnulls(source, recipient, category) in (0, 3)' })
@Check({ name: 'statement_told', expression: 'told_at <= recorded_at' })
export class StatementRow {
  [OptionalProps]?: 'id' | 'recordedAt' | 'counts';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => InterventionGroupRow)
  groupId!: string;

  @Enum({ items: () => StatementKind })
  kind!: StatementKind;

  @Property({ type: 'uuid', nullable: true })
  guardian: string | null = null;

  @References(() => AgencyRow, { nullable: true })
  source: number | null = null;

  @References(() => AgencyRow, { nullable: true })
  recipient: number | null = null;

  @References(() => CategoryRow, { nullable: true })
  category: number | null = null;

  /** The one version that it is about, when whoever said it said so. */
  @References(() => ConsentRow, { nullable: true })
  onlyConsent: string | null = null;

  @Text()
  channel!: string;

  @Instant()
  toldAt!: Date;

  @RecordedAt()
  recordedAt!: Date;

  @Text()
  recordedBy!: string;

  /** Weighed by the database: false leaves it a note that ends nothing. */
  @Property({ type: 'boolean', defaultRaw: 'false' })
  counts!: boolean;
}

/** What a statement ended; settled by the database. */
@Entity({ tableName: 'statement_reach' })
@Index({ name: 'statement_reach_consent', properties: ['consent'] })
export class StatementReachRow {
  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => StatementRow)
  statement!: string;

  @References(() => ConsentRow)
  consent!: string;

  @References(() => ConsentGrantRow, { nullable: true })
  consentGrant: string | null = null;

  @Enum({ items: () => StatementKind })
  kind!: StatementKind;

  @Instant()
  endedAt!: Date;
}
