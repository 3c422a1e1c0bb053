import type { EntityManager } from '@mikro-orm/postgresql';
import { IsUUID } from 'class-validator';
import { Arg, Ctx, Directive, Field, ID, InputType, Mutation, Resolver } from 'type-graphql';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { mutationText } from '../../../chassis/mutation-text.ts';
import { HubError } from '../../../schema/errors.ts';
import { RevisedInput } from '../change/answered-key.ts';
import { change, type Demand, Receipt, STANDING_COLUMNS } from '../change/change.ts';
import { lockGroup } from '../change/locks.ts';
import { Outcome } from '../change/outcome.ts';
import { databaseNow } from '../sql/storage.ts';
import { InterventionGroupRow } from './group.ts';

@InputType({ description: 'The group to open.' })
class OpenGroupInput extends RevisedInput {
  @IsUUID()
  @Field(() => ID, { description: 'The group (UUID).' })
  groupId!: string;
}

const OPEN: Demand = {
  mutation: 'openGroup',
  revises: 'group',
  standing: `SELECT ${STANDING_COLUMNS} FROM registry.coordinated_by(:caller, :roles, :agency) s WHERE s.group_id = :thing`,
};

/** The messages for the obstacles that keep a group from opening, by the rules of its programme's version. */
const OBSTACLES = {
  lacksSeat:
    'Every mandatory agency of the programme must hold a seat before a group opens. Invite those that have none, and ask their managers to name a holder.',
  lacksDeputy: 'Every seat of this programme must have a deputy. Ask the managers of those that have none to name one.',
  lacksBirthDate:
    'The programme has an age span, and the youth’s date of birth is unknown. Record it, then open the group.',
  outsideSpan: 'The youth’s age is outside the programme’s span. Choose another programme.',
  full: 'The programme has reached its cap of open groups. Close one, or wait until one ends.',
} as const;

type Obstacle = keyof typeof OBSTACLES;

const LOOK = `
  SELECT g.opened_at IS NOT NULL AS "isOpen",
    EXISTS (
      SELECT FROM registry.programme_agency pa WHERE pa.programme = p.id AND pa.mandatory AND NOT EXISTS (
        SELECT FROM registry.seat_held s WHERE s.group_id = g.id AND s.agency = pa.agency AND s.subject IS NOT NULL
      )
    ) AS "lacksSeat",
    p.deputies_required AND EXISTS (
      SELECT FROM registry.seat_held held JOIN registry.seat s ON s.id = held.seat
      WHERE s.group_id = g.id AND s.deputy IS NULL
    ) AS "lacksDeputy",
    y.birth_date IS NULL AND num_nonnulls(p.age_from, p.age_to) > 0 AS "lacksBirthDate",
    -- C8: from the first birthday to the day before the one after the last.
    coalesce(registry.clock() < registry.birthday(y.birth_date, p.age_from), false)
      OR coalesce(registry.clock() >= registry.birthday(y.birth_date, p.age_to + 1), false) AS "outsideSpan",
    coalesce(p.cap <= (
      SELECT count(*) FROM registry.intervention_group o JOIN registry.programme op ON op.id = o.programme
      WHERE op.code = p.code AND o.opened_at IS NOT NULL AND o.ended_at IS NULL
    ), false) AS "full"
  FROM registry.intervention_group g
  JOIN registry.programme p ON p.id = g.programme
  JOIN registry.youth y ON y.id = g.youth
  WHERE g.id = ?`;

/** The mutation that opens a group (C4). The programme's demands are checked once, at this time. */
@Resolver()
export class OpenGroupResolver {
  @Directive('@restricted(roles: [COORDINATOR])')
  @Directive('@unfenced(reason: "It ends no permission.")')
  @Mutation(() => Receipt, {
    nullable: true,
    description: mutationText(
      'Öppnar en insatsgrupp, som sedan väntar på samtycke.',
      'Opens a group. From then on it awaits its consent and counts against the programme’s cap. For the group’s coordinator; everyone else gets FORBIDDEN. It needs a seat for each mandatory agency, the deputies that the programme requires, a youth within the age span, and room under the cap. Otherwise it is CONFLICT, and the message says what to do.',
    ),
  })
  openGroup(@Arg('input', () => OpenGroupInput) input: OpenGroupInput, @Ctx() context: HubContext): Promise<Receipt> {
    const { groupId: id } = input;
    return change(OPEN, id, input, context, async (em) => {
      await lockCap(em, id);
      await lockGroup(em, id);
      const [found] = await em.execute<Record<Obstacle | 'isOpen', boolean>[]>(LOOK, [id]);
      if (found === undefined) throw HubError.constant('FORBIDDEN');
      if (found.isOpen) return { receipt: { id, outcome: Outcome.UNCHANGED }, told: { thing: id } };
      const obstacle = (Object.keys(OBSTACLES) as Obstacle[]).find((each) => found[each]);
      if (obstacle !== undefined) throw new HubError('CONFLICT', OBSTACLES[obstacle]);
      await em.nativeUpdate(InterventionGroupRow, { id }, { openedAt: databaseNow() });
      return { receipt: { id, outcome: Outcome.CHANGED }, told: { thing: id } };
    });
  }
}

/** Lets only one group of a programme open at a time, whatever the version: otherwise two could both find the last place free. */
async function lockCap(em: EntityManager, groupId: string): Promise<void> {
  await em.execute(
    `SELECT pg_advisory_xact_lock(hashtextextended('cap of ' || p.code, 0))
      FROM registry.programme p JOIN registry.intervention_group g ON g.programme = p.id WHERE g.id = ?`,
    [groupId],
  );
}
