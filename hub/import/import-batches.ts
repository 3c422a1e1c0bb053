import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import {
  type Checked,
  type Counts,
  type EntryFinding,
  type Importer,
  ImportFault,
  type ImportTarget,
  type Passed,
  type Stored,
  UnreadableLine,
} from '../../chassis/importer.ts';

/** The result of an import. */
export interface ImportReport {
  readonly read: number;
  readonly counts: Counts;
  /** Rejected entries: nothing of them was stored. */
  readonly rejected: readonly EntryFinding[];
  /** Parts that were left out of entries that were imported otherwise. */
  readonly parts: readonly EntryFinding[];
  /** Imported entries with something that a person should check. */
  readonly remarks: readonly EntryFinding[];
}

/** The manner of an import. */
export interface ImportManner {
  /** True to store nothing: each batch is undone once it is counted. */
  readonly isDryRun?: boolean;
  onProgress?(done: number): void;
}

/** Entries in one transaction: few enough to finish long before the serving role's transaction_timeout. */
const BATCH = 500;

/**
 * Imports the entries of a file, one transaction per batch. An entry that fails its check, or that the database
 * rejects, affects no other. Throws an ImportFault if the database fails; everything committed until then stays, and
 * importing again continues from there.
 */
export async function importEntries(
  importer: Importer,
  entries: readonly unknown[],
  target: ImportTarget,
  { em }: Pick<MikroORM, 'em'>,
  { isDryRun = false, onProgress }: ImportManner = {},
): Promise<ImportReport> {
  const run = importer.begin(target, entries);
  const counts: Record<string, number> = Object.fromEntries(Object.keys(importer.outcomes).map((name) => [name, 0]));
  const rejected: EntryFinding[] = [];
  const parts: EntryFinding[] = [];
  const remarks: EntryFinding[] = [];

  const storeWhole = async (batch: readonly Passed<unknown>[]): Promise<void> => {
    if (batch.length === 0) return;
    try {
      const stored = await inTransaction(em, isDryRun, (within) => run.store(batch, within));
      for (const [name, count] of Object.entries(stored.counts)) counts[name] = (counts[name] ?? 0) + count;
      rejected.push(...(stored.rejected ?? []));
      remarks.push(...(stored.remarks ?? []));
    } catch (error) {
      const state = refusedValueOf(error);
      if (state === null) throw error;
      const [only] = batch;
      if (batch.length === 1 && only !== undefined) {
        const reason = `cannot be stored by the database (SQLSTATE ${state})`;
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
    const batch: Passed<unknown>[] = [];
    for (const [offset, given] of entries.slice(start, start + BATCH).entries()) {
      const index = start + offset;
      const checked: Checked<unknown> =
        given instanceof UnreadableLine
          ? { rejected: { id: null, path: '', reason: given.reason } }
          : await run.check(given, index);
      if (checked.rejected !== undefined) rejected.push({ index, ...checked.rejected });
      else if (checked.entry !== undefined) batch.push({ entry: checked.entry, index });
      parts.push(...(checked.parts ?? []).map((finding) => ({ index, ...finding })));
      remarks.push(...(checked.remarks ?? []).map((finding) => ({ index, ...finding })));
    }
    await orFault(storeWhole(batch), start);
    onProgress?.(Math.min(start + BATCH, entries.length));
  }
  return { read: entries.length, counts, rejected: inOrder(rejected), parts, remarks: inOrder(remarks) };
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

/** Runs `work` in one transaction of its own, which a dry run undoes. */
async function inTransaction(
  em: EntityManager,
  isDryRun: boolean,
  work: (within: EntityManager) => Promise<Stored>,
): Promise<Stored> {
  const within = em.fork();
  await within.begin();
  try {
    const stored = await work(within);
    await within.flush();
    await (isDryRun ? within.rollback() : within.commit());
    return stored;
  } catch (error) {
    // A lost connection has rolled back by itself; its own error is the one to report.
    await within.rollback().catch(() => undefined);
    throw error;
  }
}

/** The SQLSTATE of a data exception or a broken constraint, which are faults of a value and not of the database; else null. */
function refusedValueOf(error: unknown): string | null {
  const state = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof state === 'string' && /^2[23]/.test(state) ? state : null;
}
