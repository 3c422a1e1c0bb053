import { randomUUID } from 'node:crypto';
import { Check, Entity, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import { AgencyRow } from './agency.ts';
import { CategoryRow } from './category.ts';
import { ConsentRow } from './consent.ts';
import { Instant, References, Text } from './storage.ts';

/** What one agency may tell another under a consent. */
@Entity({ tableName: 'consent_grant' })
@Unique({ name: 'consent_grant_triple', properties: ['consent', 'source', 'recipient', 'category'] })
@Check({ name: 'consent_grant_crosses', expression: 'source <> recipient' })
@Check({ name: 'consent_grant_period', expression: 'data_from < data_to' })
@Check({ name: 'consent_grant_acknowledged', expression: '(acknowledged_at is null) = (acknowledged_by is null)' })
export class ConsentGrantRow {
  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => ConsentRow)
  consent!: string;

  @References(() => AgencyRow)
  source!: number;

  @References(() => AgencyRow)
  recipient!: number;

  @References(() => CategoryRow)
  category!: number;

  @Property({ type: 'date', nullable: true })
  dataFrom: string | null = null;

  @Property({ type: 'date', nullable: true })
  dataTo: string | null = null;

  @Instant({ nullable: true })
  acknowledgedAt: Date | null = null;

  @Text({ nullable: true })
  acknowledgedBy: string | null = null;
}
