import { IsOptional, IsUUID, MaxLength, MinLength } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { authorOf } from '../../../chassis/change/change.ts';
import { KeyedInput } from '../../../chassis/change/keyed-change.ts';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { WithoutIdentityNumber } from '../../../chassis/input/plain-text.ts';
import { DateTime } from '../../../chassis/input/scalars.ts';
import { mutationText } from '../../../chassis/mutation-text.ts';
import { HubError } from '../../../schema/errors.ts';
import { change, type Demand, Receipt, STANDING_COLUMNS } from '../change/change.ts';
import { Outcome } from '../change/outcome.ts';
import { ConsentRow } from './consent.ts';
import { ConsentGrantRow } from './grant.ts';
import { StatementKind, StatementRow } from './statement.ts';

@InputType({ description: 'A statement of a youth or guardian. It needs no evidence.' })
class StatementInput extends KeyedInput {
  @IsUUID()
  @Field(() => ID, {
    description: 'Any version of the group’s consent (UUID). The statement reaches every version that has not ended.',
  })
  consentId!: string;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, {
    nullable: true,
    description: 'Only this grant, in each version that it reaches. Leave it out for the whole consent.',
  })
  grantId!: string | null;

  @IsOptional()
  @IsUUID()
  @Field(() => ID, {
    nullable: true,
    description: 'The random id of the guardian who made the statement. Leave it out if the youth made it.',
  })
  guardianId!: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'True only if the signer explicitly keeps the other versions, for example refuses a renewal but not the consent it renews.',
  })
  onlyThisVersion!: boolean;

  @Field(() => DateTime, {
    description: 'When it was told. Up to 60 seconds ahead counts as now. Further ahead is BAD_USER_INPUT.',
  })
  toldAt!: Date;

  @WithoutIdentityNumber()
  @MinLength(2)
  @MaxLength(200)
  @Field(() => String, { description: 'The channel, for example telephone or a meeting.' })
  channel!: string;
}

const HOLDS_SEAT = `SELECT ${STANDING_COLUMNS}
  FROM registry.consent c JOIN registry.seats_of(:caller, :roles, :agency) s ON s.group_id = c.group_id WHERE c.id = :thing`;
// Whatever is recorded about the youth at the same time comes before or after.
const SAID = { locks: 'consent', endsOnlyPermissions: true, standing: HOLDS_SEAT } as const;
const REFUSE: Demand = { mutation: 'refuseConsent', ...SAID };
const WITHDRAW: Demand = { mutation: 'withdrawConsent', ...SAID };
const ANY_SEAT = '@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER])';

/** The mutations by which any seat holder records a refusal or withdrawal, which counts at once (C6). */
@Resolver()
export class WithdrawResolver {
  @Directive(ANY_SEAT)
  @Directive('@fenced')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Registrerar att ungdomen eller en vårdnadshavare nekar till ett samtycke.',
      'Records that the youth, or a guardian with custody, refuses the whole consent or one grant. The refusal reaches every version of the group’s consent that has not ended, unless onlyThisVersion is true. For every seat holder of the group; everyone else gets FORBIDDEN. Record it at once: it needs no evidence and no approval. NOTED if the person is neither the youth nor a guardian with custody: the statement is kept as a note and ends nothing. It answers once nothing released under the consent can still be on its way.',
    ),
  })
  refuseConsent(
    @Arg('input', () => StatementInput) input: StatementInput,
    @Ctx() context: HubContext,
  ): Promise<Receipt> {
    return record(REFUSE, StatementKind.REFUSAL, input, context);
  }

  @Directive(ANY_SEAT)
  @Directive('@fenced')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Registrerar att ungdomen eller en vårdnadshavare vill återkalla sitt samtycke, helt eller till en del.',
      'Records that the youth, or a guardian with custody, withdraws the whole consent or one grant. The withdrawal reaches every version of the group’s consent that has not ended, unless onlyThisVersion is true. For every seat holder of the group; everyone else gets FORBIDDEN. Record it at once: it needs no evidence and no approval. NOTED if the person is neither the youth nor a guardian with custody: the statement is kept as a note and ends nothing. It answers once nothing released under the consent can still be on its way.',
    ),
  })
  withdrawConsent(
    @Arg('input', () => StatementInput) input: StatementInput,
    @Ctx() context: HubContext,
  ): Promise<Receipt> {
    return record(WITHDRAW, StatementKind.WITHDRAWAL, input, context);
  }
}

/** Records a statement. It never gives CONFLICT: a repeated statement is recorded again. */
async function record(
  asked: Demand,
  kind: StatementKind,
  input: StatementInput,
  context: HubContext,
): Promise<Receipt> {
  return change(asked, input.consentId, input, context, async (em) => {
    const consent = await em.findOneOrFail(ConsentRow, { id: input.consentId });
    const grant =
      input.grantId == null ? null : await em.findOne(ConsentGrantRow, { id: input.grantId, consent: consent.id });
    if (input.grantId != null && grant === null) {
      throw new HubError(
        'BAD_USER_INPUT',
        'grantId must be a grant of this consent. Leave it out to end the whole consent.',
        {
          field: 'input.grantId',
        },
      );
    }
    const statement = em.create(StatementRow, {
      groupId: consent.groupId,
      kind,
      guardian: input.guardianId ?? null,
      source: grant?.source ?? null,
      recipient: grant?.recipient ?? null,
      category: grant?.category ?? null,
      onlyConsent: input.onlyThisVersion ? consent.id : null,
      channel: input.channel,
      toldAt: input.toldAt,
      recordedBy: authorOf(context),
    });
    await em.persist(statement).flush();
    const [weighed] = await em.execute<{ counts: boolean }[]>('SELECT counts FROM registry.statement WHERE id = ?', [
      statement.id,
    ]);
    return {
      receipt: { id: statement.id, outcome: weighed?.counts === true ? Outcome.CREATED : Outcome.NOTED },
      told: {
        thing: statement.id,
        consent: consent.id,
        consentVersion: consent.version,
        consentGrant: grant?.id ?? null,
        source: grant?.source ?? null,
        category: grant?.category ?? null,
      },
    };
  });
}
