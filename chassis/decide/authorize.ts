import type pg from 'pg';
import { InTurn } from '../../process/in-turn.ts';
import type { ReleaseOutcome } from '../../process/release.ts';
import { type Caller, callerKey, type OperationIdentity, ROLES, type Role } from '../../schema/caller.ts';
import { statement } from '../statement.ts';
import type { UnitKind } from './labels.ts';
import type { TouchedKind } from './units.ts';

/** The actions of a caller: read; write the own agency's records; link a youth; manage the own agency's matters. */
export const ACTIONS = { READ: 1, WRITE: 2, LINK: 3, MANAGE: 4 } as const;
export type Action = keyof typeof ACTIONS;

/** Identifies one answer to one request, so that a logged decision can be matched with its outcome. */
export interface Answering {
  readonly caller: Caller;
  readonly operation: OperationIdentity;
  /** A random id of this sector's answer alone. */
  readonly answer: string;
}

/** A youth whom a question is about. */
export interface AskedYouth {
  readonly id: string;
  /** The sector's own database assigns the youth to the caller (C3); logged as stated. */
  readonly assigned: boolean;
  /** Which of the question's kinds are asked of the youth: the bit n is the kind at place n. All without it. */
  readonly kinds?: bigint;
}

/** One request's question to `authorize`. */
export interface Question extends Answering {
  readonly action: Action;
  readonly kinds: readonly TouchedKind[];
  readonly youths: readonly AskedYouth[];
}

/** One permitted unit, as `authorize` returns it. A denied unit is absent. */
export interface Permit extends UnitKind {
  readonly youth: string;
  /** The agency whose records the permit is for. */
  readonly source: string;
  /** The grant's data period, half-open, YYYY-MM-DD. */
  readonly dataFrom: string | null;
  readonly dataTo: string | null;
  /** An opaque key; equal keys mean the same permit. */
  readonly key: string;
  readonly timeLeftMs: number;
  /**
   * C16. To write: the youth's protection, as the registry names it, for the mark that a text names no place. To read across a line:
   * the protection under which that mark must have been given; null if the youth is not protected. Null to read own data.
   */
  readonly protection: string | null;
}

/** The outcome of an answer, and the number of records of each category that had been read for it. */
export interface Answered extends Answering, ReleaseOutcome {
  readonly records: Readonly<Record<string, number>>;
}

/** Requests decided by one statement; more wait for the next. A larger flush gains little and triples the latency. */
const FLUSH_SIZE = 64;
/** Units asked for in one flush, at which it takes no more requests: one caller's large questions must not delay the others. */
const FLUSH_UNITS = 5_000;
/** Statements under way at once. */
const FLUSHES_IN_FLIGHT = 2;
/** Outcomes sent in one statement, at most. */
const OUTCOMES_IN_FLUSH = 256;
/** Outcomes that wait while the registry is away, at most. The log does not get the others: they count as possibly disclosed. */
const OUTCOMES_WAITING = 10_000;
/** Milliseconds that an outcome waits for a question to go with. */
const OUTCOMES_WAIT_MS = 1_000;

/** One call of `authorize`: the questions of a flush, and the outcomes of earlier answers. */
interface Flush {
  readonly questions: readonly Question[];
  /** The kinds and the youths of all questions; a question is its place among them, from 1. */
  readonly kinds: readonly { readonly request: number; readonly kind: TouchedKind }[];
  readonly youths: readonly { readonly request: number; readonly youth: Question['youths'][number] }[];
  readonly outcomes: readonly Answered[];
}

/** Every bit: each kind of the question is asked. */
const ALL_KINDS = -1n;

