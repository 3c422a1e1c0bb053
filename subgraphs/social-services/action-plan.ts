import { Entity, Property, Unique } from '@mikro-orm/decorators/legacy';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { Directive, Field, InputType, Int, ObjectType } from 'type-graphql';
import { DateOnly } from '../../chassis/input/scalars.ts';
import { IsPastDate } from '../../chassis/input/validators.ts';
import { AgencyRecord, RecordRow } from '../../chassis/record/record.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';
import { PartsType } from './parts.ts';

/** A goal, as a plan stores it. */
export interface Goal {
  readonly number: number;
  readonly text: string;
}

/** A plan, as it is stored. */
@Entity({ tableName: 'action_plan' })
@Unique({ properties: ['agency', 'sourceId'] })
export class ActionPlanRow extends RecordRow {
  @Property({ type: 'date' })
  adopted!: string;

  @Property({ type: 'text', nullable: true })
  situation: string | null = null;

  @Property({ type: PartsType })
  goals!: readonly Goal[];
}

/** A goal, as it is read. */
@Directive('@consent(category: "social-services.plan")')
@ObjectType('ActionPlanGoal', { description: 'A goal of an action plan (mål).' })
export class ActionPlanGoal implements Goal {
  @Field(() => Int, {
    nullable: true,
    description: 'The number of the goal in the plan, which follow-ups and commitments name.',
  })
  number!: number;

  // The plan declares its goals as prose: they cross or not with it.
  @Directive('@prose')
  @Field(() => String, { nullable: true, description: 'The goal to reach.' })
  text!: string;
}

/** A plan, as it is read. */
@Directive('@consent(category: "social-services.plan")')
@ObjectType('ActionPlan', {
  description: 'The goals of the agencies and the youth, and the agencies’ commitments (åtgärdsplan).',
})
export class ActionPlan extends AgencyRecord {
  @Field(() => DateOnly, { nullable: true, description: 'The day when the plan was adopted.' })
  adopted!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The needs and strengths on which the plan builds (nuläge). Free text: other agencies read it only once its author has marked it as cleared of other persons and, while the youth has protected identity, as naming no place.',
  })
  situation!: string | null;

  @Field(() => DateOnly, {
    nullable: true,
    description: 'The day of the next review, set by the latest follow-up (nästa uppföljning). Null if none is set.',
  })
  nextReview!: string | null;
}

@InputType('ActionPlanGoalInput', { description: 'A goal of an action plan (mål).' })
class ActionPlanGoalInput implements Goal {
  @Min(1)
  @Max(99)
  @Field(() => Int, {
    description: 'The number of the goal in the plan, 1 to 99. A goal keeps it when the plan is corrected.',
  })
  number!: number;

  @MinLength(1)
  @MaxLength(1_000)
  @Field(() => String, { description: 'The goal to reach, 1 to 1,000 characters. Name no other person.' })
  text!: string;
}

@InputType('ActionPlanFields')
class ActionPlanFields {
  @IsPastDate()
  @Field(() => DateOnly, { description: 'The day when the plan was adopted, not in the future.' })
  adopted!: string;

  @MinLength(1)
  @MaxLength(4_000)
  @Field(() => String, {
    nullable: true,
    description: 'The needs and strengths on which the plan builds, at most 4,000 characters. Name no other person.',
  })
  situation?: string | null;

  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  @ArrayUnique(({ number }: Goal) => number, {
    message: 'goals must each have a number of their own. Number them anew',
  })
  @ValidateNested({ each: true })
  @Field(() => [ActionPlanGoalInput], { description: 'The goals, 1 to 20, each with its own number.' })
  goals!: ActionPlanGoalInput[];
}

/** The next review of the latest follow-up that the reader may read: one that is held back shows others nothing (C17). */
const NEXT_REVIEW = `(
  SELECT f.next_review FROM agency.follow_up f
  WHERE f.link_id = r.link_id AND f.agency = r.agency AND f.withdrawn_at IS NULL AND (p.own OR NOT f.held)
  ORDER BY f.date DESC, f.recorded_at DESC, f.id LIMIT 1
)`;

/** The plan of a group's work for the youth (åtgärdsplan). Its parts hang below it. */
export const actionPlan: RecordKind = {
  name: 'ActionPlan',
  category: 'social-services.plan',
  what: 'an action plan (åtgärdsplan)',
  whatSv: 'en åtgärdsplan',
  type: ActionPlan,
  row: ActionPlanRow,
  input: ActionPlanFields,
  youthField: {
    name: 'actionPlan',
    description: 'The action plan (åtgärdsplan) with commitments, follow-ups and meetings.',
    single: true,
  },
  latestBy: 'adopted',
  freeText: ['situation', 'goals'],
  derived: { nextReview: NEXT_REVIEW },
  makings: [
    {
      mutation: 'adoptActionPlan',
      does: 'Adopts an action plan (åtgärdsplan) for a youth. Readers see the latest adopted plan.',
      doesSv: 'Fastställer en åtgärdsplan för en ungdom.',
      input: ActionPlanFields,
    },
  ],
  writers: ['COORDINATOR', 'SYSTEM'],
};
