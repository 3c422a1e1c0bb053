import { type EntityManager, OptimisticLockError, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import { type Leave, NoPlace } from '../../process/places.ts';
import { callerKey } from '../../schema/caller.ts';
import { HubError } from '../../schema/errors.ts';
import type { HubContext } from '../decide/context.ts';
import { isNotReplicated } from '../replicated.ts';
import { answerTo, type KeyAnswer, type KeyedChange, type KeyedInput, keyedChange } from './keyed-change.ts';

/** The table in which one part of the hub keeps the answers to changes with a key: ids and outcome, never a response. */
export interface KeyTable<Standing, Answer> {
  /** The answer that this same change got before, or null. Decides and logs whether the caller may have it. */
  replay(keyed: KeyedChange): Promise<Answer | null>;
  /** The answer under the key, whatever its input was, as the transaction sees it. */
  find(em: EntityManager, keyed: KeyedChange, standing: Standing): Promise<KeyAnswer<Answer> | null>;
  /** Adds the answer, in the transaction of the change. */
  keep(em: EntityManager, keyed: KeyedChange, standing: Standing, answer: Answer): void;
}

/** A change that a caller asks for. The parts of the hub differ in its demand, lock, history and key table. */
export interface ChangeRequest<Standing, Done, Answer> {
  /** The mutation's name, as in log and history. */
  readonly mutation: string;
  readonly input: KeyedInput;
  readonly context: HubContext;
  /** The grounds on which the caller may make the change; FORBIDDEN if there are none. Logs the attempt either way. */
  demand(): Promise<Standing>;
  /** Locks the thing for the rest of the transaction; CONFLICT if it is not as the input expects. */
  hold?(em: EntityManager): Promise<void>;
  /** Adds the change to the history, in its transaction, and returns the answer. */
  record(em: EntityManager, done: Done, standing: Standing): Answer | Promise<Answer>;
  readonly keys: KeyTable<Standing, Answer>;
  /** The error for the caller, if the database refused for a reason that this part of the hub knows. */
  refusal?(cause: unknown): HubError | null;
}

/**
 * Makes a change for a caller who may. The change, its line in the history and its key's answer are one transaction. The decision
 * comes first, so that nothing else shows whether the thing exists (C12). A change whose key has been answered is not made again:
 * it gets the same answer. If two callers change the same thing at once, one gets CONFLICT. Changes take a place each until they
 * are committed, by caller in turn: DEADLINE_EXCEEDED if none is free while the answer can still leave. A fenced change keeps waiting.
 */
export async function makeChange<Standing, Done, Answer>(
  asked: ChangeRequest<Standing, Done, Answer>,
  write: (em: EntityManager, standing: Standing) => Promise<Done>,
): Promise<Answer> {
  const leave = await placeFor(asked.context);
  try {
    return await changeInPlace(asked, write);
  } finally {
    leave();
  }
}

/** A place for the change. Nobody reads the answer of one that is not fenced once its time is up or its client has gone. */
async function placeFor({ caller, sector, response, isFenced }: HubContext): Promise<Leave> {
  const gone = new AbortController();
  response.onOutcome(() => gone.abort());
  const waiting = isFenced ? {} : { gone: gone.signal, limitMs: response.timeLeft() };
  try {
    return await sector.changes.enter(callerKey(caller), waiting);
  } catch (cause) {
    if (cause instanceof NoPlace) throw HubError.constant('DEADLINE_EXCEEDED', cause);
    throw cause;
  }
}

async function changeInPlace<Standing, Done, Answer>(
  asked: ChangeRequest<Standing, Done, Answer>,
  write: (em: EntityManager, standing: Standing) => Promise<Done>,
): Promise<Answer> {
  const { context, keys } = asked;
  const keyed = keyedChange(asked.mutation, asked.input);
  const before = keyed === null ? null : await keys.replay(keyed);
  if (before !== null) return before;
  const standing = await asked.demand();
  try {
    return await context.sector.fork().transactional(async (em) => {
      if (keyed !== null) {
        await lockKey(em, keyed, context);
        const answered = await keys.find(em, keyed, standing);
        if (answered !== null) return answerTo(keyed, answered);
      }
      await asked.hold?.(em);
      const answer = await asked.record(em, await write(em, standing), standing);
      if (keyed !== null) keys.keep(em, keyed, standing, answer);
      return answer;
    });
  } catch (cause) {
    // It took effect, but a promoted standby would not have it, so no answer says that it is done (C13).
    if (isNotReplicated(cause)) throw HubError.constant('LOG_UNAVAILABLE', cause);
    throw asked.refusal?.(cause) ?? (isOvertaken(cause) ? conflict(cause) : cause);
  }
}

/** Locks the key for the rest of the transaction. If two come at once, the second waits and then finds the first's answer. */
async function lockKey(em: EntityManager, { mutation, key }: KeyedChange, { caller }: HubContext): Promise<void> {
  const place = JSON.stringify([caller.subject, caller.agency, mutation, key]);
  await em.execute('SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [place]);
}

function isOvertaken(cause: unknown): boolean {
  return cause instanceof UniqueConstraintViolationException || cause instanceof OptimisticLockError;
}

/** The recorded author of a change: the system that acts, else the person. */
export function authorOf({ caller }: Pick<HubContext, 'caller'>): string {
  return caller.actor ?? caller.subject;
}

/** True if a system writes: in its own name, or on behalf of a person, whose role its token then has. */
export function isBySystem({ caller }: Pick<HubContext, 'caller'>): boolean {
  return caller.actor !== null || caller.roles.includes('SYSTEM');
}

/** The person for whom a system acts; null if a person acts. */
export function personBehind({ caller }: HubContext): string | null {
  return caller.actor === null ? null : caller.subject;
}

/** Throws CONFLICT if the caller has read another version of the thing than the latest. */
export function demandVersion(read: number | null | undefined, { version }: { readonly version: number }): void {
  if (read != null && read !== version) throw conflict();
}

function conflict(cause?: unknown): HubError {
  return new HubError(
    'CONFLICT',
    'Somebody has changed it since you read it. Read it again, then decide whether your change still applies.',
    { cause },
  );
}
