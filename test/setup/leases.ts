import type pg from 'pg';

const HOUR_MS = 3_600_000;

/** A pool without a database that grants every lease of a budget, until nothing is left of it, and notes what it was sent. */
export function leasing(budget = Number.MAX_SAFE_INTEGER, sent: pg.QueryConfig<unknown[]>[] = []): pg.Pool {
  let left = budget;
  const query = async (config: pg.QueryConfig<unknown[]>) => {
    sent.push(config);
    const asked = config.name === 'take lease' ? Number(config.values?.at(-1)) : 0;
    const units = Math.min(asked, left);
    left -= units;
    return { rows: [{ hour: new Date(0), units, ends_in_ms: HOUR_MS }] };
  };
  return { query } as pg.Pool;
}
