import { CheckConstraintViolationException, type EntityManager } from '@mikro-orm/postgresql';
import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { makeChange } from '../../../chassis/change/change.ts';
import type { KeyedInput } from '../../../chassis/change/keyed-change.ts';
import type { HubContext } from '../../../chassis/decide/context.ts';
import { named } from '../../../chassis/statement.ts';
import { HubError } from '../../../schema/errors.ts';
import { appendChange, appendSql, asker, logged, type Named } from '../entry/log.ts';
import { type RevisedInput, registryKeys } from './answered-key.ts';
import { hold, type Revised, revisionOf } from './locks.ts';
import { Outcome } from './outcome.ts';
import { hasEnded, permissionsAfter, permissionsBefore } from './permissions.ts';

/** The answer to a change. It never holds anything under a guarding label. */
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

  /** The version of a consent that was proposed or signed just now, if any. */
  readonly consentId?: string | undefined;
}

/** The grounds on which a caller may change something: the caller's agency, and the group of the change, if any. */
export interface Standing {
  readonly agency: number;
  readonly groupId: string | null;
  readonly youth: string | null;
  readonly programme: string | null;
}

/** The question whether the caller may: SQL of a Standing over the thing `:thing`, from the values of `asker`. */
export interface Demand {
  /** The mutation's name, as in the log. */
  readonly mutation: string;
  readonly standing: string;
  /** The kind of the thing, if its revision may be expected. The thing is locked during the change. */
  readonly revises?: Revised;
  /** The kind of the thing, if it is locked during the change and no revision may be expected. */
  readonly locks?: Revised;
  /**
   * True if the change can end only permissions of `permissionsAbout`, under the lock of the thing. Then it is looked at whether it
   * ended one. Otherwise every answer that something was changed waits for the fence.
   */
  readonly endsOnlyPermissions?: boolean;
}

/** The SQL of a Standing from a seat `s` of the caller (may.sql). */
export const STANDING_COLUMNS = 's.agency, s.group_id AS "groupId", s.youth, s.programme';

/**
 * The grounds on which the caller may change the thing; FORBIDDEN if there are none, whether or not the thing exists. The attempt
 * is an entry either way, so that a change which then fails is in the log too.
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

/** The things that a change names in its entry, besides the person who made it. */
export type Told = Omit<Named, 'name' | 'agency'>;

/** The result of a change, and the columns of its entry. */
export interface Done {
  readonly receipt: Pick<Receipt, 'id' | 'outcome'> & Partial<Receipt>;
  readonly told: Told;
  /** True if the change may have ended something whatever the permissions show. */
  readonly mayHaveEnded?: boolean;
}

/**
 * Makes a change to `thing`, and its entry, for a caller who may. FORBIDDEN if the caller may not, whether or not the thing exists;
 * BAD_USER_INPUT if the database refuses an instant in the future.
 */
export function change(
  asked: Demand,
  thing: string | null,
  input: KeyedInput & Partial<RevisedInput>,
  context: HubContext,
  write: (em: EntityManager, standing: Standing) => Promise<Done>,
): Promise<Receipt> {
  const revised = asked.revises === undefined || thing === null ? null : { kind: asked.revises, id: thing };
  const locked = asked.locks === undefined || thing === null ? revised : { kind: asked.locks, id: thing };
  return makeChange(
    {
      mutation: asked.mutation,
      input,
      context,
      demand: () => demand(asked, thing, context),
      hold: (em) => hold(em, locked, input.expectedRevision ?? null),
      record: async (em, { receipt, told }, standing) => {
        await appendChange(em, { name: asked.mutation, ...standing, ...told }, context);
        const revision = revised === null ? (receipt.revision ?? null) : await revisionOf(em, revised);
        return { id: receipt.id, outcome: receipt.outcome, revision, consentId: receipt.consentId };
      },
      keys: registryKeys(context),
      refusal: liesAhead,
    },
    asked.endsOnlyPermissions === true ? weighed(write, context) : write,
  );
}

/** The change, which notes for the fence if it ended no permission (C14). One that finds it done already may find it done just now. */
function weighed(
  write: (em: EntityManager, standing: Standing) => Promise<Done>,
  context: HubContext,
): (em: EntityManager, standing: Standing) => Promise<Done> {
  return async (em, standing) => {
    const concerned = { youth: standing.youth, groupId: standing.groupId };
    const before = await permissionsBefore(em, concerned);
    const done = await write(em, standing);
    // The rows that the change has not sent yet.
    await em.flush();
    const isDone = done.receipt.outcome === Outcome.UNCHANGED || done.mayHaveEnded === true;
    context.mayHaveEnded = isDone || hasEnded(before, await permissionsAfter(em, concerned));
    return done;
  };
}

function liesAhead(cause: unknown): HubError | null {
  if (!(cause instanceof CheckConstraintViolationException) || !/_told/.test(cause.message)) return null;
  return new HubError('BAD_USER_INPUT', 'toldAt must not be in the future. Send the time at which it was said.', {
    field: 'input.toldAt',
  });
}
