import pg from 'pg';
import {
  type Counts,
  type EntryFinding,
  type Importer,
  ImportFault,
  type ImportTarget,
} from '../../chassis/importer.ts';
import type { Sql } from '../../chassis/sql.ts';
import { named } from '../../chassis/statement.ts';

/** The result of an import. */
export interface ImportReport {
  readonly read: number;
  readonly counts: Counts;
  /** Rejected entries: nothing of them was stored. */
  readonly rejected: readonly EntryFinding[];
  /** Imported entries with something that a person should check. */
  readonly remarks: readonly EntryFinding[];
}

/** Entries in one transaction: few enough to finish long before the serving role's transaction_timeout. */
const BATCH = 500;

interface Passed {
  readonly entry: unknown;
  readonly index: number;
}

/**
 * Imports the entries of a file, one transaction per batch. An entry that fails its check, or that the database
 * rejects, affects no other. Throws an ImportFault if the database fails; everything committed until then stays, and
 * importing again continues from there.
 */
export async function importEntries(
  importer: Importer,
  entries: readonly unknown[],
  target: ImportTarget,
  client: pg.Client,
  onProgress: (done: number) => void,
): Promise<ImportReport> {
  const run = importer.begin(target);
  const rejected: EntryFinding[] = [];
  const remarks: EntryFinding[] = [];
  const counts: Record<string, number> = Object.fromEntries(Object.keys(importer.outcomes).map((name) => [name, 0]));

  const storeWhole = async (batch: readonly Passed[]): Promise<void> => {
    if (batch.length === 0) return;
    try {
      const stored = await inTransaction(client, (sql) => run.store(entriesOf(batch), sql));
      for (const [name, count] of Object.entries(stored)) counts[name] = (counts[name] ?? 0) + count;
    } catch (error) {
      if (!isRefusedValue(error)) throw error;
      const [only] = batch;
      if (batch.length === 1 && only !== undefined) {
        const reason = `cannot be stored by the database (SQLSTATE ${error.code})`;
        rejected.push({ index: only.index, id: null, path: '', reason });
        return;
      }
      // The checks let a bad entry pass: halve the batch until it is alone.
      const half = Math.ceil(batch.length / 2);
      await storeWhole(batch.slice(0, half));
      await storeWhole(batch.slice(half));
    }
  };

  for (let start = 0; start < entries.length; start += BATCH) {
    const batch: Passed[] = [];
    for (const [offset, given] of entries.slice(start, start + BATCH).entries()) {
      const index = start + offset;
      const checked = run.check(given, index);
      if ('rejected' in checked) rejected.push({ index, ...checked.rejected });
      else batch.push({ entry: checked.entry, index });
      if ('remark' in checked && checked.remark !== undefined) remarks.push({ index, ...checked.remark });
    }
    await orFault(storeWhole(batch), start);
    onProgress(Math.min(start + BATCH, entries.length));
  }
  return { read: entries.length, counts, rejected: inOrder(rejected), remarks };
}

function entriesOf(batch: readonly Passed[]): unknown[] {
  return batch.map(({ entry }) => entry);
}

function inOrder(findings: readonly EntryFinding[]): EntryFinding[] {
  return [...findings].sort((a, b) => a.index - b.index);
}

async function orFault(storing: Promise<void>, done: number): Promise<void> {
  try {
    await storing;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ImportFault(
      `The database failed (${why.split('\n')[0]}): the entries before entry ${done} are imported; correct the fault and import the same file again.`,
      { cause },
    );
  }
}

/** Runs `work` in one transaction. */
async function inTransaction<T>(client: pg.Client, work: (sql: Sql) => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    const result = await work(async (text, values = {}) => (await client.query(named(text, values))).rows);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // A lost connection has rolled back by itself; its own error is the one to report.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** True for data exceptions and broken constraints, which are faults of a value and not of the database. */
function isRefusedValue(error: unknown): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? '');
}
