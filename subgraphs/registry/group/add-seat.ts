import { IsUUID, MaxLength } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { mutationText } from '../../../chassis/mutation-text.ts';
import { HubError } from '../../../schema/errors.ts';
import { AgencyRow } from '../catalogue/agency.ts';
import { RevisedInput } from '../change/answered-key.ts';
import { change, type Demand, Receipt, STANDING_COLUMNS } from '../change/change.ts';
import { lockGroup } from '../change/locks.ts';
import { Outcome } from '../change/outcome.ts';
import { SeatRole, SeatRow } from './seat.ts';

@InputType({ description: 'The agency to invite to a group.' })
class AddSeatInput extends RevisedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The group (UUID).' })
  groupId!: string;

  @MaxLength(100)
  @Field(() => ID, {
    description: 'The code of the agency, for example school:skovde. It need not be in the programme.',
  })
  agency!: string;

  @Field(() => SeatRole, { description: 'The role of the seat. A seat of another agency is for a caseworker.' })
  role!: SeatRole;
}

const ADD: Demand = {
  mutation: 'addSeat',
  revises: 'group',
  standing: `SELECT ${STANDING_COLUMNS} FROM registry.coordinated_by(:caller, :roles, :agency) s WHERE s.group_id = :thing`,
};

/** The mutation that invites an agency into a group. */
@Resolver()
export class AddSeatResolver {
  @Directive('@restricted(roles: [COORDINATOR])')
  @Directive('@unfenced(reason: "It ends no permission.")')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Bjuder in en myndighet till en insatsgrupp.',
      'Invites an agency to a group, at any time from the proposal on. For the group’s coordinator; everyone else gets FORBIDDEN. The agency’s manager then names holder and deputy. They learn who the youth is once a signed consent names their agency. UNCHANGED while such a seat waits for its holder.',
    ),
  })
  addSeat(@Arg('input', () => AddSeatInput) input: AddSeatInput, @Ctx() context: HubContext): Promise<Receipt> {
    const { groupId, role } = input;
    return change(ADD, groupId, input, context, async (em, { agency: lead }) => {
      await lockGroup(em, groupId);
      const agency = await em.findOne(AgencyRow, { code: input.agency, sector: { $ne: null } });
      if (agency === null) {
        throw new HubError(
          'BAD_USER_INPUT',
          'agency must be the code of an agency. Send one that the query agencies lists.',
          {
            field: 'input.agency',
          },
        );
      }
      if (role !== SeatRole.CASEWORKER && agency.id !== lead) {
        throw new HubError(
          'BAD_USER_INPUT',
          'role must be CASEWORKER, since coordinators and mentors belong to the lead agency. Send CASEWORKER.',
          {
            field: 'input.role',
          },
        );
      }
      const waiting = await em.findOne(SeatRow, { groupId, agency: agency.id, role, holder: null, endedAt: null });
      const seat = waiting ?? em.create(SeatRow, { groupId, agency: agency.id, role });
      await em.persist(seat).flush();
      return {
        receipt: { id: seat.id, outcome: waiting === null ? Outcome.CREATED : Outcome.UNCHANGED },
        // The entry leaves the invited agency out, which would otherwise read in its own log who the youth is.
        told: { thing: seat.id },
      };
    });
  }
}
