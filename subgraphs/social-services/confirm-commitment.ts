import { IsUUID } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import { KeyedInput, VersionRead } from '../../chassis/change/keyed-change.ts';
import type { WriteReceipt } from '../../chassis/change/receipt.ts';
import type { HubContext } from '../../chassis/decide/context.ts';
import { mutationText } from '../../chassis/mutation-text.ts';
import type { ClassReference } from '../../chassis/names.ts';
import type { RecordRow } from '../../chassis/record/record.ts';
import { changeRecord } from '../../chassis/record/write.ts';
import { type CommitmentRow, ConfirmedStatus, commitment } from './commitment.ts';

@InputType({ description: 'The commitment, and its status.' })
class ConfirmCommitmentInput extends KeyedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The commitment (UUID).' })
  id!: string;

  @Field(() => ConfirmedStatus, { description: 'The status.' })
  status!: ConfirmedStatus;

  @VersionRead()
  version?: number | null;
}

/** The mutation that confirms in the plan what an agency has reported in its own sector; it keeps nothing of the report (C9). */
export function confirmCommitment(receipt: new () => WriteReceipt): ClassReference {
  @Resolver()
  class Confirms {
    @Directive('@restricted(roles: [COORDINATOR, MENTOR])')
    @Directive('@unfenced(reason: "It ends no permission.")')
    @Mutation(() => receipt, {
      nullable: true,
      description: mutationText(
        'Bekräftar hur det har gått med ett åtagande i åtgärdsplanen.',
        'Confirms the status of a commitment (åtagande), from the agency’s report in its own sector or from what the agency has told you. For mentors and coordinators of the agency that keeps the plan, with an informed seat in an open group of the youth or an assignment to the youth; everyone else gets FORBIDDEN, whether or not the commitment exists. The commitment must be in the plan: add it by addCommitment.',
      ),
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
