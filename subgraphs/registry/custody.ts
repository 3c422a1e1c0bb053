import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Check, Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Instant, RecordedAt, References } from './storage.ts';
import { YouthRow } from './youth.ts';

/** A guardian, by a random id, has custody of a youth (vårdnad). */
@Entity({ tableName: 'custody' })
@Index({ name: 'custody_youth', properties: ['youth'] })
@Check({ name: 'custody_period', expression: 'starts_at < ends_at' })
export class CustodyRow {
  [OptionalProps]?: 'id' | 'recordedAt';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => YouthRow)
  youth!: string;

  @Property({ type: 'uuid' })
  guardian!: string;

  @Instant()
  startsAt!: Date;

  @Instant({ nullable: true })
  endsAt: Date | null = null;

  @RecordedAt()
  recordedAt!: Date;
}
