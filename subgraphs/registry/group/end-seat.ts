import type { EntityManager } from '@mikro-orm/postgresql';
import { IsUUID } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { mutationText } from '../../../chassis/mutation-text.ts';
import { HubError } from '../../../schema/errors.ts';
import { RevisedInput } from '../change/answered-key.ts';
import { change, type Demand, Receipt } from '../change/change.ts';
import { Outcome } from '../change/outcome.ts';
import { databaseNow } from '../sql/storage.ts';
import { SeatRow } from './seat.ts';

@InputType({ description: 'The seat to end.' })
class EndSeatInput extends RevisedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The seat (UUID).' })
  seatId!: string;
}

/** The group's coordinator may end a seat, or a manager of its agency. */
const END_SEAT: Demand = {
  mutation: 'endSeat',
  revises: 'seat',
  endsOnlyPermissions: true,
  standing: `SELECT own.id AS agency, g.id AS "groupId", g.youth, g.programme
    FROM registry.seat ending JOIN registry.intervention_group g ON g.id = ending.group_id
    JOIN registry.agency own ON own.code = :agency
    WHERE ending.id = :thing AND (
      registry.acts_as(:roles, 'MANAGER') AND ending.agency = own.id
      OR EXISTS (SELECT FROM registry.coordinated_by(:caller, :roles, :agency) c WHERE c.group_id = ending.group_id)
    )`,
};

/** The mutation that ends an agency's seat in a group (C4). */
@Resolver()
export class EndSeatResolver {
  @Directive('@restricted(roles: [COORDINATOR, MANAGER])')
  @Directive('@fenced')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Avslutar en myndighets plats i insatsgruppen genast.',
      'Ends a seat at once. For the group’s coordinator and for managers of the seat’s agency; everyone else gets FORBIDDEN, whether or not the seat exists. CONFLICT for the seat of the last coordinator while the group has not ended: let a manager name another holder, or close the group. It answers once nothing read through the seat can still be on its way.',
    ),
  })
  async endSeat(@Arg('input', () => EndSeatInput) input: EndSeatInput, @Ctx() context: HubContext): Promise<Receipt> {
    return change(END_SEAT, input.seatId, input, context, async (em) => {
      await demandCoordinator(em, input.seatId);
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

/** Throws CONFLICT if this is the last coordinator's seat of a group that lasts: nobody else could close it, or record custody. */
async function demandCoordinator(em: EntityManager, seatId: string): Promise<void> {
  const last = await em.execute(
    `SELECT FROM registry.seat_held held JOIN registry.intervention_group g ON g.id = held.group_id
      WHERE held.seat = ? AND held.role = 'COORDINATOR' AND g.ended_at IS NULL AND NOT EXISTS (
        SELECT FROM registry.seat_held other
        WHERE other.group_id = g.id AND other.role = 'COORDINATOR' AND other.seat <> held.seat AND other.subject IS NOT NULL
      )`,
    [seatId],
  );
  if (last.length === 0) return;
  throw new HubError(
    'CONFLICT',
    'This is the seat of the group’s last coordinator. Ask a manager to name another holder, or close the group.',
  );
}
