import type { EntityManager } from '@mikro-orm/postgresql';
import { IsUUID } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateOnly } from '../../../chassis/input/scalars.ts';
import { IsPastDate } from '../../../chassis/input/validators.ts';
import { mutationText } from '../../../chassis/mutation-text.ts';
import { RevisedInput } from '../change/answered-key.ts';
import { change, type Done, Receipt } from '../change/change.ts';
import { Outcome } from '../change/outcome.ts';
import { Protection, YouthRow } from './youth.ts';
import { youthDemand } from './youth-demand.ts';

@InputType({ description: 'A youth’s date of birth.' })
class RecordBirthDateInput extends RevisedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The youth (UUID).' })
  youthId!: string;

  @IsPastDate()
  @Field(() => DateOnly, {
    nullable: true,
    description: 'The date of birth. Null if it turns out to be unknown: then no consent suffices.',
  })
  birthDate!: string | null;
}

@InputType({ description: 'The protection of a youth’s whereabouts.' })
class RecordProtectionInput extends RevisedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The youth (UUID).' })
  youthId!: string;

  @Field(() => Protection, { description: 'The level of protection.' })
  protection!: Protection;
}

const BIRTH_DATE = youthDemand('recordBirthDate');
const PROTECTION = youthDemand('recordProtection');

/** The mutation by which the coordinator records facts of a youth. */
@Resolver()
export class RecordYouthResolver {
  @Directive('@restricted(roles: [COORDINATOR])')
  @Directive('@fenced')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Registrerar eller rättar en ungdoms födelsedatum.',
      'Records or corrects a youth’s date of birth. It decides at once who must have signed and how long a consent lasts. releasesToReview lists earlier releases that this fact would have prevented. For the coordinator of the youth’s group. Before there is a group, for any coordinator of the lead agency. Everyone else gets FORBIDDEN.',
    ),
  })
  recordBirthDate(
    @Arg('input', () => RecordBirthDateInput) input: RecordBirthDateInput,
    @Ctx() context: HubContext,
  ): Promise<Receipt> {
    const { youthId: id, birthDate = null } = input;
    return change(BIRTH_DATE, id, input, context, async (em) => replace(em, id, { birthDate }));
  }

  @Directive('@restricted(roles: [COORDINATOR])')
  @Directive('@fenced')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Registrerar att en ungdom har sekretessmarkering eller skyddad folkbokföring, eller inte längre har det.',
      'Records the protection of a youth’s whereabouts. While the youth is protected, other agencies cannot read fields that show where the youth is, and texts and names only if their authors mark anew that they name no place. For the coordinator of the youth’s group. Before there is a group, for any coordinator of the lead agency. Everyone else gets FORBIDDEN.',
    ),
  })
  recordProtection(
    @Arg('input', () => RecordProtectionInput) input: RecordProtectionInput,
    @Ctx() context: HubContext,
  ): Promise<Receipt> {
    const { youthId: id, protection } = input;
    return change(PROTECTION, id, input, context, async (em) => {
      const wasProtected = (await em.count(YouthRow, { id, protection: { $ne: Protection.NONE } })) > 0;
      const done = await replace(em, id, { protection });
      // Another level may be recorded just after the first, which the permissions do not show.
      return { ...done, mayHaveEnded: wasProtected && protection !== Protection.NONE };
    });
  }
}

async function replace(
  em: EntityManager,
  id: string,
  fact: Partial<Pick<YouthRow, 'birthDate' | 'protection'>>,
): Promise<Done> {
  const isKnown = (await em.count(YouthRow, { id, ...fact })) > 0;
  if (!isKnown) await em.nativeUpdate(YouthRow, { id }, fact);
  return { receipt: { id, outcome: isKnown ? Outcome.UNCHANGED : Outcome.CHANGED }, told: { thing: id } };
}
