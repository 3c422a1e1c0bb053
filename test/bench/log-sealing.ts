import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { sealerLogin } from '../../chassis/folders.ts';
import { newKeyPair } from '../../process/key-pair.ts';
import { TiledTree } from '../../schema/log/tiles.ts';
import { Sealer } from '../../subgraphs/registry/log/seal/sealer.ts';
import { sealerPool } from '../../subgraphs/registry/log/seal/sealer-pool.ts';
import { keySigner } from '../../subgraphs/registry/log/seal/signer.ts';
import { StoredTiles } from '../../subgraphs/registry/log/seal/stored-tiles.ts';
import { sumNext } from '../../subgraphs/registry/log/sums/summing.ts';
import { quantile } from './load.ts';

/** Proofs of each kind that are made. */
const PROOFS = 200;

/** Milliseconds: the median, and what 95 of 100 stay within. */
export interface Times {
  readonly p50: number;
  readonly p95: number;
}

/** How a log is sealed and proven. */
export interface Sealed {
  readonly entries: number;
  readonly sealedPerSecond: number;
  /** Processor time, of the sealer and its session with the database, for a million entries. */
  readonly sealingCpuSeconds: number;
  readonly inclusionProofMs: Times;
  readonly consistencyProofMs: Times;
}

/** How settled days are summed. */
export interface Summed {
  readonly periods: number;
  readonly summingCpuSeconds: number;
  /** Milliseconds that one took. */
  readonly periodMs: Times;
}

/** Seals all entries that wait, and makes proofs from the tiles in the database. */
export function sealAll(urls: Readonly<Record<string, string>>, tell: (text: string) => void): Promise<Sealed> {
  return asSealer(urls, async (pool) => {
    const sealer = new Sealer(pool, 'samsyn.example/bench', keySigner(newKeyPair().privateKey));
    const cpu = await cpuMeter(pool);
    let leaves = 0;
    const leavesPerSecond = await rateOf(async () => {
      const round = await sealer.round();
      if (round.did !== 'SEALED') return 0;
      leaves = round.size;
      tell(`sealed ${leaves} rows`);
      return round.entries;
    });
    const cpuSeconds = cpu();
    const entries = await entriesIn(pool);
    const times = await proofTimes(pool, leaves);
    return {
      entries,
      sealedPerSecond: (leavesPerSecond * entries) / leaves,
      sealingCpuSeconds: cpuSeconds / (entries / 1e6),
      ...times,
    };
  });
}

/** The entries of all rows: the units of decisions, and what became of answers. */
async function entriesIn(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    'SELECT sum(coalesce(cardinality(unit_part), cardinality(answer_id)))::float8 AS n FROM registry.log_row',
  );
  return rows[0]?.n ?? 0;
}

/** Sums all days that are settled, and their months. */
export function sumAll(
  urls: Readonly<Record<string, string>>,
  entries: number,
  tell: (text: string) => void,
): Promise<Summed> {
  return asSealer(urls, async (pool) => {
    const cpu = await cpuMeter(pool);
    const times: number[] = [];
    for (;;) {
      const began = performance.now();
      const summed = await sumNext(pool);
      if (summed === null) break;
      times.push(performance.now() - began);
      tell(`summed ${summed}`);
    }
    times.sort((a, b) => a - b);
    const periodMs = { p50: quantile(times, 0.5), p95: quantile(times, 0.95) };
    return { periods: times.length, summingCpuSeconds: cpu() / (entries / 1e6), periodMs };
  });
}

async function asSealer<T>(urls: Readonly<Record<string, string>>, work: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const pool = sealerPool(urls[sealerLogin().variable] ?? '');
  pool.on('error', () => undefined);
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

/** Clock ticks of the kernel in a second, as `/proc` counts processor time. */
const TICKS = 100;

/** Begins to measure the processor time of this process and of the pool's session, of which there is one; tells seconds. */
async function cpuMeter(pool: pg.Pool): Promise<() => number> {
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const now = () => {
    const { user, system } = process.cpuUsage();
    // After the name in brackets the 12th and 13th fields are the time in the process and in the kernel.
    const fields = readFileSync(`/proc/${rows[0]?.pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (user + system) / 1e6 + (Number(fields[11]) + Number(fields[12])) / TICKS;
  };
  const began = now();
  return () => now() - began;
}

/** How many a second, over rounds until one does nothing. */
async function rateOf(round: () => Promise<number>): Promise<number> {
  const began = performance.now();
  let all = 0;
  for (let done = await round(); done > 0; done = await round()) all += done;
  return Math.round((1000 * all) / (performance.now() - began));
}

async function proofTimes(
  pool: pg.Pool,
  entries: number,
): Promise<Pick<Sealed, 'inclusionProofMs' | 'consistencyProofMs'>> {
  const tree = () => new TiledTree(entries, new StoredTiles(pool).read);
  return {
    inclusionProofMs: await timesOf((place) => tree().inclusionProof(place % entries)),
    consistencyProofMs: await timesOf((place) => tree().consistencyProof(1 + (place % entries))),
  };
}

/** Of the same places each time, spread over the log as if at random. */
async function timesOf(prove: (place: number) => Promise<unknown>): Promise<Times> {
  const times: number[] = [];
  for (let n = 0; n < PROOFS; n += 1) {
    const place = createHash('sha256').update(String(n)).digest().readUIntBE(0, 6);
    const began = performance.now();
    await prove(place);
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95) };
}
