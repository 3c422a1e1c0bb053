import { type EntityManager, OptimisticLockError, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import { HubError } from '../../schema/errors.ts';
import type { HubContext } from '../decide/context.ts';
import { answeredBefore, keepAnswer, receiptOf, takeKey } from './answered-key.ts';
import { type Done, keepHistory } from './change-history.ts';
import { type KeyedInput, keyedChange } from './keyed-change.ts';
import type { Receipt } from './receipt.ts';

/** Which change a caller asks for. */
export interface Asked {
  readonly action: 'WRITE' | 'LINK' | 'MANAGE';
  /** The mutation's name, as log and history have it. */
  readonly mutation: string;
  readonly input: KeyedInput;
}

/** What a change is about: whose matters, of which category; links and assignments are of none (''). */
export interface About {
  /** Null when there is no such thing in the caller's agency. */
  readonly youthId: string | null;
  readonly category: string;
}

/**
 * Makes a change for a caller who may, in one transaction, with what its key answers and its line in the history. It is
 * decided and logged first: FORBIDDEN when the caller may not, the same whether the thing exists (C12), and whatever else is
 * wrong with it. A change whose key has been answered is decided anew and answered the same again.
 */
export async function change(
  asked: Asked,
  find: () => About | Promise<About>,
  context: HubContext,
  write: (em: EntityManager) => Promise<Done>,
): Promise<Receipt> {
  const { action, mutation, input } = asked;
  const keyed = keyedChange(mutation, input);
  const before = keyed === null ? null : await answeredBefore(keyed, context);
  const { youthId, category } = before ?? (await find());
  await demandPermit(action, category, youthId ?? NOBODY, mutation, context);
  if (youthId === null) throw HubError.constant('FORBIDDEN');
  if (before !== null) return receiptOf(before);
  return transactionally(context, async (em) => {
    const answered = keyed === null ? null : await takeKey(em, keyed, context);
    if (answered !== null) return receiptOf(answered);
    const done = await write(em);
    keepHistory(em, done, { mutation, youthId }, context);
    if (keyed !== null) keepAnswer(em, keyed, { youthId, category }, done.receipt, context);
    return done.receipt;
  });
}

/** Stands for the youth of a record that there is not: the attempt is decided, logged and denied like any other. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Asks the registry, which logs it, whether the caller may change the own agency's matters about the youth (C3): its records
 * of a category, or, where `category` is empty, its link or assignments. FORBIDDEN when not.
 */
async function demandPermit(
  action: Asked['action'],
  category: string,
  youthId: string,
  mutation: string,
  context: HubContext,
): Promise<void> {
  const asked = [{ category, whereabouts: false, fields: [mutation] }];
  const permits = await authorized(context.authorize(action, asked, [youthId]));
  if (permits.length === 0) throw HubError.constant('FORBIDDEN');
}

/** The answer of `authorize`, or LOG_UNAVAILABLE: without a log nothing is done (C13). */
async function authorized<T>(decision: Promise<T>): Promise<T> {
  try {
    return await decision;
  } catch (cause) {
    throw HubError.constant('LOG_UNAVAILABLE', cause);
  }
}

/** Runs a write in one transaction; two writers of the same thing give CONFLICT. */
async function transactionally<T>(context: HubContext, write: (em: EntityManager) => Promise<T>): Promise<T> {
  try {
    return await context.sector.fork().transactional(write);
  } catch (cause) {
    if (cause instanceof UniqueConstraintViolationException || cause instanceof OptimisticLockError)
      throw conflict(cause);
    throw cause;
  }
}

/** Who a record's author is: the system that acts, else the person. */
export function authorOf({ caller }: HubContext): string {
  return caller.actor ?? caller.subject;
}

/** CONFLICT when the caller has read another version of the thing than there is now. */
export function demandVersion(read: number | null | undefined, { version }: { readonly version: number }): void {
  if (read != null && read !== version) throw conflict();
}

function conflict(cause?: unknown): HubError {
  return new HubError(
    'CONFLICT',
    'It was changed in the meantime. Read it again, then decide whether your change still holds.',
    { cause },
  );
}