/** The parameters of the function `registry.authorize`: the name of each, its type, and how a flush gives its value. */
const PARAMETERS: readonly (readonly [name: string, type: string, take: (flush: Flush) => unknown])[] = [
  ['request_ids', 'uuid[]', ({ questions }) => questions.map(({ operation }) => operation.requestId)],
  ['subjects', 'text[]', ({ questions }) => questions.map(({ caller }) => caller.subject)],
  ['actors', 'text[]', ({ questions }) => questions.map(({ caller }) => caller.actor)],
  ['agencies', 'text[]', ({ questions }) => questions.map(({ caller }) => caller.agency)],
  ['role_masks', 'integer[]', ({ questions }) => questions.map(({ caller }) => roleMask(caller.roles))],
  ['actions', 'smallint[]', ({ questions }) => questions.map(({ action }) => ACTIONS[action])],
  ['operation_hashes', 'text[]', ({ questions }) => questions.map(({ operation }) => operation.hash)],
  ['operation_names', 'text[]', ({ questions }) => questions.map(({ operation }) => operation.name)],
  ['kind_requests', 'integer[]', ({ kinds }) => kinds.map(({ request }) => request)],
  ['kind_categories', 'text[]', ({ kinds }) => kinds.map(({ kind }) => kind.category)],
  ['kind_whereabouts', 'boolean[]', ({ kinds }) => kinds.map(({ kind }) => kind.whereabouts)],
  ['kind_fields', 'text[]', ({ kinds }) => kinds.map(({ kind }) => kind.fields.join(','))],
  ['youth_requests', 'integer[]', ({ youths }) => youths.map(({ request }) => request)],
  ['youth_ids', 'uuid[]', ({ youths }) => youths.map(({ youth }) => youth.id)],
  ['youth_assigned', 'boolean[]', ({ youths }) => youths.map(({ youth }) => youth.assigned)],
  ['youth_kinds', 'bigint[]', ({ youths }) => youths.map(({ youth }) => youth.kinds ?? ALL_KINDS)],
  ['answers', 'uuid[]', ({ questions }) => questions.map(({ answer }) => answer)],
  ['outcomes', 'jsonb', ({ outcomes }) => JSON.stringify(outcomes.map(outcomeRow))],
];

const AUTHORIZE = statement<Readonly<Record<string, unknown>>>(
  'authorize',
  `SELECT * FROM registry.authorize(${PARAMETERS.map(([name, type]) => `${name} => :${name}::${type}`).join(', ')})`,
);

const IS_SEATED = statement<{ readonly youth: string; readonly agency: string }>(
  'is seated',
  'SELECT registry.is_seated(:youth::uuid, :agency::text) AS seated',
);

interface Waiting {
  readonly question: Question;
  readonly resolve: (permits: Permit[]) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Asks the registry, with one statement for all waiting requests. A question is answered only after its entries are durable
 * in the access log (C13), by a decision taken after it was asked. Decisions are not remembered.
 */
export class Authorizer {
  readonly #pool: pg.Pool;
  readonly #waiting = new InTurn<Waiting>();
  #inFlight = 0;
  readonly #outcomes: Answered[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param pool connections to the registry's database under the sector's own login role. */
  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** The permitted units. Rejects if the registry or its log cannot be reached: then nothing may be read. */
  decide(question: Question): Promise<Permit[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(callerKey(question.caller), { question, resolve, reject });
      if (this.#inFlight < FLUSHES_IN_FLIGHT) void this.#flush();
    });
  }

  /** True if the agency holds a seat in a group of the youth that lasts and that an agency of this sector leads. */
  async isSeated(youth: string, agency: string): Promise<boolean> {
    const { rows } = await this.#pool.query<{ seated: boolean }>(IS_SEATED({ youth, agency }));
    return rows[0]?.seated === true;
  }

