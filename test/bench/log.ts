import 'reflect-metadata';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import type pg from 'pg';
import { startDemoRegistry } from '../setup/demo-registry.ts';
import { fillLog } from './log-entries.ts';
import { type Question, questionsOf } from './log-questions.ts';

/** The goal: 95 of 100 answers within this time. */
const GOAL_MS = 100;
const MOST_RUNS = 20;
/** A question is asked until its runs have taken this long together. */
const QUESTION_LIMIT_MS = 6_000;
const STATEMENT_LIMIT_MS = 10_000;

interface Measured {
  readonly question: string;
  readonly runs: number;
  readonly p50: number;
  readonly p95: number;
  readonly indexes: string;
}

/** `npm run bench:log -- --entries N`: how long the auditors' questions take over a log of N entries, and by which indexes. */
async function main(): Promise<void> {
  const { entries, out } = new Command()
    .name('bench:log')
    .option('--entries <n>', 'how many entries to fill the log with', wholeNumber, 1_000_000)
    .option('--out <file>', 'where to write the result as JSON')
    .parse()
    .opts<{ entries: number; out?: string }>();
  const database = await startDemoRegistry();
  try {
    const start = performance.now();
    await fillLog(database.admin, entries, (share) => process.stderr.write(`\rfilled ${share}   `));
    process.stderr.write('\n');
    const filledMs = Math.round(performance.now() - start);
    const measured = await measureAll(database.admin);
    const { rows } = await database.admin.query<{ entries: number; indexes: Record<string, number> }>(SIZES);
    print(measured, rows[0]?.entries ?? 0, filledMs);
    if (out === undefined) return;
    const result = { entries: rows[0]?.entries, filledMs, cores: cpus().length, bytes: rows[0]?.indexes, measured };
    mkdirSync(new URL('./results/', import.meta.url), { recursive: true });
    writeFileSync(out, `${JSON.stringify(result, null, 2)}\n`);
  } finally {
    await database.end();
  }
}

const SIZES = `
  SELECT (SELECT count(*)::int FROM registry.entry) AS entries,
    (SELECT jsonb_object_agg(c.relname, (SELECT sum(pg_relation_size(p.relid)) FROM pg_partition_tree(c.oid) p)) FROM pg_class c
     WHERE c.oid = 'registry.entry'::regclass OR c.oid IN (
       SELECT indexrelid FROM pg_index WHERE indrelid = 'registry.entry'::regclass)) AS indexes`;

async function measureAll(admin: pg.Client): Promise<Measured[]> {
  await admin.query(`RESET work_mem; SET statement_timeout = ${STATEMENT_LIMIT_MS}`);
  const measured: Measured[] = [];
  for (const question of await questionsOf(admin)) measured.push(await measure(admin, question));
  await admin.query('RESET statement_timeout');
  return measured;
}

async function measure(admin: pg.Client, { name, ask }: Question): Promise<Measured> {
  const times: number[] = [];
  const begun = performance.now();
  while (times.length < MOST_RUNS && performance.now() - begun < QUESTION_LIMIT_MS) {
    const start = performance.now();
    const answered = await admin.query(ask()).then(
      () => true,
      () => false,
    );
    times.push(answered ? performance.now() - start : Number.POSITIVE_INFINITY);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.ceil(share * times.length) - 1)] ?? 0;
  return { question: name, runs: times.length, p50: at(0.5), p95: at(0.95), indexes: await indexesOf(admin, ask()) };
}

/** The log's own indexes, of those of its partitions. */
const PARENTS = `SELECT DISTINCT p.relname AS name FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent
  JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relname = ANY ($1)`;

async function indexesOf(admin: pg.Client, { text, values }: ReturnType<Question['ask']>): Promise<string> {
  const { rows } = await admin.query<{ 'QUERY PLAN': unknown }>(`EXPLAIN (FORMAT JSON) ${text}`, values);
  const plan = JSON.stringify(rows[0]?.['QUERY PLAN']);
  const used = [...plan.matchAll(/"Index Name":"(entry_[a-z0-9_]+)"/g)].map(([, index]) => index);
  const { rows: parents } = await admin.query<{ name: string }>(PARENTS, [used]);
  const indexes = parents.map(({ name: index }) => index);
  const whole = [...plan.matchAll(/"(?:Parallel )?Seq Scan"[^{}]*?"Relation Name":"(entry_\d+)"/g)].map(
    ([, name]) => name,
  );
  // A partition made ahead is empty, and read whole.
  const { rows: filled } = await admin.query('SELECT FROM pg_class WHERE relname = ANY ($1) AND reltuples > 0', [
    whole,
  ]);
  const scanned = filled.length > 0 ? ['(whole table)'] : [];
  return [...new Set([...indexes, ...scanned])].sort().join(' ');
}

function print(measured: readonly Measured[], entries: number, filledMs: number): void {
  const width = Math.max(...measured.map(({ question }) => question.length));
  process.stdout.write(`${entries} entries, filled in ${Math.round(filledMs / 1000)} s; milliseconds\n`);
  for (const { question, runs, p50, p95, indexes } of measured) {
    const figures = [p50, p95].map((ms) => ms.toFixed(1).padStart(9)).join('');
    process.stdout.write(
      `${p95 <= GOAL_MS ? ' ' : '!'} ${question.padEnd(width)}${figures}  of ${String(runs).padStart(2)}  ${indexes}\n`,
    );
  }
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{3,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number from 1000 on.');
}

await main();
