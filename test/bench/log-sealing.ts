import { createHash } from 'node:crypto';
import type pg from 'pg';
import { TiledTree } from '../../schema/log/tiles.ts';
import { newKeyPair } from '../../subgraphs/data-folder.ts';
import { sealerLogin } from '../../subgraphs/folders.ts';
import { Sealer } from '../../subgraphs/registry/seal/sealer.ts';
import { sealerPool } from '../../subgraphs/registry/seal/sealing.ts';
import { keySigner } from '../../subgraphs/registry/seal/signer.ts';
import { StoredTiles } from '../../subgraphs/registry/seal/stored-tiles.ts';
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
  readonly inclusionProofMs: Times;
  readonly consistencyProofMs: Times;
}

/** Seals all entries that wait, and makes proofs from the tiles in the database. */
export async function sealAll(urls: Readonly<Record<string, string>>, tell: (text: string) => void): Promise<Sealed> {
  const pool = sealerPool(urls[sealerLogin().variable] ?? '');
  pool.on('error', () => undefined);
  try {
    const sealer = new Sealer(pool, 'samsyn.example/bench', keySigner(newKeyPair().privateKey));
    let entries = 0;
    const sealedPerSecond = await rateOf(async () => {
      const round = await sealer.round();
      if (round.did !== 'SEALED') return 0;
      entries = round.size;
      tell(`sealed ${entries}`);
      return round.entries;
    });
    const times = await proofTimes(pool, entries);
    return { entries, sealedPerSecond, ...times };
  } finally {
    await pool.end();
  }
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
