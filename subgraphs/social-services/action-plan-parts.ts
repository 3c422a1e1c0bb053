import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import type { HubContext } from '../../chassis/decide/context.ts';
import type { Owned } from '../../chassis/decide/guard.ts';
import { type Narrowing, type ReadRecord, recordsOf } from '../../chassis/record/read.ts';
import type { RecordKind } from '../../chassis/record/record-kind.ts';
import { ActionPlan, ActionPlanGoal, type Goal } from './action-plan.ts';
import { Commitment, commitment, isOverdue } from './commitment.ts';
import { FollowUp, followUp } from './follow-up.ts';
import { Meeting, meeting } from './meeting.ts';
import { type Part, partsOf } from './parts.ts';

/** The fields below an action plan: separate records, of the plan's agency alone. */
@Resolver(() => ActionPlan)
export class ActionPlanParts {
  @FieldResolver(() => [ActionPlanGoal], {
    nullable: true,
    description:
      'The goals (mål). Free text: other agencies read it only once its author has marked it as cleared of other persons and, while the youth has protected identity, as naming no place.',
  })
  goals(@Root() plan: ReadRecord): Part<Goal>[] | null {
    return partsOf<Goal>(plan, plan.goals);
  }

  @FieldResolver(() => [Commitment], {
    nullable: true,
    description: 'The agencies’ commitments (åtaganden), latest due first.',
  })
  commitments(
    @Root() plan: Owned,
    @Arg('overdue', () => Boolean, {
      nullable: true,
      description:
        'True: only those that are LATE, that is past their day in Sweden and neither done nor dropped. False: only the others. Absent: all.',
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
