import { OptionalProps } from '@mikro-orm/core';
import { Entity, Enum, Index, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Instant, RecordedAt, Text } from './storage.ts';

/** What an alarm says. */
export enum AlarmKind {
  /** A caller was denied more units in an hour than an operation at work is. */
  DENIED_UNITS = 'DENIED_UNITS',
  /** A person asked about many youths within an hour. */
  MANY_YOUTHS = 'MANY_YOUTHS',
  /** Something may have been released later after an end than the fence allows. */
  RELEASED_AFTER_END = 'RELEASED_AFTER_END',
}

/** An alarm that was raised. It names nobody: whoever gets it reads the entry. */
@Entity({ tableName: 'alarm' })
@Unique({ name: 'alarm_occasion', properties: ['kind', 'occasion'] })
@Index({ name: 'alarm_undelivered', properties: ['raisedAt'], where: 'delivered_at IS NULL' })
export class AlarmRow {
  [OptionalProps]?: 'id' | 'raisedAt' | 'deliveredAt';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id!: string;

  @Enum({ items: () => AlarmKind })
  kind!: AlarmKind;

  /** What it is about, as a hash: of the same occasion there is one alarm. */
  @Text()
  occasion!: string;

  @Property({ type: 'uuid' })
  entry!: string;

  @Property({ type: 'uuid' })
  requestId!: string;

  @RecordedAt()
  raisedAt!: Date;

  @Instant({ nullable: true })
  deliveredAt!: Date | null;
}
