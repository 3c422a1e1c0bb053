import { IsOptional, IsUUID, MaxLength, MinLength } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { authorOf } from '../../../chassis/change/change.ts';
import { KeyedInput } from '../../../chassis/change/keyed-change.ts';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { WithoutIdentityNumber } from '../../../chassis/input/plain-text.ts';
import { IsSubject } from '../../../chassis/input/subject.ts';
import { mutationText } from '../../../chassis/mutation-text.ts';
import { change, type Demand, Receipt } from '../change/change.ts';
import { Outcome } from '../change/outcome.ts';
import { BarRow } from './bar.ts';

@InputType({ description: 'The caller to bar, and from which records.' })
class BarCallerInput extends KeyedInput {
  @IsSubject()
  @Field(() => String, { description: 'The subject of the person or system, of your own agency or another.' })
  subject!: string;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, { nullable: true, description: 'Only the records about this youth. Leave it out for all records.' })
  youthId!: string | null;

  @WithoutIdentityNumber()
  @MinLength(10)
  @MaxLength(2000)
  @Field(() => String, { description: 'The ground, 10 to 2,000 characters.' })
  ground!: string;
}

const BAR: Demand = {
  mutation: 'barCaller',
  standing: `SELECT own.id AS agency, NULL::uuid AS "groupId", :thing::uuid AS youth, NULL::uuid AS programme
    FROM registry.agency own WHERE own.code = :agency AND registry.acts_as(:roles, 'MANAGER')`,
};

/** The mutation by which an agency keeps a caller from its records (C18). */
@Resolver()
export class BarCallerResolver {
  @Directive('@restricted(roles: [MANAGER])')
  @Directive('@fenced')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Spärrar en person eller ett system från er myndighets uppgifter.',
      'Bars a caller from your agency’s records about one youth, or from all of them. The caller may be of your own staff. A bar denies before anything else, from the next decision on. For managers of the agency. It answers once nothing that the caller asked for before can still be on its way.',
    ),
  })
  async barCaller(
    @Arg('input', () => BarCallerInput) input: BarCallerInput,
    @Ctx() context: HubContext,
  ): Promise<Receipt> {
    const youth = input.youthId ?? null;
    return change(BAR, youth, input, context, async (em, standing) => {
      const given = { agency: standing.agency, subject: input.subject, youth };
      const known = await em.findOne(BarRow, { ...given, liftedAt: null });
      if (known !== null) return { receipt: { id: known.id, outcome: Outcome.UNCHANGED }, told: { thing: known.id } };
      const bar = em.create(BarRow, { ...given, ground: input.ground, recordedBy: authorOf(context) });
      await em.persist(bar).flush();
      return { receipt: { id: bar.id, outcome: Outcome.CREATED }, told: { thing: bar.id, source: standing.agency } };
    });
  }
}
