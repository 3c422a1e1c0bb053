import { CheckConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql';
import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { HubError } from '../../schema/errors.ts';
import { roleMask } from '../authorize.ts';
import type { HubContext } from '../context.ts';
import { EntryKind, EntryRow } from './entry.ts';
import { appendSql, asker, logged } from './log.ts';

/** What a change did. */
export enum Outcome {
  CREATED = 'CREATED',
  CHANGED = 'CHANGED',
  UNCHANGED = 'UNCHANGED',
  NOTED = 'NOTED',
}

registerEnumType(Outcome, {
  name: 'RegistryOutcome',
  description: 'What a change did.',
  valuesConfig: {
    CREATED: { description: 'Something new was recorded, and counts.' },
    CHANGED: { description: 'What was there was changed.' },
    UNCHANGED: { description: 'It was already as asked.' },
    NOTED: { description: 'It was kept as a note and ended nothing: whoever said it has no custody of the youth.' },
  },
});

/** What a change answers: never what stands behind a label. */
@Directive('@open(reason: "Ids and outcome of the caller’s own change.")')
@ObjectType('RegistryReceipt', { description: 'What a change did; never content.' })
export class Receipt {
  @Field(() => ID, { description: 'The id of what was recorded or changed (UUID).' })
  id!: string;

  @Field(() => Outcome, { description: 'What the change did.' })
  outcome!: Outcome;
}

/** On what a caller may change something: the caller's agency, and the group that it is about, if any. */
export interface Standing {
  readonly agency: number;
  readonly groupId: string | null;
  readonly youth: string | null;
  readonly programme: string | null;
}

/** How a mutation finds out whether the caller may: SQL of a Standing over the thing `$8`, and the parameters of `asker`. */
export interface Demand {
  /** The mutation's name, as the log has it. */
  readonly mutation: string;
  readonly standing: string;
}

/** SQL of the seats `s` that the caller holds now in the groups `g`, informed or not, open or not (C6). */
export const SEATS_HELD = `registry.intervention_group g
  JOIN registry.seat_held s ON s.group_id = g.id AND s.subject = $4 AND s.role_bit & $6 <> 0 AND $6 & 32 = 0
  JOIN registry.agency own ON own.id = s.agency AND own.code = $7`;

/** SQL of a Standing from `g` and `s`. */
export const STANDING_COLUMNS = 's.agency, g.id AS "groupId", g.youth, g.programme';

/**
 * What the caller may change the thing on. Else FORBIDDEN, the same whether the thing exists. The attempt is an entry
 * either way, so that one which then fails is in the log too.
 */
export async function demand(
  { mutation, standing }: Demand,
  thing: string | null,
  context: HubContext,
): Promise<Standing> {
  const attempt = appendSql(
    'CHANGE',
    'f.agency IS NOT NULL',
    { name: `'${mutation}'`, thing: '$8::uuid', youth: 'f.youth', group_id: 'f."groupId"', programme: 'f.programme' },
    'FROM (VALUES (true)) AS attempt LEFT JOIN found f ON true',
  );
  const text = `WITH found AS MATERIALIZED (SELECT * FROM (${standing}) AS standing LIMIT 1), written AS (${attempt})
    SELECT * FROM found`;
  const [found] = await logged<Standing>(
    { name: `demand ${mutation}`, text, values: [...asker(context), thing] },
    context,
  );
  if (found === undefined) throw HubError.constant('FORBIDDEN');
  return found;
}

/** What a change names in its entry besides who did it. */
export type Told = Partial<
  Pick<EntryRow, 'thing' | 'consent' | 'consentVersion' | 'consentGrant' | 'source' | 'category'>
>;

/**
 * Makes a change in one transaction, its entry included: neither is there without the other. What the database refuses
 * because an instant lies ahead is a BAD_USER_INPUT.
 */
export async function change(
  mutation: string,
  standing: Standing,
  context: HubContext,
  write: (em: EntityManager) => Promise<{ readonly receipt: Receipt; readonly told: Told }>,
): Promise<Receipt> {
  try {
    return await context.sector.fork().transactional(async (em) => {
      const { receipt, told } = await write(em);
      em.persist(em.create(EntryRow, { ...entryOf(mutation, standing, context), ...told }));
      return receipt;
    });
  } catch (cause) {
    if (cause instanceof CheckConstraintViolationException && /_told/.test(cause.message)) {
      throw new HubError('BAD_USER_INPUT', 'toldAt is when it was told, which may not lie ahead.', {
        field: 'input.toldAt',
      });
    }
    throw cause;
  }
}

function entryOf(mutation: string, { agency, groupId, youth, programme }: Standing, { caller, operation }: HubContext) {
  return {
    kind: EntryKind.CHANGE,
    permitted: true,
    requestId: operation.requestId,
    operationHash: operation.hash,
    operationName: operation.name,
    caller: caller.subject,
    actor: caller.actor,
    roles: roleMask(caller.roles),
    agency,
    groupId,
    youth,
    programme,
    name: mutation,
  };
}

/** Who recorded something: the system that acts, else the person. */
export function recorderOf({ caller }: HubContext): string {
  return caller.actor ?? caller.subject;
}
