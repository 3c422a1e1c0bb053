import type { EntityManager } from '@mikro-orm/postgresql';
import { IsUUID } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { DateTime } from '../../../chassis/input/scalars.ts';
import { mutationText } from '../../../chassis/mutation-text.ts';
import { HubError } from '../../../schema/errors.ts';
import { RevisedInput } from '../change/answered-key.ts';
import { change, type Demand, Receipt } from '../change/change.ts';
import { lockGroup } from '../change/locks.ts';
import { Outcome } from '../change/outcome.ts';
import { databaseNow } from '../sql/storage.ts';
import { SeatRow } from './seat.ts';

@InputType({ description: 'A seat that its deputy takes over or gives back.' })
class HandOverSeatInput extends RevisedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The seat (UUID).' })
  seatId!: string;

  @Field(() => Boolean, { description: 'True: the deputy holds the seat from now on. False: the holder does again.' })
  handedOver!: boolean;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'The future instant until which the deputy holds the seat. If you leave it out, the hand-over lasts until it is reversed.',
  })
  until!: Date | null;
}

/**
 * Holder, deputy or a manager of the seat's agency may hand a seat over, whoever holds it now: nothing depends on one person. The
 * entry names the youth only once the agency is informed.
 */
const HAND_OVER: Demand = {
  mutation: 'handOverSeat',
  revises: 'seat',
  endsOnlyPermissions: true,
  standing: `SELECT own.id AS agency, g.id AS "groupId", g.programme,
      CASE WHEN x.informed_at IS NOT NULL THEN g.youth END AS youth
    FROM registry.seat x JOIN registry.intervention_group g ON g.id = x.group_id AND g.ended_at IS NULL
    JOIN registry.agency own ON own.id = x.agency AND own.code = :agency
    WHERE x.id = :thing AND (x.ended_at > registry.clock()) IS NOT FALSE AND (
      registry.acts_as(:roles, 'MANAGER') OR :caller IN (x.holder, x.deputy) AND registry.acts_as(:roles, x.role)
    )`,
};

/** The mutation by which a deputy takes over a seat (C4). */
@Resolver()
export class HandOverSeatResolver {
  @Directive('@restricted(roles: [COORDINATOR, MENTOR, CASEWORKER, MANAGER])')
  @Directive('@fenced')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Lämnar över en plats till ersättaren, eller tillbaka till innehavaren.',
      'Hands a seat over to its deputy, until a stated end or until it is given back, or gives it back to its holder. Only one of the two holds it at a time. For the seat’s holder, its deputy and managers of its agency; everyone else gets FORBIDDEN. CONFLICT if the seat has no deputy: name one by fillSeat first. It answers once nothing read by the other person can still be on its way.',
    ),
  })
  handOverSeat(
    @Arg('input', () => HandOverSeatInput) input: HandOverSeatInput,
    @Ctx() context: HubContext,
  ): Promise<Receipt> {
    const { seatId: id, handedOver } = input;
    const until = input.until ?? null;
    if (!handedOver && until !== null) {
      throw new HubError(
        'BAD_USER_INPUT',
        'until must be left out when a seat is given back. Send it only to hand a seat over.',
        {
          field: 'input.until',
        },
      );
    }
    return change(HAND_OVER, id, input, context, async (em, { groupId }) => {
      await lockGroup(em, groupId);
      const changed = handedOver ? await handOver(em, id, until) : await giveBack(em, id);
      return { receipt: { id, outcome: changed ? Outcome.CHANGED : Outcome.UNCHANGED }, told: { thing: id } };
    });
  }
}

async function handOver(em: EntityManager, id: string, until: Date | null): Promise<boolean> {
  const [seat] = await em.execute<{ hasDeputy: boolean; isAhead: boolean; isAway: boolean; isSame: boolean }[]>(
    `SELECT deputy IS NOT NULL AS "hasDeputy", (?::timestamptz > registry.clock()) IS NOT FALSE AS "isAhead",
        coalesce(handed_over_from <= registry.clock() AND (handed_over_until > registry.clock()) IS NOT FALSE, false)
          AS "isAway",
        handed_over_until IS NOT DISTINCT FROM ?::timestamptz AS "isSame"
      FROM registry.seat WHERE id = ?`,
    [until?.toISOString() ?? null, until?.toISOString() ?? null, id],
  );
  if (seat?.hasDeputy !== true) {
    throw new HubError(
      'CONFLICT',
      'The seat has no deputy. Ask a manager of its agency to name one, then hand it over.',
    );
  }
  if (!seat.isAhead) {
    throw new HubError('BAD_USER_INPUT', 'until must be in the future. Send the time at which the hand-over ends.', {
      field: 'input.until',
    });
  }
  if (seat.isAway && seat.isSame) return false;
  const from = seat.isAway ? {} : { handedOverFrom: databaseNow() };
  await em.nativeUpdate(SeatRow, { id }, { ...from, handedOverUntil: until });
  return true;
}

async function giveBack(em: EntityManager, id: string): Promise<boolean> {
  const away = {
    id,
    handedOverFrom: { $ne: null },
    $or: [{ handedOverUntil: null }, { handedOverUntil: { $gt: databaseNow() } }],
  };
  return (await em.nativeUpdate(SeatRow, away, { handedOverFrom: null, handedOverUntil: null })) > 0;
}
