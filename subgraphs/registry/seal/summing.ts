import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import { logFault } from '../../log.ts';

/** Entries summed by one transaction: it is over long before the transaction_timeout of its role. */
const BATCH = 20_000;
/**
 * Between two looks at what has been sealed, in milliseconds. Questions count what is not summed yet row by row: so many
 * entries are few, and of more a batch costs less for each.
 */
const PAUSE_MS = 5_000;

/** Sums the next sealed entries; how many they were. 0 when all are summed, or when another process is at it. */
export async function sumSealed(pool: pg.Pool, most: number = BATCH): Promise<number> {
  const { rows } = await pool.query<{ taken: number }>({
    name: 'sum sealed',
    text: 'SELECT registry.sum_sealed($1) AS taken',
    values: [most],
  });
  return rows[0]?.taken ?? 0;
}

/**
 * Sums sealed entries until the signal. What fails is tried again: questions are answered all the same, from the log row by
 * row.
 */
export async function keepSummed(
  pool: pg.Pool,
  log: Logger,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      while (!signal.aborted && (await sumSealed(pool)) === BATCH) {
        // On to the next batch.
      }
    } catch (fault) {
      logFault(log, 'sum', fault);
    }
    await wait(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
}
