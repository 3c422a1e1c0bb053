import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Entity, Index, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import { DateTime } from '../../../chassis/input/scalars.ts';
import { AgencyRow } from '../catalogue/agency.ts';
import { Instant, RecordedAt, References, Text } from '../sql/storage.ts';

/** A bar: the agency keeps a caller from its records about one youth or, without a youth, from all (C18). */
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

/** A bar in force, as the managers of the agency see it. */
@Directive('@restricted(roles: [MANAGER])')
@ObjectType('Bar', { description: 'A bar that keeps a caller from your agency’s records (spärr).' })
export class Bar {
  @Field(() => ID, { nullable: true, description: 'The id (UUID).' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'The subject of the barred person or system.' })
  subject!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The youth whose records are barred. Null: the records about all youths.',
  })
  youthId!: string | null;

  @Field(() => String, { nullable: true, description: 'The ground.' })
  ground!: string;

  @Field(() => DateTime, { nullable: true, description: 'When it was recorded.' })
  recordedAt!: Date;

  @Field(() => String, { nullable: true, description: 'The subject of the person who recorded it.' })
  recordedBy!: string;
}
