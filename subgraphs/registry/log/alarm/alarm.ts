import { OptionalProps } from '@mikro-orm/core';
import { Entity, Enum, Index, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../../../../chassis/input/scalars.ts';
import { Instant, RecordedAt, Text } from '../../sql/storage.ts';
import { AccessLogEntry } from '../read/access-log.ts';

/** An alarm, as its receiver gets it. */
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
@Index({ name: 'alarm_raised', properties: ['raisedAt'] })
@Index({ name: 'alarm_undelivered', properties: ['raisedAt'], where: 'delivered_at IS NULL' })
export class AlarmRow {
  [OptionalProps]?: 'id' | 'agency' | 'source' | 'raisedAt' | 'deliveredAt';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id!: string;

  @Enum({ items: () => AlarmKind })
  kind!: AlarmKind;

  /** A hash of its occasion: one occasion raises one alarm. */
  @Text()
  occasion!: string;

  @Property({ type: 'uuid' })
  entry!: string;

  @Property({ type: 'uuid' })
  requestId!: string;

  @Property({ type: 'integer', nullable: true })
  agency!: number | null;

  @Property({ type: 'integer', nullable: true })
  source!: number | null;

  @RecordedAt()
  raisedAt!: Date;

  @Instant({ nullable: true })
  deliveredAt!: Date | null;
}

registerEnumType(AlarmKind, {
  name: 'AlarmKind',
  description: 'The kind of an alarm.',
  valuesConfig: {
    DENIED_UNITS: { description: 'A caller was denied more units within an hour than ordinary work explains.' },
    MANY_YOUTHS: { description: 'One person asked about many youths within an hour.' },
    RELEASED_AFTER_END: {
      description: 'Something may have been released later after the end of a permission than the fence allows.',
    },
  },
});

/** An alarm that was raised, as auditors and managers read it. */
@Directive('@restricted(roles: [AUDITOR, MANAGER])')
@ObjectType('Alarm', { description: 'An alarm about the access log, which the hub sent by itself (larm).' })
export class Alarm {
  @Field(() => ID, { nullable: true, description: 'The id (UUID) with which the alarm was sent.' })
  id!: string;

  @Field(() => AlarmKind, { nullable: true, description: 'The kind of the alarm.' })
  kind!: AlarmKind;

  @Field(() => AccessLogEntry, {
    nullable: true,
    description: 'The latest entry on which the alarm rests. Null if that entry has been erased.',
  })
  entry!: AccessLogEntry | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True if the entry on which the alarm rests has been erased (gallrad).',
  })
  entryErased!: boolean;

  @Field(() => DateTime, { nullable: true, description: 'When it was raised.' })
  raisedAt!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the receiver of alarms took it. Null if that has not happened, or no receiver is configured.',
  })
  deliveredAt!: Date | null;
}
