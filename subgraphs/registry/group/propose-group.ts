import type { EntityManager } from '@mikro-orm/postgresql';
import { IsOptional, IsUUID, MaxLength, MinLength } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { IsSubject } from '../../../chassis/input/subject.ts';
import { mutationText } from '../../../chassis/mutation-text.ts';
import { HubError } from '../../../schema/errors.ts';
import { RevisedInput } from '../change/answered-key.ts';
import { change, Receipt } from '../change/change.ts';
import { Outcome } from '../change/outcome.ts';
import { youthDemand } from '../youth/youth-demand.ts';
import { InterventionGroupRow } from './group.ts';
import { SeatRole, SeatRow } from './seat.ts';

@InputType({ description: 'The youth and the programme of a new group.' })
class ProposeGroupInput extends RevisedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The youth (UUID), whom your agency must lead.' })
  youthId!: string;

  @MinLength(1)
  @MaxLength(100)
  @Field(() => String, { description: 'The code of the programme. The group works under its latest version.' })
  programmeCode!: string;

  @IsOptional()
  @IsSubject()
  @Field(() => String, { nullable: true, description: 'The subject of the deputy of your own seat, if any.' })
  deputy!: string | null;
}

const PROPOSE = youthDemand('proposeGroup');

/** The mutation that begins a group. */
@Resolver()
export class ProposeGroupResolver {
  @Directive('@restricted(roles: [COORDINATOR])')
  @Directive('@unfenced(reason: "It ends no permission.")')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Föreslår en insatsgrupp kring en ungdom.',
      'Proposes a group around a youth and gives you the coordinator’s seat. Only the lead agency knows of the youth so far. For coordinators of the agency that leads both the youth and the programme; everyone else gets FORBIDDEN. Register the youth first by registerYouth. CONFLICT while the youth has a group in the programme.',
    ),
  })
  proposeGroup(
    @Arg('input', () => ProposeGroupInput) input: ProposeGroupInput,
    @Ctx() context: HubContext,
  ): Promise<Receipt> {
    const { youthId: youth, deputy = null } = input;
    return change(PROPOSE, youth, input, context, async (em, { agency }) => {
      if (deputy === context.caller.subject) {
        throw new HubError('BAD_USER_INPUT', 'deputy must be somebody other than yourself. Name another deputy.', {
          field: 'input.deputy',
        });
      }
      const programme = await latestVersion(em, input.programmeCode, agency);
      await demandNoGroup(em, youth, input.programmeCode);
      const group = em.create(InterventionGroupRow, { youth, programme, leadAgency: agency });
      await em.persist(group).flush();
      const holder = context.caller.subject;
      em.persist(em.create(SeatRow, { groupId: group.id, agency, role: SeatRole.COORDINATOR, holder, deputy }));
      return {
        receipt: { id: group.id, outcome: Outcome.CREATED },
        told: { thing: group.id, groupId: group.id, programme },
      };
    });
  }
}

/** The programme's version that applies now, if this agency leads it; BAD_USER_INPUT otherwise. */
async function latestVersion(em: EntityManager, code: string, agency: number): Promise<string> {
  const [found] = await em.execute<{ id: string }[]>(
    `SELECT p.id FROM registry.programme p JOIN registry.agency own ON own.id = ?
      WHERE p.code = ? AND (p.lead_agency = own.id OR p.lead_sector = own.sector)
        AND NOT EXISTS (SELECT FROM registry.programme later WHERE later.code = p.code AND later.version > p.version)`,
    [agency, code],
  );
  if (found !== undefined) return found.id;
  throw new HubError(
    'BAD_USER_INPUT',
    'programmeCode must be the code of a programme that your agency leads. Send one that the query programmes lists.',
    { field: 'input.programmeCode' },
  );
}

async function demandNoGroup(em: EntityManager, youth: string, code: string): Promise<void> {
  const found = await em.execute(
    `SELECT FROM registry.intervention_group g JOIN registry.programme p ON p.id = g.programme
      WHERE g.youth = ? AND p.code = ? AND g.ended_at IS NULL LIMIT 1`,
    [youth, code],
  );
  if (found.length > 0)
    throw new HubError('CONFLICT', 'The youth already has a group in this programme. Use that one.');
}
