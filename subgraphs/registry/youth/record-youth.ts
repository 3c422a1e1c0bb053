import type { EntityManager } from '@mikro-orm/postgresql';
import { IsUUID } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateOnly } from '../../../chassis/input/scalars.ts';
import { IsPastDate } from '../../../chassis/input/validators.ts';
import { RevisedInput } from '../change/answered-key.ts';
import { change, type Done, Receipt } from '../change/change.ts';
import { Outcome } from '../change/outcome.ts';
import { Protection, YouthRow } from './youth.ts';
import { youthDemand } from './youth-demand.ts';

@InputType({ description: 'A date of birth as it was found to be.' })
class RecordBirthDateInput extends RevisedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The youth (UUID).' })
  youthId!: string;

  @IsPastDate()
  @Field(() => DateOnly, {
    nullable: true,
    description: 'The date of birth; null when it is unknown after all: no consent suffices then.',
  })
  birthDate!: string | null;
}

@InputType({ description: 'How well a youth’s whereabouts must be kept.' })
class RecordProtectionInput extends RevisedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The youth (UUID).' })
  youthId!: string;

  @Field(() => Protection, { description: 'The level.' })
  protection!: Protection;
}

const BIRTH_DATE = youthDemand('recordBirthDate');
const PROTECTION = youthDemand('recordProtection');

/** What becomes known of a youth, by the coordinator. */
@Resolver()
export class RecordYouthResolver {
  @Directive('@restricted(roles: [COORDINATOR])')
  @Directive('@fenced')
  @Mutation(() => Receipt, {
    nullable: true,
    description:
      'Records or corrects a youth’s date of birth. Who must have signed, and until when a consent lasts, follows from it at once (C5); what was released before, and would not have been had it been known, is listed by releasesToReview. For the coordinator of the youth’s group, or before there is one any coordinator of the lead agency; FORBIDDEN otherwise.',
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
    description:
      'Records how well a youth’s whereabouts must be kept (sekretessmarkering, skyddad folkbokföring): fields labelled whereabouts stop crossing a line at once (C16). For the coordinator of the youth’s group, or before there is one any coordinator of the lead agency; FORBIDDEN otherwise.',
  })
  recordProtection(
    @Arg('input', () => RecordProtectionInput) input: RecordProtectionInput,
    @Ctx() context: HubContext,
  ): Promise<Receipt> {
    const { youthId: id, protection } = input;
    return change(PROTECTION, id, input, context, async (em) => replace(em, id, { protection }));
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
