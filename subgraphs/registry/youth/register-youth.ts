import { Arg, Ctx, Directive, Field, InputType, Mutation, Resolver } from 'type-graphql';
import { demandKey, KeyedInput } from '../../../chassis/change/keyed-change.ts';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateOnly } from '../../../chassis/input/scalars.ts';
import { IsPastDate } from '../../../chassis/input/validators.ts';
import { mutationText } from '../../../chassis/mutation-text.ts';
import { change, type Demand, Receipt } from '../change/change.ts';
import { Outcome } from '../change/outcome.ts';
import { Protection, YouthRow } from './youth.ts';

@InputType({
  description: 'The facts about a youth that the rule needs: never a name, never a personal identity number.',
})
class RegisterYouthInput extends KeyedInput {
  @IsPastDate()
  @Field(() => DateOnly, {
    nullable: true,
    description: 'The date of birth. Leave it out if it is unknown: no consent suffices until it is recorded.',
  })
  birthDate!: string | null;

  @Field(() => Protection, { defaultValue: Protection.NONE, description: 'The protection of the youth’s whereabouts.' })
  protection!: Protection;
}

/** A coordinator of an agency that leads a programme in force may register: only there can a group follow. */
const REGISTER: Demand = {
  mutation: 'registerYouth',
  standing: `SELECT own.id AS agency, NULL::uuid AS "groupId", NULL::uuid AS youth, NULL::uuid AS programme
    FROM registry.agency own
    WHERE own.code = :agency AND :thing::uuid IS NULL AND registry.acts_as(:roles, 'COORDINATOR') AND EXISTS (
      SELECT FROM registry.programme p WHERE own.id = p.lead_agency OR own.sector = p.lead_sector
    )`,
};

/** The mutation that registers a youth, as a random id of one lead agency. */
@Resolver()
export class RegisterYouthResolver {
  @Directive('@restricted(roles: [COORDINATOR])')
  @Directive('@unfenced(reason: "Nothing can be read about a youth who is new.")')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Registrerar en ungdom med ett nytt slumpmässigt id.',
      'Registers a youth under a new random id, which your agency leads. If the youth moves to another municipality, that one registers the youth anew. It needs an idempotencyKey: a repeat would register another youth. For coordinators of an agency that leads a programme; everyone else gets FORBIDDEN.',
    ),
  })
  registerYouth(
    @Arg('input', () => RegisterYouthInput) input: RegisterYouthInput,
    @Ctx() context: HubContext,
  ): Promise<Receipt> {
    demandKey(input);
    return change(REGISTER, null, input, context, async (em, { agency }) => {
      const { birthDate = null, protection } = input;
      const youth = em.create(YouthRow, {
        leadAgency: agency,
        birthDate,
        protection,
        registeredBy: context.caller.subject,
      });
      await em.persist(youth).flush();
      return {
        receipt: { id: youth.id, outcome: Outcome.CREATED, revision: youth.revision },
        told: { thing: youth.id, youth: youth.id },
      };
    });
  }
}
