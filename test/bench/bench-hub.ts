import { setTimeout } from 'node:timers/promises';
import type pg from 'pg';
import pgModule from 'pg';
import { type Hub, startHub } from '../../hub/hub.ts';
import { setBudget } from '../../subgraphs/registry/operate/budget.ts';
import { startTestIssuer, type TestIssuer } from '../setup/issuer.ts';
import { buildWorld } from './world/build.ts';
import { worldFolder } from './world/main.ts';
import { coordinatorOf, YOUTHS_PER_HOLDER } from './world/youths.ts';

/** A whole hub on a bench world, with durable commits, and an issuer that gives tokens to whom the world has. */
export interface BenchHub {
  readonly hub: Hub;
  readonly youths: number;
  readonly issuer: TestIssuer;
  /** Tokens of the coordinators of so many holders, the first of whom has the youths from 0 on. */
  tokens(holders: number): Promise<string[]>;
  /**
   * Statements that reads have sent so far: the transactions of the sectors' databases, for outside one a statement is a
   * transaction, and the calls of authorize. Takes as long as PostgreSQL takes to count those of a connection that waits.
   */
  statements(): Promise<number>;
  /** Waits until the hub has nothing left to do: what became of its answers is told, and all entries are sealed. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

/** Longer than what became of an answer waits to be told. */
const TELLING_MS = 1_200;
const SETTLE_LIMIT_MS = 60_000;
/** A connection that waits tells what it has counted after ten seconds. */
const COUNTING_MS = 11_000;

/** Starts a hub on a world of so many youths, which is built first if need be. */
export async function startBenchHub(youths: number): Promise<BenchHub> {
  const folder = worldFolder(youths);
  await buildWorld(folder, youths);
  const began = new Date();
  const issuer = await startTestIssuer();
  const env = { gateway: { SAMSYN_OIDC_ISSUER: issuer.url } };
  const hub = await startHub({ folder, port: 0, issuerPort: 0, fsync: true, env });
  const sectors = await connected(hub.postgres.sectors.adminUrl);
  const registry = await connected(databaseOf(hub.postgres.registry.adminUrl, 'samsyn_registry'));
  await raiseBudget(registry);
  return {
    hub,
    youths,
    issuer,
    tokens: (holders) =>
      Promise.all(
        Array.from({ length: holders }, (_, index) => issuer.token(coordinatorOf(index * YOUTHS_PER_HOLDER))),
      ),
    async statements() {
      await setTimeout(COUNTING_MS);
      const sent = await sectors.query<{ n: number }>(
        "SELECT sum(xact_commit)::float AS n FROM pg_stat_database WHERE datname LIKE 'samsyn%'",
      );
      const decided = await registry.query<{ n: number }>(
        "SELECT count(DISTINCT xid)::float AS n FROM registry.log_row WHERE kind = 'DECISION' AND at > $1",
        [began],
      );
      return (sent.rows[0]?.n ?? 0) + (decided.rows[0]?.n ?? 0);
    },
    async settle() {
      await setTimeout(TELLING_MS);
      const until = performance.now() + SETTLE_LIMIT_MS;
      while (!(await isSealed(registry))) {
        if (performance.now() > until) throw new Error('The log should be sealed within a minute after a measurement.');
        await setTimeout(100);
      }
    },
    async stop() {
      await registry.end();
      await sectors.end();
      await hub.stop();
      await issuer.end();
    },
  };
}

/** A benchmark asks in minutes for what its callers would ask for in months at work. */
export async function raiseBudget(registry: pg.Client): Promise<void> {
  await setBudget(registry, { person: 1_000_000_000, system: 1_000_000_000 }, 'bench', 'a benchmark');
}

/** A server's URL, of one of its databases. */
export function databaseOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

async function isSealed(registry: pg.Client): Promise<boolean> {
  const { rows } = await registry.query<{ sealed: boolean }>(
    'SELECT seal.waiting_since(s) IS NULL AS sealed FROM seal.state s',
  );
  return rows[0]?.sealed === true;
}

/** A connection of its own. */
export async function connected(url: string): Promise<pg.Client> {
  const client = new pgModule.Client({ connectionString: url });
  await client.connect();
  return client;
}
