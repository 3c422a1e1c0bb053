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
import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  Info,
  InputType,
  Int,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql';
import type { HubContext } from '../context.ts';
import type { Owned } from '../guard.ts';
import { type Narrowing, type ReadRecord, recordsOf } from '../read.ts';
import { AgencyRecord, RecordRow } from '../record.ts';
import type { RecordKind } from '../record-kind.ts';
import { DateOnly } from '../scalars.ts';
import { IsPastDate } from '../validators.ts';
import { Commitment, commitment, isOverdue } from './commitment.ts';
import { FollowUp, followUp } from './follow-up.ts';
import { Meeting, meeting } from './meeting.ts';
import { type Part, PartsType, partsOf } from './parts.ts';

interface Goal {
  readonly number: number;
  readonly text: string;
}

@Entity({ tableName: 'action_plan' })
@Unique({ properties: ['agency', 'sourceId'] })
class ActionPlanRow extends RecordRow {
  @Property({ type: 'date' })
  adopted!: string;

  @Property({ type: 'text', nullable: true })
  situation: string | null = null;

  @Property({ type: PartsType })
  goals!: readonly Goal[];
}

@Directive('@consent(category: "social-services.plan")')
@ObjectType('ActionPlanGoal', { description: 'A goal of an action plan (mål).' })
class ActionPlanGoal implements Goal {
  @Field(() => Int, { nullable: true, description: 'Its number in the plan, which follow-ups and commitments name.' })
  number!: number;

  @Field(() => String, { nullable: true, description: 'What is to be reached.' })
  text!: string;
}

@Directive('@consent(category: "social-services.plan")')
@ObjectType('ActionPlan', {
  description: 'What the agencies and the youth work towards, and what each has promised (åtgärdsplan).',
})
class ActionPlan extends AgencyRecord {
  @Field(() => DateOnly, { nullable: true, description: 'The day it was adopted.' })
  adopted!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The needs and strengths it builds on (nuläge); free text, which crosses only when cleared of other persons (C10).',
  })
  situation!: string | null;
}

@InputType('ActionPlanGoalInput', { description: 'A goal of an action plan (mål).' })
class ActionPlanGoalInput implements Goal {
  @Min(1)
  @Max(99)
  @Field(() => Int, { description: 'Its number in the plan, 1 to 99; a goal keeps it when the plan is corrected.' })
  number!: number;

  @MinLength(1)
  @MaxLength(1_000)
  @Field(() => String, { description: 'What is to be reached, 1 to 1,000 characters; names no other person.' })
  text!: string;
}

@InputType('ActionPlanFields')
class ActionPlanFields {
  @IsPastDate()
  @Field(() => DateOnly, { description: 'The day it was adopted; not in the future.' })
  adopted!: string;

  @MinLength(1)
  @MaxLength(4_000)
  @Field(() => String, {
    nullable: true,
    description: 'The needs and strengths it builds on, at most 4,000 characters; names no other person.',
  })
  situation?: string | null;

  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  @ArrayUnique(({ number }: Goal) => number, { message: 'goals have each a number of its own' })
  @ValidateNested({ each: true })
  @Field(() => [ActionPlanGoalInput], { description: 'The goals, 1 to 20, each with a number of its own.' })
  goals!: ActionPlanGoalInput[];
}

/** The plan of a group's work for the youth (åtgärdsplan); what it is made of hangs below it. */
export const actionPlan: RecordKind = {
  name: 'ActionPlan',
  category: 'social-services.plan',
  what: 'the action plan’s goals (åtgärdsplan)',
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
};

/** What hangs below an action plan: records of their own, of the plan's agency alone. */
@Resolver(() => ActionPlan)
export class ActionPlanParts {
  @FieldResolver(() => [ActionPlanGoal], {
    nullable: true,
    description: 'The goals (mål); free text, which crosses only when cleared of other persons (C10).',
  })
  goals(@Root() plan: ReadRecord): Part<Goal>[] | null {
    return partsOf<Goal>(plan, plan.goals);
  }

  @FieldResolver(() => [Commitment], {
    nullable: true,
    description: 'What agencies have promised (åtaganden), latest due first.',
  })
  commitments(
    @Root() plan: Owned,
    @Arg('overdue', () => Boolean, {
      nullable: true,
      description: 'true: only those past their day and neither done nor dropped; false: only the others; absent: all.',
    })
    overdue: boolean | null | undefined,
    @Ctx() context: HubContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<readonly ReadRecord[]> {
    return below(plan, commitment, context, info, overdue == null ? undefined : isOverdue(overdue));
  }

  @FieldResolver(() => [FollowUp], { nullable: true, description: 'Follow-ups (uppföljningar), latest first.' })
  followUps(
    @Root() plan: Owned,
    @Ctx() context: HubContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<readonly ReadRecord[]> {
    return below(plan, followUp, context, info);
  }

  @FieldResolver(() => [Meeting], { nullable: true, description: 'Meetings (möten), latest first.' })
  meetings(
    @Root() plan: Owned,
    @Ctx() context: HubContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<readonly ReadRecord[]> {
    return below(plan, meeting, context, info);
  }
}

async function below(
  plan: Owned,
  kind: RecordKind,
  context: HubContext,
  info: GraphQLResolveInfo,
  narrowing?: Narrowing,
): Promise<readonly ReadRecord[]> {
  const records = await recordsOf(kind, plan.youthId, context, info, narrowing);
  return records.filter(({ agency }) => agency === plan.agency);
}
