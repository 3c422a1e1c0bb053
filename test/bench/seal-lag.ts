import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import pg from 'pg';
import { Authorizer } from '../../chassis/decide/authorize.ts';
import { authorizeLogin, folderNamed, sealerLogin } from '../../chassis/folders.ts';
import { createPool } from '../../chassis/store/database.ts';
import { type Child, startChild } from '../../hub/child.ts';
import { exitOnFault } from '../../process/configuration.ts';
import { newKeyPair } from '../../process/key-pair.ts';
import { DEMO_YOUTHS } from '../../schema/demo-world.ts';
import { type RegistryDatabase, startDemoRegistry } from '../setup/registry-database.ts';
import { quantile } from './load.ts';
import { report } from './report.ts';
import { type Goal, machine, writeResult } from './result.ts';
import { inRounds, type Row } from './rounds.ts';

/** What is sealed so many milliseconds after its commit, of 99 in 100 entries, is sealed in time (DESIGN section 5). */
const GOAL_MS = 2_000;
/** How often somebody looks how far the log is sealed; the figures are that much too large. */
const LOOK_MS = 5;
/** Whatever waits longer than this for its seal waits for ever. */
const PATIENCE_MS = 60_000;
const IN_FLIGHT = [1, 16, 64, 256];
const YOUTHS = Object.values(DEMO_YOUTHS).map(({ id }) => id);
const KINDS = ['enrolment', 'attendance', 'support', 'incident', 'health', 'report'].map((kind) => ({
  category: `school.${kind}`,
  whereabouts: false,
  fields: [kind],
}));
const CALLER = { subject: 'p-1001', actor: null, agency: 'social-services:skovde', roles: ['COORDINATOR'] } as const;

/** How far the log was seen to be sealed, and when: the first sight of each size. */
type Sights = { readonly at: number; readonly size: number }[];

interface Running {
  readonly database: RegistryDatabase;
  readonly authorizer: Authorizer;
  readonly watcher: pg.Client;
}

/**
 * `npm run bench:lag`: how long after its commit an entry is in a signed checkpoint that others can read, while `authorize`
 * decides as fast as it can for some time, on durable commits and with a sealer in a process of its own.
 */
async function main(): Promise<void> {
  const { seconds, rounds } = new Command()
    .name('bench:lag')
    .option('--seconds <n>', 'how long each load lasts', Number, 10)
    .option('--rounds <n>', 'how often each is measured', Number, 3)
    .parse()
    .opts<{ seconds: number; rounds: number }>();
  const database = await startDemoRegistry({ fsync: true });
  const pool = createPool(database.urls[authorizeLogin(folderNamed('school')).variable] ?? '', 2);
  const watcher = new pg.Client({ connectionString: database.superuserUrl });
  let sealer: Child | undefined;
  try {
    sealer = await startSealer(database);
    await watcher.connect();
    const running = { database, authorizer: new Authorizer(pool), watcher };
    const contenders = IN_FLIGHT.map((inFlight) => ({
      name: `${inFlight} in flight`,
      measure: () => underLoad(running, inFlight, seconds),
    }));
    tell(await inRounds(rounds, contenders), rounds, seconds);
  } finally {
    await sealer?.stop();
    await Promise.all([watcher.end(), pool.end()]);
    await database.end();
  }
}

function startSealer({ urls, folder }: RegistryDatabase): Promise<Child> {
  const { variable } = sealerLogin();
  return startChild({
    name: 'sealer',
    entry: 'subgraphs/registry/log/seal/main.ts',
    env: {
      [variable]: urls[variable] ?? '',
      SAMSYN_LOG_ORIGIN: 'samsyn.example/bench',
      SAMSYN_LOG_KEY: newKeyPair().privateKey,
      SAMSYN_LOG_MEMORY: join(folder, 'memory'),
    },
    logFile: join(folder, 'sealer.log'),
  });
}

