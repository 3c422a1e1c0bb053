import { CheckConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql';
import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { makeChange } from '../../../chassis/change/change.ts';
import type { KeyedInput } from '../../../chassis/change/keyed-change.ts';
import { roleMask } from '../../../chassis/decide/authorize.ts';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { named } from '../../../chassis/statement.ts';
import { HubError } from '../../../schema/errors.ts';
import { EntryKind, EntryRow } from '../entry/entry.ts';
import { appendSql, asker, logged } from '../entry/log.ts';
import { type RevisedInput, registryKeys } from './answered-key.ts';
import { hold, type Revised, revisionOf } from './locks.ts';
import { Outcome } from './outcome.ts';

/** What a change answers: never what stands behind a label. */
@Directive('@open(reason: "Ids and outcome of the caller’s own change.")')
@ObjectType('RegistryReceipt', { description: 'The receipt of a change. It never holds content.' })
export class Receipt {
  @Field(() => ID, { description: 'The id of the recorded or changed thing (UUID).' })
  id!: string;

  @Field(() => Outcome, { description: 'The outcome of the change.' })
  outcome!: Outcome;

  @Field(() => Int, {
    nullable: true,
    description:
      'The revision, now, of the youth, group, seat or version that the input names, or of a newly registered youth. Send it as expectedRevision to detect changes in between. Null if nothing is counted.',
  })
  revision!: number | null;
}

/** On what a caller may change something: the caller's agency, and the group that it is about, if any. */
export interface Standing {
  readonly agency: number;
  readonly groupId: string | null;
  readonly youth: string | null;
  readonly programme: string | null;
}

/** How a mutation finds out whether the caller may: SQL of a Standing over the thing `:thing`, from the values of `asker`. */
export interface Demand {
  /** The mutation's name, as the log has it. */
  readonly mutation: string;
  readonly standing: string;
  /** What the thing is, where its revision may be expected; the change holds it still while it is made. */
  readonly revises?: Revised;
}

/** SQL of a Standing from a seat `s` of the caller's (may.sql). */
export const STANDING_COLUMNS = 's.agency, s.group_id AS "groupId", s.youth, s.programme';

/**
 * What the caller may change the thing on. Else FORBIDDEN, the same whether the thing exists. The attempt is an entry
 * either way, so that one which then fails is in the log too.
 */
async function demand({ mutation, standing }: Demand, thing: string | null, context: HubContext): Promise<Standing> {
  const attempt = appendSql(
    'CHANGE',
    'f.agency IS NOT NULL',
    {
      name: `'${mutation}'`,
      thing: ':thing::uuid',
      youth: 'f.youth',
      group_id: 'f."groupId"',
      programme: 'f.programme',
    },
    'FROM (VALUES (true)) AS attempt LEFT JOIN found f ON true',
  );
  const text = `WITH found AS MATERIALIZED (SELECT * FROM (${standing}) AS standing LIMIT 1), written AS (${attempt})
    SELECT * FROM found`;
  const statement = { name: `demand ${mutation}`, ...named(text, { ...asker(context), thing }) };
  const [found] = await logged<Standing>(statement, context);
  if (found === undefined) throw HubError.constant('FORBIDDEN');
  return found;
}

/** What a change names in its entry besides who did it. */
export type Told = Partial<
  Pick<
    EntryRow,
    'thing' | 'youth' | 'groupId' | 'programme' | 'consent' | 'consentVersion' | 'consentGrant' | 'source' | 'category'
  >
>;

/** What a change did, and what its entry names. */
export interface Done {
  readonly receipt: Pick<Receipt, 'id' | 'outcome'> & Partial<Receipt>;
  readonly told: Told;
}

/**
 * Makes a change to `thing` for a caller who may, its entry included. FORBIDDEN when the caller may not, the same whether the
 * thing exists; BAD_USER_INPUT when the database refuses an instant that lies ahead.
 */
export function change(
  asked: Demand,
  thing: string | null,
  input: KeyedInput & Partial<RevisedInput>,
  context: HubContext,
  write: (em: EntityManager, standing: Standing) => Promise<Done>,
): Promise<Receipt> {
  const revised = asked.revises === undefined || thing === null ? null : { kind: asked.revises, id: thing };
  return makeChange(
    {
      mutation: asked.mutation,
      input,
      context,
      demand: () => demand(asked, thing, context),
      hold: (em) => hold(em, revised, input.expectedRevision ?? null),
      record: async (em, { receipt, told }, standing) => {
        em.persist(em.create(EntryRow, { ...entryOf(asked.mutation, standing, context), ...told }));
        const revision = revised === null ? (receipt.revision ?? null) : await revisionOf(em, revised);
        return { id: receipt.id, outcome: receipt.outcome, revision };
      },
      keys: registryKeys(context),
      refusal: liesAhead,
    },
    write,
  );
}

function liesAhead(cause: unknown): HubError | null {
  if (!(cause instanceof CheckConstraintViolationException) || !/_told/.test(cause.message)) return null;
  return new HubError('BAD_USER_INPUT', 'toldAt is when it was told, which may not lie ahead.', {
    field: 'input.toldAt',
  });
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
