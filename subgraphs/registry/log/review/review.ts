import { randomUUID } from 'node:crypto';
import { OptionalProps } from '@mikro-orm/core';
import { Entity, Enum, Index, PrimaryKey } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../../../../chassis/input/scalars.ts';
import { Agency, AgencyRow } from '../../catalogue/agency.ts';
import { RecordedAt, References, Text } from '../../sql/storage.ts';

/** The outcome of reviewing entries. */
export enum ReviewOutcome {
  JUSTIFIED = 'JUSTIFIED',
  NOT_JUSTIFIED = 'NOT_JUSTIFIED',
  FOLLOW_UP = 'FOLLOW_UP',
}

registerEnumType(ReviewOutcome, {
  name: 'ReviewOutcome',
  description: 'The result of reviewing entries of the access log.',
  valuesConfig: {
    JUSTIFIED: { description: 'The access was justified (befogad).' },
    NOT_JUSTIFIED: { description: 'The access was not justified (obefogad).' },
    FOLLOW_UP: { description: 'The access must be followed up.' },
  },
});

/** The finding of somebody who reviewed entries of the log. */
@Entity({ tableName: 'review' })
@Index({ name: 'review_recorded', properties: ['recordedAt'] })
export class ReviewRow {
  [OptionalProps]?: 'id' | 'recordedAt';

  @PrimaryKey({ type: 'uuid', defaultRaw: 'gen_random_uuid()' })
  id: string = randomUUID();

  @References(() => AgencyRow)
  agency!: number;

  @Enum({ items: () => ReviewOutcome })
  outcome!: ReviewOutcome;

  @Text()
  note!: string;

  /** The seed of the sample that the entries were drawn by. */
  @Text({ nullable: true })
  seed!: string | null;

  @RecordedAt()
  recordedAt!: Date;

  @Text()
  recordedBy!: string;
}

/** An entry that a review is about. */
@Entity({ tableName: 'review_entry' })
export class ReviewEntryRow {
  @References(() => ReviewRow, { primary: true })
  review!: string;

  @PrimaryKey({ type: 'uuid' })
  entry!: string;
}

/** The outcome of a review, as auditors and managers read it. */
@Directive('@restricted(roles: [AUDITOR, MANAGER])')
@ObjectType('RecordedReview', { description: 'The result of reviewing entries of the access log.' })
export class RecordedReview {
  @Field(() => ID, { nullable: true, description: 'The id (UUID).' })
  id!: string;

  @Field(() => Agency, { nullable: true, description: 'The agency whose auditor or manager reviewed.' })
  agency!: Agency;

  @Field(() => [ID], { nullable: true, description: 'The reviewed entries.' })
  entryIds!: string[];

  @Field(() => [ID], { nullable: true, description: 'The reviewed entries that have since been erased (gallrade).' })
  erasedEntryIds!: string[];

  @Field(() => ReviewOutcome, { nullable: true, description: 'The result, the same for all the entries.' })
  outcome!: ReviewOutcome;

  @Field(() => String, { nullable: true, description: 'The reasons.' })
  note!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The seed of the sample from which the entries were drawn, if any.',
  })
  seed!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When it was recorded.' })
  recordedAt!: Date;

  @Field(() => String, { nullable: true, description: 'The subject of the person who reviewed.' })
  recordedBy!: string;
}
