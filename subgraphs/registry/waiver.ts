import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { ConsentRow } from './consent.ts';
import { RecordedAt, References, Text } from './storage.ts';

/** A required guardian is excused from signing (C5). */
@Entity({ tableName: 'waiver' })
@Index({ name: 'waiver_consent', properties: ['consent'] })
export class WaiverRow {
  [OptionalProps]?: 'id' | 'recordedAt';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => ConsentRow)
  consent!: string;

  @Property({ type: 'uuid' })
  guardian!: string;

  @Text()
  ground!: string;

  @RecordedAt()
  recordedAt!: Date;

  @Text()
  recordedBy!: string;
}
