import { IsUUID } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import type { HubContext } from '../context.ts';
import { KeyedInput } from './answered-key.ts';
import { change, type Demand, Receipt } from './change.ts';
import { PLACES } from './membership.ts';
import { Outcome } from './outcome.ts';
import { SeatRow } from './seat.ts';
import { databaseNow } from './storage.ts';

@InputType({ description: 'Which seat ends.' })
class EndSeatInput extends KeyedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The seat (UUID).' })
  seatId!: string;
}

/** The group's coordinator, or a manager of the agency whose seat it is. */
const END_SEAT: Demand = {
  mutation: 'endSeat',
  standing: `SELECT own.id AS agency, g.id AS "groupId", g.youth, g.programme
    FROM registry.seat ending JOIN registry.intervention_group g ON g.id = ending.group_id
    JOIN registry.agency own ON own.code = $7
    WHERE ending.id = $8 AND $6 & 32 = 0 AND (
      ($6 & 16 <> 0 AND ending.agency = own.id) OR g.id IN (
        SELECT g.id FROM ${PLACES} WHERE g.id = ending.group_id AND s.role = 'COORDINATOR' AND s.agency = g.lead_agency
      )
    )`,
};

/** How an agency's place in a group ends (C4). */
@Resolver()
export class EndSeatResolver {
  @Directive('@restricted(roles: [COORDINATOR, MANAGER])')
  @Directive('@fenced')
  @Mutation(() => Receipt, {
    nullable: true,
    description:
      'Ends a seat at once. For the group’s coordinator and for managers of the seat’s agency; FORBIDDEN otherwise, the same whether the seat exists. Answers when nothing read through the seat can still be on its way.',
  })
  async endSeat(@Arg('input', () => EndSeatInput) input: EndSeatInput, @Ctx() context: HubContext): Promise<Receipt> {
    return change(END_SEAT, input.seatId, input, context, async (em) => {
      const changed = await em.nativeUpdate(
        SeatRow,
        { id: input.seatId, $or: [{ endedAt: null }, { endedAt: { $gt: databaseNow() } }] },
        { endedAt: databaseNow() },
      );
      return {
        receipt: { id: input.seatId, outcome: changed > 0 ? Outcome.CHANGED : Outcome.UNCHANGED },
        told: { thing: input.seatId },
      };
    });
  }
}
