import { IsOptional, IsUUID } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { IsSubject } from '../../../chassis/input/subject.ts';
import { mutationText } from '../../../chassis/mutation-text.ts';
import { HubError } from '../../../schema/errors.ts';
import { ProgrammeRow } from '../catalogue/programme.ts';
import { RevisedInput } from '../change/answered-key.ts';
import { change, type Demand, Receipt } from '../change/change.ts';
import { lockGroup } from '../change/locks.ts';
import { Outcome } from '../change/outcome.ts';
import { SeatRow } from './seat.ts';

@InputType({ description: 'The holder and the deputy of a seat.' })
class FillSeatInput extends RevisedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The seat (UUID), which must belong to your agency.' })
  seatId!: string;

  @IsSubject()
  @Field(() => String, { description: 'The subject of the staff member who holds the seat.' })
  holder!: string;

  @IsOptional()
  @IsSubject()
  @Field(() => String, {
    nullable: true,
    description: 'The subject of the deputy (ersättare). Some programmes require one.',
  })
  deputy!: string | null;
}

/** A manager of the agency may fill a seat. The entry names the youth only once the agency is informed, since its managers read it. */
const FILL: Demand = {
  mutation: 'fillSeat',
  revises: 'seat',
  endsOnlyPermissions: true,
  standing: `SELECT own.id AS agency, g.id AS "groupId", g.programme,
      CASE WHEN filled.informed_at IS NOT NULL THEN g.youth END AS youth
    FROM registry.seat filled JOIN registry.intervention_group g ON g.id = filled.group_id AND g.ended_at IS NULL
    JOIN registry.agency own ON own.id = filled.agency AND own.code = :agency
    WHERE filled.id = :thing AND registry.acts_as(:roles, 'MANAGER')
      AND (filled.ended_at > registry.clock()) IS NOT FALSE`,
};

/** The mutation by which an agency names the holder and the deputy of its seat. */
@Resolver()
export class FillSeatResolver {
  @Directive('@restricted(roles: [MANAGER])')
  @Directive('@fenced')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Utser innehavare och ersättare för er myndighets plats i insatsgruppen.',
      'Names the holder and the deputy of a seat of your agency, in place of the previous ones. A hand-over ends. For managers of the seat’s agency, while the seat and the group have not ended; everyone else gets FORBIDDEN. Somebody must have invited the agency by addSeat. It answers once nothing read by the previous holder or deputy can still be on its way.',
    ),
  })
  fillSeat(@Arg('input', () => FillSeatInput) input: FillSeatInput, @Ctx() context: HubContext): Promise<Receipt> {
    const { seatId: id, holder, deputy = null } = input;
    return change(FILL, id, input, context, async (em, standing) => {
      await lockGroup(em, standing.groupId);
      const programme = await em.findOneOrFail(ProgrammeRow, { id: standing.programme ?? '' });
      if (holder === deputy) {
        throw new HubError('BAD_USER_INPUT', 'deputy must be somebody other than the holder. Name another deputy.', {
          field: 'input.deputy',
        });
      }
      if (deputy === null && programme.deputiesRequired) {
        throw new HubError(
          'BAD_USER_INPUT',
          'deputy is missing: every seat of this programme must have one. Name a deputy.',
          {
            field: 'input.deputy',
          },
        );
      }
      const named = { holder, deputy, handedOverFrom: null, handedOverUntil: null };
      const isKnown = (await em.count(SeatRow, { id, ...named })) > 0;
      if (!isKnown) await em.nativeUpdate(SeatRow, { id }, named);
      return {
        receipt: { id, outcome: isKnown ? Outcome.UNCHANGED : Outcome.CHANGED },
        told: { thing: id },
      };
    });
  }
}
