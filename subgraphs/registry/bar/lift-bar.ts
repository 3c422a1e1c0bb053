import { IsUUID } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { KeyedInput } from '../../../chassis/change/keyed-change.ts';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { mutationText } from '../../../chassis/mutation-text.ts';
import { change, type Demand, Receipt } from '../change/change.ts';
import { Outcome } from '../change/outcome.ts';
import { databaseNow } from '../sql/storage.ts';
import { BarRow } from './bar.ts';

@InputType({ description: 'The bar to lift.' })
class LiftBarInput extends KeyedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The bar (UUID).' })
  barId!: string;
}

const LIFT: Demand = {
  mutation: 'liftBar',
  standing: `SELECT b.agency, NULL::uuid AS "groupId", b.youth, NULL::uuid AS programme
    FROM registry.bars_in_hands_of(:caller, :actor, :roles, :agency) b WHERE b.id = :thing`,
};

/** The mutation by which an agency lets a barred caller read again (C18). */
@Resolver()
export class LiftBarResolver {
  @Directive('@restricted(roles: [MANAGER])')
  @Directive('@unfenced(reason: "It ends no permission.")')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Häver en spärr som er myndighet har satt.',
      'Lifts a bar of your agency, from the next decision on. The rest of the rule still applies to the caller. For managers of the agency that barred, but not for the barred person; everyone else gets FORBIDDEN, whether or not the bar exists. UNCHANGED if the bar was lifted already.',
    ),
  })
  async liftBar(@Arg('input', () => LiftBarInput) input: LiftBarInput, @Ctx() context: HubContext): Promise<Receipt> {
    return change(LIFT, input.barId, input, context, async (em, { agency }) => {
      const bar = { id: input.barId, agency };
      const lifted = await em.nativeUpdate(BarRow, { ...bar, liftedAt: null }, { liftedAt: databaseNow() });
      return {
        receipt: { id: bar.id, outcome: lifted > 0 ? Outcome.CHANGED : Outcome.UNCHANGED },
        told: { thing: bar.id, source: agency },
      };
    });
  }
}
