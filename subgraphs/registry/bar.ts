import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { AgencyRow } from './agency.ts';
import { Instant, RecordedAt, References, Text } from './storage.ts';

/** An agency keeps a caller from one youth's records of that agency or, without a youth, from all (C18). */
@Entity({ tableName: 'bar' })
@Index({ name: 'bar_subject', properties: ['subject', 'agency'] })
export class BarRow {
  [OptionalProps]?: 'id' | 'recordedAt' | 'liftedAt';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => AgencyRow)
  agency!: number;

  @Text()
  subject!: string;

  @Property({ type: 'uuid', nullable: true })
  youth: string | null = null;

  @Text()
  ground!: string;

  @RecordedAt()
  recordedAt!: Date;

  @Text()
  recordedBy!: string;

  @Instant({ nullable: true })
  liftedAt!: Date | null;
}
