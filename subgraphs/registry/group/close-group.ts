import { IsUUID } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { mutationText } from '../../../chassis/mutation-text.ts';
import { RevisedInput } from '../change/answered-key.ts';
import { change, type Demand, Receipt, STANDING_COLUMNS } from '../change/change.ts';
import { Outcome } from '../change/outcome.ts';
import { databaseNow } from '../sql/storage.ts';
import { GroupEndReason, InterventionGroupRow } from './group.ts';

@InputType({ description: 'The group to end, and the reason.' })
class CloseGroupInput extends RevisedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The group (UUID).' })
  groupId!: string;

  @Field(() => GroupEndReason, { description: 'The reason why the group ends.' })
  reason!: GroupEndReason;
}

/** The group's coordinator may close it, after its end too, so that a retry finds it done. */
const CLOSE: Demand = {
  mutation: 'closeGroup',
  revises: 'group',
  endsOnlyPermissions: true,
  standing: `SELECT ${STANDING_COLUMNS} FROM registry.seats_of(:caller, :roles, :agency) s
    WHERE s.group_id = :thing AND s.coordinates`,
};

/** The mutation that ends a group. */
@Resolver()
export class CloseGroupResolver {
  @Directive('@restricted(roles: [COORDINATOR])')
  @Directive('@fenced')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Avslutar en insatsgrupp för gott.',
      'Ends a group for ever and records the reason. Nobody reads anything through it afterwards. For the group’s coordinator; everyone else gets FORBIDDEN. UNCHANGED if the group has ended already: its first reason stands. It answers once nothing read through the group can still be on its way.',
    ),
  })
  closeGroup(
    @Arg('input', () => CloseGroupInput) input: CloseGroupInput,
    @Ctx() context: HubContext,
  ): Promise<Receipt> {
    const { groupId: id, reason } = input;
    return change(CLOSE, id, input, context, async (em) => {
      const changed = await em.nativeUpdate(
        InterventionGroupRow,
        { id, endedAt: null },
        { endedAt: databaseNow(), endReason: reason },
      );
      return {
        receipt: { id, outcome: changed > 0 ? Outcome.CHANGED : Outcome.UNCHANGED },
        told: { thing: id },
      };
    });
  }
}
