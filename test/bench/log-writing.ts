import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { Authorizer } from '../../chassis/decide/authorize.ts';
import { authorizeLogin, folderNamed } from '../../chassis/folders.ts';
import { createPool } from '../../chassis/store/database.ts';
import { DEMO_YOUTHS } from '../../schema/demo-world.ts';
import { quantile } from './load.ts';

/** The sectors whose processes ask at once, each by its own login, as in a hub. */
const SECTORS = ['school', 'social-services', 'police', 'leisure'] as const;
const IN_FLIGHT = [1, 16, 64, 256] as const;
/** Units that one request asks one sector for, about: all of its kinds of information of some youths. */
const UNITS = 40;
const WARM_MS = 1_000;
const MEASURED_MS = 5_000;
const CONNECTIONS = 4;

/** What `authorize` wrote with so many requests in flight. */
export interface Written {
  readonly inFlight: number;
  readonly entriesPerSecond: number;
  readonly callsPerSecond: number;
  /** Milliseconds until a call was answered: its entries were durable by then. */
  readonly p50: number;
  readonly p95: number;
}

/** How many entries a second `authorize` writes, durably, at each number of requests in flight. */
export async function writingRates(urls: Readonly<Record<string, string>>, admin: pg.Client): Promise<Written[]> {
  const askers: Asker[] = [];
  for (const sector of SECTORS) askers.push(await askerOf(sector, urls, admin));
  try {
    const written: Written[] = [];
    for (const inFlight of IN_FLIGHT) written.push(await writeAt(inFlight, askers, admin));
    return written;
  } finally {
    for (const { pool } of askers) await pool.end();
  }
}

interface Asker {
  readonly pool: pg.Pool;
  ask(): Promise<unknown>;
}

/** Asks as a sector does when a coordinator opens some youths with all that this sector has. */
async function askerOf(sector: string, urls: Readonly<Record<string, string>>, admin: pg.Client): Promise<Asker> {
  const pool = createPool(urls[authorizeLogin(folderNamed(sector)).variable] ?? '', CONNECTIONS);
  const authorizer = new Authorizer(pool);
  const { rows } = await admin.query<{ code: string }>('SELECT code FROM registry.category WHERE sector = $1', [
    sector,
  ]);
  const kinds = rows.map(({ code }) => ({ category: code, whereabouts: false, fields: ['date', 'agency'] }));
  const youths = Object.values(DEMO_YOUTHS)
    .slice(0, Math.ceil(UNITS / kinds.length))
    .map(({ id }) => ({ id, assigned: false }));
  const caller = { subject: 'p-1001', actor: null, agency: 'social-services:skovde', roles: ['COORDINATOR'] as const };
  const operation = { hash: '0'.repeat(64), name: 'bench' };
  return {
    pool,
    ask: () =>
      authorizer.decide({
        caller,
        operation: { ...operation, requestId: randomUUID() },
        answer: randomUUID(),
        action: 'READ',
        kinds,
        youths,
      }),
  };
}

async function writeAt(inFlight: number, askers: readonly Asker[], admin: pg.Client): Promise<Written> {
  await keepAsking(inFlight, askers, WARM_MS);
  const before = await entriesOf(admin);
  const began = performance.now();
  const times = (await keepAsking(inFlight, askers, MEASURED_MS)).sort((a, b) => a - b);
  const seconds = (performance.now() - began) / 1000;
  return {
    inFlight,
    entriesPerSecond: Math.round(((await entriesOf(admin)) - before) / seconds),
    callsPerSecond: Math.round(times.length / seconds),
    p50: quantile(times, 0.5),
    p95: quantile(times, 0.95),
  };
}

/** Milliseconds that each call took, with so many always in flight. */
async function keepAsking(inFlight: number, askers: readonly Asker[], forMs: number): Promise<number[]> {
  const times: number[] = [];
  const until = performance.now() + forMs;
  const one = async (asker: Asker | undefined) => {
    while (performance.now() < until) {
      const began = performance.now();
      await asker?.ask();
      times.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, place) => one(askers[place % askers.length])));
  return times;
}

/** Entries that are not sealed: nobody seals here meanwhile. */
async function entriesOf(admin: pg.Client): Promise<number> {
  const { rows } = await admin.query<{ n: number }>(
    `SELECT coalesce(sum(coalesce(cardinality(r.unit_part), cardinality(r.answer_id))), 0)::int AS n
     FROM seal.state s JOIN registry.log_row r
       ON (r.incarnation, r.xid, r.id) > (s.sealed_incarnation, s.sealed_xid, s.sealed_id)`,
  );
  return rows[0]?.n ?? 0;
}
