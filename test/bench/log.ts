import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import type pg from 'pg';
import { startDemoRegistry } from '../setup/registry-database.ts';
import { type Answered, answerAll } from './log-answers.ts';
import { fillLog } from './log-entries.ts';
import { type Sealed, type Summed, sealAll, sumAll, type Times } from './log-sealing.ts';
import { type Written, writingRates } from './log-writing.ts';
import { machine } from './result.ts';

/** The goals: milliseconds in which 95 of 100 answers come, and entries a second. */
const GOAL_MS = 100;
const GOAL_SEALED = 15_000;
/** What summing takes of a processor, of what sealing does. */
const GOAL_SUMMING = 1 / 5;
const GOAL_WRITTEN_AT_256 = 20_000;

/** All that was measured over a log of so many entries. */
interface LogResult {
  readonly entries: number;
  readonly machine: string;
  readonly filledMs: number;
  readonly bytes: Readonly<Record<string, number>>;
  readonly sealed: Sealed;
  readonly summed: Summed;
  readonly answered: readonly Answered[];
  readonly written: readonly Written[];
}

/**
 * `npm run bench:log -- --entries N`: over a log of N entries, how long the auditors' questions take, and by which indexes; how
 * fast it is sealed, and proofs are made; and how fast `authorize` writes to it.
 */
async function main(): Promise<void> {
  const { entries, out } = new Command()
    .name('bench:log')
    .option('--entries <n>', 'how many entries to fill the log with', wholeNumber, 1_000_000)
    .option('--out <file>', 'where to write the result as JSON')
    .parse()
    .opts<{ entries: number; out?: string }>();
  const database = await startDemoRegistry({ fsync: true });
  try {
    const result = await measured(database, entries);
    print(result);
    if (out !== undefined) writeFileSync(out, `${JSON.stringify(result, null, 2)}\n`);
  } finally {
    await database.end();
  }
}

async function measured(
  { admin, urls }: { admin: pg.Client; urls: Readonly<Record<string, string>> },
  entries: number,
) {
  const tell = (text: string) => process.stderr.write(`\r${text}   `);
  const start = performance.now();
  await fillLog(admin, entries, (share) => tell(`filled ${share}`));
  const filledMs = Math.round(performance.now() - start);
  const sealed = await sealAll(urls, tell);
  await admin.query('VACUUM (ANALYZE)');
  const summed = await sumAll(urls, sealed.entries, tell);
  await admin.query('VACUUM (ANALYZE)');
  tell('asking\n');
  const answered = await answerAll(admin);
  const { rows } = await admin.query<{ name: string; bytes: number }>(SIZES);
  const bytes = Object.fromEntries(rows.map(({ name, bytes: size }) => [name, Number(size)]));
  tell('writing\n');
  const written = await writingRates(urls, admin);
  const result: LogResult = {
    entries: sealed.entries,
    machine: machine(),
    filledMs,
    bytes,
    sealed,
    summed,
    answered,
    written,
  };
  return result;
}

/** The log and its seal, each with its indexes. */
const SIZES = `
  SELECT i.relname AS name, (SELECT sum(pg_relation_size(p.relid)) FROM pg_partition_tree(i.oid) p) AS bytes
  FROM pg_class i JOIN pg_namespace n ON n.oid = i.relnamespace
  WHERE n.nspname IN ('registry', 'seal') AND NOT i.relispartition AND i.relkind IN ('r', 'i', 'p', 'I')
    AND i.relname ~ '^(entry|leaf|tile|log_sum)(_|$)'
  ORDER BY 1`;

function print({ entries, filledMs, sealed, summed, answered, written }: LogResult): void {
  const width = Math.max(...answered.map(({ question }) => question.length));
  const lines = answered.map(({ question, runs, p50, p95, indexes }) => {
    const figures = [p50, p95].map((ms) => ms.toFixed(1).padStart(9)).join('');
    return line(p95 <= GOAL_MS, `${question.padEnd(width)}${figures}  of ${String(runs).padStart(2)}  ${indexes}`);
  });
  process.stdout.write(
    [
      `${entries} entries, filled in ${Math.round(filledMs / 1000)} s; milliseconds at p50 and p95`,
      ...lines,
      line(sealed.sealedPerSecond >= GOAL_SEALED, `sealed ${sealed.sealedPerSecond} entries/s`),
      line(
        summed.summingCpuSeconds <= sealed.sealingCpuSeconds * GOAL_SUMMING,
        `a million entries: ${sealed.sealingCpuSeconds.toFixed(1)} s of processor time to seal, ${summed.summingCpuSeconds.toFixed(1)} to sum; ${summed.periods} days and months, each ${timesOf(summed.periodMs)}`,
      ),
      line(
        true,
        `inclusion proof ${timesOf(sealed.inclusionProofMs)}, consistency proof ${timesOf(sealed.consistencyProofMs)}`,
      ),
      ...written.map(({ inFlight, entriesPerSecond, p50, p95 }) =>
        line(
          inFlight < 256 || entriesPerSecond >= GOAL_WRITTEN_AT_256,
          `${inFlight} in flight: ${entriesPerSecond} entries/s, ${timesOf({ p50, p95 })}`,
        ),
      ),
      '',
    ].join('\n'),
  );
}

const line = (isMet: boolean, text: string) => `${isMet ? ' ' : '!'} ${text}`;
const timesOf = ({ p50, p95 }: Times) => `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`;

function wholeNumber(text: string): number {
  if (/^[1-9]\d{3,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number from 1000 on.');
}

await main();