  /** Notes the outcome of an answer. It goes into the log with the next question, or alone if none comes. */
  note(answered: Answered): void {
    if (this.#outcomes.length >= OUTCOMES_WAITING) return;
    this.#outcomes.push(answered);
    this.#timer ??= setTimeout(() => void this.tell(), OUTCOMES_WAIT_MS).unref();
  }

  /**
   * Writes the outcomes of answers to the log, and waits for that. An outcome that the registry does not take is lost, and its
   * answer counts as possibly disclosed.
   */
  async tell(): Promise<void> {
    while (this.#outcomes.length > 0) await this.#ask([]).catch(() => undefined);
  }

  async #ask(questions: readonly Question[]): Promise<PermitRow[]> {
    const outcomes = this.#outcomes.splice(0, OUTCOMES_IN_FLUSH);
    if (this.#outcomes.length === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    return (await this.#pool.query<PermitRow>(AUTHORIZE(valuesOf(questions, outcomes)))).rows;
  }

  /** The requests of the next flush, by caller in turn. */
  #next(): Waiting[] {
    const flush: Waiting[] = [];
    let units = 0;
    while (flush.length < FLUSH_SIZE && units < FLUSH_UNITS) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      units += unitsOf(next.question);
      flush.push(next);
    }
    return flush;
  }

  async #flush(): Promise<void> {
    this.#inFlight += 1;
    // Waits one turn of the loop, so that requests that arrived together are decided together.
    await new Promise(setImmediate);
    while (this.#waiting.size > 0) {
      const flush = this.#next();
      try {
        const rows = await this.#ask(flush.map(({ question }) => question));
        const permits = flush.map((): Permit[] => []);
        for (const row of rows) permits[row.request - 1]?.push(permitOf(row));
        flush.forEach(({ resolve }, index) => {
          resolve(permits[index] ?? []);
        });
      } catch (cause) {
        for (const { reject } of flush) reject(cause);
      }
    }
    this.#inFlight -= 1;
  }
}

/** The number of units that a question asks for, before its candidates are known: a kind of one youth each. */
export function unitsOf({
  kinds,
  youths,
}: {
  readonly kinds: readonly unknown[];
  readonly youths: readonly Pick<AskedYouth, 'kinds'>[];
}): number {
  return youths.reduce((sum, { kinds: its }) => sum + (its === undefined ? kinds.length : ones(its)), 0);
}

function ones(mask: bigint): number {
  let count = 0;
  for (let rest = mask; rest > 0n; rest &= rest - 1n) count += 1;
  return count;
}

interface PermitRow {
  request: number;
  youth: string;
  category: string;
  whereabouts: boolean;
  source: string;
  data_from: string | null;
  data_to: string | null;
  permit_key: string;
  time_left_ms: number;
  protection: string | null;
}

function permitOf(row: PermitRow): Permit {
  return {
    youth: row.youth,
    category: row.category,
    whereabouts: row.whereabouts,
    source: row.source,
    dataFrom: row.data_from,
    dataTo: row.data_to,
    key: row.permit_key,
    timeLeftMs: row.time_left_ms,
    protection: row.protection,
  };
}

function valuesOf(questions: readonly Question[], outcomes: readonly Answered[]): Readonly<Record<string, unknown>> {
  const flush: Flush = {
    questions,
    kinds: questions.flatMap(({ kinds }, index) => kinds.map((kind) => ({ request: index + 1, kind }))),
    youths: questions.flatMap(({ youths }, index) => youths.map((youth) => ({ request: index + 1, youth }))),
    outcomes,
  };
  return Object.fromEntries(PARAMETERS.map(([name, , take]) => [name, take(flush)]));
}

function outcomeRow({ answer, outcome, why, elapsedMs, records }: Answered): object {
  return { outcome, answer, why, elapsed_ms: Math.floor(elapsedMs), records };
}

/** The roles as the bit mask that the registry's functions take: 1 COORDINATOR, 2 MENTOR, 4 CASEWORKER, 8 SYSTEM, 16 MANAGER, 32 AUDITOR. */
export function roleMask(roles: readonly Role[]): number {
  return roles.reduce((mask, role) => mask | (1 << ROLES.indexOf(role)), 0);
}
