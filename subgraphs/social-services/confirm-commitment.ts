import { IsUUID } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { KeyedInput, VersionRead } from '../../chassis/change/keyed-change.ts';
import type { WriteReceipt } from '../../chassis/change/receipt.ts';
import type { HubContext } from '../../chassis/decide/context.ts';
import type { ClassReference } from '../../chassis/names.ts';
import type { RecordRow } from '../../chassis/record/record.ts';
import { changeRecord } from '../../chassis/record/write.ts';
import { type CommitmentRow, ConfirmedStatus, commitment } from './commitment.ts';

@InputType({ description: 'Which commitment, and how it stands.' })
class ConfirmCommitmentInput extends KeyedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The commitment (UUID).' })
  id!: string;

  @Field(() => ConfirmedStatus, { description: 'How it stands.' })
  status!: ConfirmedStatus;

  @VersionRead()
  version?: number | null;
}

/** Confirming in the plan what the agency that promised has reported in its own sector (C9: nothing of the report is kept). */
export function confirmCommitment(receipt: new () => WriteReceipt): ClassReference {
  @Resolver()
  class Confirms {
    @Directive('@restricted(roles: [COORDINATOR, MENTOR])')
    @Directive('@unfenced(reason: "It ends no permission.")')
    @Mutation(() => receipt, {
      nullable: true,
      description:
        'Confirms how a commitment stands (bekräfta åtagande), by mentor or coordinator, with what the agency has reported in its own sector or has told. FORBIDDEN, the same whether the commitment exists or not, when you may not.',
    })
    confirmCommitment(
      @Arg('input', () => ConfirmCommitmentInput) input: ConfirmCommitmentInput,
      @Ctx() context: HubContext,
    ): Promise<WriteReceipt> {
      return changeRecord(commitment, 'confirmCommitment', input, input, context, (row) =>
        confirmed(row, input.status, context),
      );
    }
  }
  return Confirms;
}

function confirmed(row: RecordRow, status: ConfirmedStatus, { caller }: HubContext): object {
  const known = row as CommitmentRow;
  if (known.status === status && known.confirmedAt !== null) return {};
  return { status, confirmedBy: caller.subject, confirmedAt: new Date() };
}
