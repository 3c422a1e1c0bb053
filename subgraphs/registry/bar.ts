import { randomUUID } from 'node:crypto';
import { Entity, Index, PrimaryKey } from '@mikro-orm/decorators/legacy';
import { AgencyRow } from './agency.ts';
import { Instant, RecordedAt, References, Text } from './storage.ts';
import { YouthRow } from './youth.ts';

/** An agency keeps a caller from one youth's records of that agency or, without a youth, from all (C18). */
@Entity({ tableName: 'bar' })
@Index({ name: 'bar_subject', properties: ['subject', 'agency'] })
export class BarRow {
  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => AgencyRow)
  agency!: number;

  @Text()
  subject!: string;

  @References(() => YouthRow, { nullable: true })
  youth: string | null = null;

  @Text()
  ground!: string;

  @RecordedAt()
  recordedAt!: Date;

  @Text()
  recordedBy!: string;

  @Instant({ nullable: true })
  liftedAt: Date | null = null;
}
