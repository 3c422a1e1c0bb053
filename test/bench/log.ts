import 'reflect-metadata';
import { Command, InvalidArgumentError } from 'commander';
import type pg from 'pg';
import { startDemoRegistry } from '../setup/registry-database.ts';
import { answerAll } from './log-answers.ts';
import { fillLog } from './log-entries.ts';
import { type LogMeasured, logResult } from './log-result.ts';
import { sealAll, sumAll } from './log-sealing.ts';
import { writingRates } from './log-writing.ts';
import { report } from './report.ts';
import { writeResult } from './result.ts';

/**
 * `npm run bench:log -- --entries N`: over a log of N entries, how long the auditors' questions take, and by which indexes; how
 * fast it is sealed, and proofs are made; and how fast `authorize` writes to it. The result goes where those of `npm run bench`
 * are, and into RESULTS.md.
 */
async function main(): Promise<void> {
  const { entries } = new Command()
    .name('bench:log')
    .option('--entries <n>', 'how many entries to fill the log with', wholeNumber, 1_000_000)
    .parse()
    .opts<{ entries: number }>();
  const database = await startDemoRegistry({ fsync: true });
  try {
    const result = logResult(`log-${entries.toExponential().replace('+', '')}`, await measured(database, entries));
    writeResult(result);
    report();
    process.stdout.write(`${JSON.stringify({ rows: result.rows, goals: result.goals }, null, 2)}\n`);
  } finally {
    await database.end();
  }
}

async function measured(
  { admin, urls }: { admin: pg.Client; urls: Readonly<Record<string, string>> },
  entries: number,
): Promise<LogMeasured> {
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
  return { entries: sealed.entries, filledMs, bytes, sealed, summed, answered, written };
}

/** The log and its seal, each with its indexes. */
const SIZES = `
  SELECT i.relname AS name, (SELECT sum(pg_relation_size(p.relid)) FROM pg_partition_tree(i.oid) p) AS bytes
  FROM pg_class i JOIN pg_namespace n ON n.oid = i.relnamespace
  WHERE n.nspname IN ('registry', 'seal') AND NOT i.relispartition AND i.relkind IN ('r', 'i', 'p', 'I')
    AND i.relname ~ '^(log_row|leaf|tile|log_sum)(_|$)'
  ORDER BY 1`;

function wholeNumber(text: string): number {
  if (/^[1-9]\d{3,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number from 1000 on.');
}

await main();