/** Decides for some seconds, waits until all of it is sealed, and compares when each was answered with when it was sealed. */
async function underLoad({ database, authorizer, watcher }: Running, inFlight: number, seconds: number) {
  const sights: Sights = [];
  const watching = new AbortController();
  const watched = watch(watcher, sights, watching.signal);
  const answeredAt = new Map<string, number>();
  const until = performance.now() + seconds * 1000;
  const decided = Promise.all(
    Array.from({ length: inFlight }, async (_, nth) => {
      for (let turn = nth; performance.now() < until; turn += 1) {
        const requestId = randomUUID();
        await authorizer.decide(question(requestId, YOUTHS[turn % YOUTHS.length] ?? ''));
        // Its commit has been acknowledged by now.
        answeredAt.set(requestId, performance.now());
      }
    }),
  );
  try {
    await decided;
    return figuresOf(await sealedEntries(database, [...answeredAt.keys()]), sights, answeredAt, seconds);
  } finally {
    watching.abort();
    await watched;
  }
}

interface SealedEntry {
  readonly request: string;
  readonly index: number;
}

function figuresOf(
  entries: readonly SealedEntry[],
  sights: Sights,
  answeredAt: ReadonlyMap<string, number>,
  seconds: number,
) {
  const lags = entries.map(({ request, index }) => sealedAt(sights, index) - (answeredAt.get(request) ?? Number.NaN));
  lags.sort((a, b) => a - b);
  return {
    'entries/s': entries.length / seconds,
    'p50 ms': quantile(lags, 0.5),
    'p99 ms': quantile(lags, 0.99),
    'most ms': lags.at(-1) ?? Number.NaN,
  };
}

function question(requestId: string, youth: string) {
  const operation = { hash: 'bench', name: null, requestId };
  const asked = { action: 'READ', kinds: KINDS, youths: [{ id: youth, assigned: false }] } as const;
  return { caller: CALLER, operation, answer: randomUUID(), ...asked };
}

/** Notes each size of the log at the first sight of it. */
async function watch(client: pg.Client, sights: Sights, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { rows } = await client.query<{ size: string }>({ name: 'size', text: 'SELECT size FROM seal.state' });
    const size = Number(rows[0]?.size);
    if (size !== sights.at(-1)?.size) sights.push({ at: performance.now(), size });
    await pause(LOOK_MS);
  }
}

/** The leaf of each entry of these requests, once all have one. */
async function sealedEntries(database: RegistryDatabase, requests: readonly string[]): Promise<SealedEntry[]> {
  const text = `SELECT r.request_id AS request, l.index::int AS index FROM registry.log_row r
    LEFT JOIN seal.leaf l ON l.row_id = r.id WHERE r.request_id = ANY ($1::uuid[])`;
  return database.as(database.superuserUrl, async (client) => {
    for (const began = performance.now(); performance.now() - began < PATIENCE_MS; await pause(200)) {
      const { rows } = await client.query<{ request: string; index: number | null }>(text, [requests]);
      const sealed = rows.flatMap(({ request, index }) => (index === null ? [] : [{ request, index }]));
      if (sealed.length === rows.length) return sealed;
    }
    throw new Error(`Some entries were not sealed within ${PATIENCE_MS / 1000} s.`);
  });
}

/** When the log was first seen to hold the leaf. */
function sealedAt(sights: Sights, leaf: number): number {
  let [low, high] = [0, sights.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sights[middle]?.size ?? 0) > leaf) high = middle;
    else low = middle + 1;
  }
  return sights[low]?.at ?? Number.POSITIVE_INFINITY;
}

function tell(rows: readonly Row[], rounds: number, seconds: number): void {
  const goals: Goal[] = rows.map(({ name, figures }) => {
    const p99 = figures['p99 ms']?.median ?? Number.POSITIVE_INFINITY;
    return {
      what: `p99 from commit to seal, ${name}`,
      goal: `at most ${GOAL_MS / 1000} s`,
      measured: `${(p99 / 1000).toFixed(2)} s`,
      met: p99 <= GOAL_MS,
    };
  });
  writeResult({
    name: 'seal-lag',
    title: 'From commit to seal',
    about: `How long after its commit an entry is in a signed checkpoint, while authorize decides six kinds of information about a youth as fast as it can for ${seconds} seconds, so many requests at once, on durable commits, with the sealer in a process of its own.`,
    machine: machine(),
    rounds,
    chart: { value: 'p99 ms', unit: 'milliseconds; less is better' },
    rows,
    goals,
  });
  report();
}

exitOnFault(main);
