import type pg from 'pg';
import type { QueryConfig } from 'pg';
import { type Question, questionsOf } from './log-questions.ts';

const MOST_RUNS = 20;
/** A question is asked until its runs have taken this long together. */
const QUESTION_LIMIT_MS = 6_000;
const STATEMENT_LIMIT_MS = 10_000;

/** How long a question took, in milliseconds, and by which indexes of the log it is answered. */
export interface Answered {
  readonly question: string;
  readonly runs: number;
  readonly p50: number;
  readonly p95: number;
  readonly indexes: string;
}

/** Asks all questions, each some times. */
export async function answerAll(admin: pg.Client): Promise<Answered[]> {
  await admin.query(`RESET work_mem; SET statement_timeout = ${STATEMENT_LIMIT_MS}`);
  const answered: Answered[] = [];
  for (const question of await questionsOf(admin)) answered.push(await answer(admin, question));
  await admin.query('RESET statement_timeout');
  return answered;
}

async function answer(admin: pg.Client, { name, ask }: Question): Promise<Answered> {
  const times: number[] = [];
  const begun = performance.now();
  while (times.length < MOST_RUNS && performance.now() - begun < QUESTION_LIMIT_MS) {
    const start = performance.now();
    const isAnswered = await admin.query(ask()).then(
      () => true,
      () => false,
    );
    times.push(isAnswered ? performance.now() - start : Number.POSITIVE_INFINITY);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.ceil(share * times.length) - 1)] ?? 0;
  const indexes = await indexesOf(admin, ask());
  return { question: name, runs: times.length, p50: at(0.5), p95: at(0.95), indexes };
}

/** What the indexes of partitions are parts of. */
const PARENTS = `SELECT c.relname AS part, p.relname AS name FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent
  JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relname = ANY ($1)`;

/** The partitions of the log that are not empty: an empty one is read as quickly as its index. */
const FILLED = `SELECT relname AS name FROM pg_class WHERE relname ~ '^log_row_[0-9]{4}_[0-9]{2}$' AND relkind = 'r' AND reltuples > 0`;

/** The indexes of the log that a statement's plan reads; whole tables of the log in brackets. */
async function indexesOf(admin: pg.Client, { text, values }: QueryConfig): Promise<string> {
  const { rows } = await admin.query<{ 'QUERY PLAN': unknown }>(`EXPLAIN (FORMAT JSON) ${text}`, values);
  const plan = JSON.stringify(rows[0]?.['QUERY PLAN']);
  const used = [...plan.matchAll(/"Index Name":"(log_row_[a-z0-9_]+)"/g)].map(([, index]) => index ?? '');
  const { rows: parents } = await admin.query<{ part: string; name: string }>(PARENTS, [used]);
  const indexes = used.map((index) => parents.find(({ part }) => part === index)?.name ?? index);
  const { rows: filled } = await admin.query<{ name: string }>(FILLED);
  const isWhole = filled.some(({ name }) => new RegExp(`Seq Scan"[^{}]*"Relation Name":"${name}"`).test(plan));
  const scanned = isWhole ? ['(whole table)'] : [];
  return [...new Set([...indexes, ...scanned])].sort().join(' ');
}
