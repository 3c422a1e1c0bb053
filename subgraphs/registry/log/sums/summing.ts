import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import { logFault } from '../../../../chassis/log.ts';

/** Between two looks at whether a day has been settled, in milliseconds. */
const PAUSE_MS = 60_000;
/** After each period that was summed there is a rest of so many times as long: sealing and deciding come first. */
const REST = 3;

/**
 * Sums the latest settled day of the log that has no sums, or else a month of such days; null when there is nothing to sum, or
 * another process sums. `db` is a session of the sealer. A fault, or a crash, leaves the period without sums.
 */
export async function sumNext(db: Pick<pg.Pool, 'query'>): Promise<string | null> {
  const { rows } = await db.query<{ summed: string | null }>({
    name: 'sum next',
    text: 'SELECT registry.sum_next() AS summed',
  });
  return rows[0]?.summed ?? null;
}

/** Sums settled days beside sealing until it is ended. Until then whoever asks has rows counted. */
export async function keepSummed(db: Pick<pg.Pool, 'query'>, log: Logger, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    const began = performance.now();
    const summed = await sumNext(db).catch((fault: unknown) => {
      logFault(log, 'sum', fault);
      return null;
    });
    const pause = summed === null ? PAUSE_MS : REST * (performance.now() - began);
    await wait(pause, undefined, { signal: ended }).catch(() => undefined);
  }
}
