import { Entity, Property, Unique } from '@mikro-orm/decorators/legacy';
import { ArrayMaxSize, ArrayUnique, Max, MaxLength, Min, MinLength, ValidateNested } from 'class-validator';
import {
  Directive,
  Field,
  FieldResolver,
  InputType,
  Int,
  ObjectType,
  Resolver,
  Root,
  registerEnumType,
} from 'type-graphql';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsPastDate } from '../../chassis/input/validators.ts';
import type { ReadRecord } from '../../chassis/record/read.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';
import { type Part, PartsType, partsOf } from './parts.ts';
import { unknownGoals } from './plan-goals.ts';

/** The status of a goal at a follow-up. */
export enum GoalStatus {
  NOT_STARTED = 'NOT_STARTED',
  IN_PROGRESS = 'IN_PROGRESS',
  REACHED = 'REACHED',
  DROPPED = 'DROPPED',
}

registerEnumType(GoalStatus, {
  name: 'GoalStatus',
  description: 'The status of a goal at a follow-up.',
  valuesConfig: {
    NOT_STARTED: { description: 'Not begun (ej påbörjat).' },
    IN_PROGRESS: { description: 'In progress (pågår).' },
    REACHED: { description: 'Reached (uppnått).' },
    DROPPED: { description: 'Given up or replaced (utgår).' },
  },
});

interface StandingOfGoal {
  readonly number: number;
  readonly status: GoalStatus;
}

@Entity({ tableName: 'follow_up' })
@Unique({ properties: ['agency', 'sourceId'] })
class FollowUpRow extends RecordRow {
  @Property({ type: 'date' })
  date!: string;

  @Property({ type: PartsType })
  goals!: readonly StandingOfGoal[];

  @Property({ type: 'text', nullable: true })
  note: string | null = null;

  @Property({ type: 'date', nullable: true })
  nextReview: string | null = null;
}

@Directive('@consent(category: "social-services.plan")')
@ObjectType('FollowedUpGoal', { description: 'The status of one goal of the plan at a follow-up.' })
class FollowedUpGoal implements StandingOfGoal {
  @Field(() => Int, { nullable: true, description: 'The goal’s number in the plan.' })
  number!: number;

  @Field(() => GoalStatus, { nullable: true, description: 'The status of the goal.' })
  status!: GoalStatus;
}

/** A review of the plan's goals on one day. */
@Directive('@consent(category: "social-services.plan")')
@ObjectType('FollowUp', { description: 'A follow-up of the action plan (uppföljning).' })
export class FollowUp extends AgencyRecord {
  @Field(() => DateOnly, { nullable: true, description: 'The day of the follow-up.' })
  date!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The findings. Free text: other agencies read it only once its author has marked it as cleared of other persons and, while the youth has protected identity, as naming no place.',
  })
  note!: string | null;

  @Field(() => DateOnly, { nullable: true, description: 'The day of the next follow-up. Null if none is set.' })
  nextReview!: string | null;
}

@InputType('FollowedUpGoalInput', { description: 'The status of one goal of the plan at a follow-up.' })
class FollowedUpGoalInput implements StandingOfGoal {
  @Min(1)
  @Max(99)
  @Field(() => Int, { description: 'The goal’s number in the action plan, 1 to 99.' })
  number!: number;

  @Field(() => GoalStatus, { description: 'The status of the goal.' })
  status!: GoalStatus;
}

@InputType('FollowUpFields')
class FollowUpFields {
  @IsPastDate()
  @Field(() => DateOnly, { description: 'The day of the follow-up, not in the future.' })
  date!: string;

  @ArrayMaxSize(20)
  @ArrayUnique(({ number }: StandingOfGoal) => number, {
    message: 'goals must name each goal only once. Remove the repeated one',
  })
  @ValidateNested({ each: true })
  @Field(() => [FollowedUpGoalInput], { description: 'The status of the goals, each at most once.' })
  goals!: FollowedUpGoalInput[];

  @MinLength(1)
  @MaxLength(4_000)
  @Field(() => String, {
    nullable: true,
    description: 'The findings, at most 4,000 characters. Name no other person.',
  })
  note?: string | null;

  @Field(() => DateOnly, { nullable: true, description: 'The day of the next follow-up, after `date`.' })
  nextReview?: string | null;
}

/** Follow-ups (uppföljningar), read through the action plan. */
export const followUp: RecordKind = {
  name: 'FollowUp',
  category: 'social-services.plan',
  what: 'a follow-up of the action plan (uppföljning)',
  whatSv: 'en uppföljning av åtgärdsplanen',
  type: FollowUp,
  row: FollowUpRow,
  input: FollowUpFields,
  latestBy: 'date',
  freeText: ['note'],
  faults(fields) {
    const { date, nextReview } = fields as FollowUpFields;
    return nextReview != null && nextReview <= date
      ? [{ field: 'nextReview', message: 'nextReview must be a later day than date. Correct one of the two.' }]
      : [];
  },
  makings: [
    {
      mutation: 'recordFollowUp',
      does: 'Records a follow-up of the action plan (uppföljning): the status of its goals, and the day of the next review.',
      doesSv: 'Registrerar en uppföljning av åtgärdsplanen.',
      input: FollowUpFields,
    },
  ],
  writers: ['COORDINATOR', 'MENTOR', 'SYSTEM'],
  faultsBeside(fields, linkId, em) {
    const { goals } = fields as FollowUpFields;
    const named = goals.map(({ number }, index) => ({ field: `goals.${index}.number`, number }));
    return unknownGoals(named, linkId, em);
  },
};

/** The status of each goal, kept inside the follow-up. */
@Resolver(() => FollowUp)
export class FollowUpParts {
  @FieldResolver(() => [FollowedUpGoal], { nullable: true, description: 'The status of each goal of the plan.' })
  goals(@Root() record: ReadRecord): Part<StandingOfGoal>[] | null {
    return partsOf<StandingOfGoal>(record, record.goals);
  }
}
