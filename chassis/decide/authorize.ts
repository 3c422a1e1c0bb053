import type pg from 'pg';
import type { ReleaseOutcome } from '../../process/release.ts';
import { type Caller, type OperationIdentity, ROLES, type Role } from '../../schema/caller.ts';
import type { Permit } from './decisions.ts';
import type { TouchedKind } from './touched.ts';

/** What the caller wants to do: read; write the own agency's records; link a youth; manage the own agency's matters. */
export const ACTIONS = { READ: 1, WRITE: 2, LINK: 3, MANAGE: 4 } as const;
export type Action = keyof typeof ACTIONS;

/** Which answer to which request: what ties a decision in the log to what became of it. */
export interface Answering {
  readonly caller: Caller;
  readonly operation: OperationIdentity;
  /** Random; of this sector's answer alone. */
  readonly answer: string;
}

/** One request's question to `authorize`. */
export interface Question extends Answering {
  readonly action: Action;
  readonly kinds: readonly TouchedKind[];
  /** `assigned`: the sector's own database assigns the youth to the caller (C3); logged as stated. */
  readonly youths: readonly { readonly id: string; readonly assigned: boolean }[];
}

/** What became of an answer, and how many records of each category had been read for it. */
export interface Answered extends Answering, ReleaseOutcome {
  readonly records: Readonly<Record<string, number>>;
}

/** Requests decided by one statement; more wait for the next. A larger flush gains little and triples the latency. */
const FLUSH_SIZE = 64;
/** Statements under way at once. */
const FLUSHES_IN_FLIGHT = 2;
/** What became of so many answers goes with one statement. */
const OUTCOMES_IN_FLUSH = 256;
/** So many may wait while the registry is away; of the others the log does not tell, and they count as possibly disclosed. */
const OUTCOMES_WAITING = 10_000;
/** How long what became of an answer waits for a question to go with, in milliseconds. */
const OUTCOMES_WAIT_MS = 1_000;

const STATEMENT = {
  name: 'authorize',
  text: 'SELECT * FROM registry.authorize($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17)',
};

interface Waiting {
  readonly question: Question;
  readonly resolve: (permits: Permit[]) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Asks the registry, one statement for all requests that wait. A question is answered only after its entries are durable
 * in the access log (C13), by a decision taken after it was asked. Decisions are not remembered.
 */
export class Authorizer {
  readonly #pool: pg.Pool;
  #waiting: Waiting[] = [];
  #inFlight = 0;
  readonly #outcomes: Answered[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param pool connections to the registry's database under the sector's own login role. */
  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** The permitted units. Rejects when the registry or its log cannot be reached: then nothing may be read. */
  decide(question: Question): Promise<Permit[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      if (this.#inFlight < FLUSHES_IN_FLIGHT) void this.#flush();
    });
  }

  /** Notes what became of an answer; it goes into the log with the next question, or alone when none comes. */
  note(answered: Answered): void {
    if (this.#outcomes.length >= OUTCOMES_WAITING) return;
    this.#outcomes.push(answered);
    this.#timer ??= setTimeout(() => void this.tell(), OUTCOMES_WAIT_MS).unref();
  }

  /**
   * Writes what became of answers to the log, and waits for that. What the registry does not take is lost, and counts as
   * possibly disclosed.
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
    const values = [...parametersOf(questions), JSON.stringify(outcomes.map(outcomeRow))];
    const { rows } = await this.#pool.query<PermitRow>({ ...STATEMENT, values });
    return rows;
  }

  async #flush(): Promise<void> {
    this.#inFlight += 1;
    // One turn of the loop: requests that arrived together are decided together.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const flush = this.#waiting.splice(0, FLUSH_SIZE);
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
  };
}

function parametersOf(questions: readonly Question[]): unknown[] {
  const kinds = questions.flatMap(({ kinds }, index) => kinds.map((kind) => ({ request: index + 1, kind })));
  const youths = questions.flatMap(({ youths }, index) => youths.map((youth) => ({ request: index + 1, youth })));
  return [
    questions.map(({ operation }) => operation.requestId),
    questions.map(({ caller }) => caller.subject),
    questions.map(({ caller }) => caller.actor),
    questions.map(({ caller }) => caller.agency),
    questions.map(({ caller }) => roleMask(caller.roles)),
    questions.map(({ action }) => ACTIONS[action]),
    questions.map(({ operation }) => operation.hash),
    questions.map(({ operation }) => operation.name),
    kinds.map(({ request }) => request),
    kinds.map(({ kind }) => kind.category),
    kinds.map(({ kind }) => kind.whereabouts),
    kinds.map(({ kind }) => kind.fields.join(',')),
    youths.map(({ request }) => request),
    youths.map(({ youth }) => youth.id),
    youths.map(({ youth }) => youth.assigned),
    questions.map(({ answer }) => answer),
  ];
}

function outcomeRow({ caller, operation, answer, outcome, why, elapsedMs, records }: Answered): object {
  return {
    outcome,
    request_id: operation.requestId,
    operation_hash: operation.hash,
    operation_name: operation.name,
    caller: caller.subject,
    actor: caller.actor,
    agency: caller.agency,
    roles: roleMask(caller.roles),
    answer,
    why,
    elapsed_ms: Math.floor(elapsedMs),
    records,
  };
}

/** The roles as the bit mask that the registry's functions take: 1 COORDINATOR, 2 MENTOR, 4 CASEWORKER, 8 SYSTEM, 16 MANAGER, 32 AUDITOR. */
export function roleMask(roles: readonly Role[]): number {
  return roles.reduce((mask, role) => mask | (1 << ROLES.indexOf(role)), 0);
}
