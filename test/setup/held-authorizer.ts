import type pg from 'pg';
import { Authorizer, type Question } from '../../chassis/decide/authorize.ts';
import { CASEWORKER, youthId } from '../chassis/example-schema.ts';

/** One statement under way: what it was asked, and how it ends. */
export interface Flush {
  readonly values: readonly unknown[];
  readonly requestIds: unknown;
  answer(rows: readonly object[]): void;
  fail(cause: Error): void;
}

/** A pool without a database: each statement waits until the test ends it. */
function heldPool(flushes: Flush[]): pg.Pool {
  const query = ({ values }: pg.QueryConfig<unknown[]>) =>
    new Promise<unknown>((resolve, reject) => {
      const given = values ?? [];
      flushes.push({ values: given, requestIds: given[0], answer: (rows) => resolve({ rows }), fail: reject });
    });
  return { query } as pg.Pool;
}

/** What the request `n` asks. */
export function question(n: number, given: Partial<Question> = {}): Question {
  return {
    caller: CASEWORKER,
    operation: { hash: 'ab', name: null, requestId: `request-${n}` },
    answer: `answer-${n}`,
    action: 'READ',
    kinds: [{ category: 'police.talk', whereabouts: false, fields: ['talks'] }],
    youths: [{ id: youthId(n), assigned: false }],
    ...given,
  };
}

/** Until everything that can happen without an answer of the database has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
}

/** An authorizer whose statements wait until the test ends them. */
export function startAuthorizer() {
  const flushes: Flush[] = [];
  const authorizer = new Authorizer(heldPool(flushes));
  const flush = (n: number): Flush => {
    const found = flushes[n];
    if (found === undefined) throw new Error(`Statement ${n} was not sent; ${flushes.length} were.`);
    return found;
  };
  return {
    authorizer,
    flushes,
    flush,
    decide: (n: number, given?: Partial<Question>) => authorizer.decide(question(n, given)),
  };
}
