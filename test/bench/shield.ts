import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchHub, connected, databaseOf, startBenchHub } from './bench-hub.ts';
import { requireSameAnswers, shapesOf } from './hub.ts';
import { measure } from './load.ts';
import { type Started, startProcess } from './processes.ts';
import { machine, medianOf, ratioGoal, writeResult } from './result.ts';
import { type Contender, inRounds } from './rounds.ts';
import { supergraphAt } from './supergraph.ts';

const YOUTHS = 1_000;
const IN_FLIGHT = [1, 16, 64] as const;
const OURS = 'Samsyn';
const THEIRS = '@apollo/gateway with graphql-shield';

/** The whole hub against what a team would otherwise build, on the same databases. */
export async function benchShield({ rounds, seconds }: { rounds: number; seconds: number }): Promise<void> {
  const bench = await startBenchHub(YOUTHS);
  const folder = mkdtempSync(join(tmpdir(), 'samsyn-bench-'));
  const started: Started[] = [];
  try {
    const urls = [[OURS, bench.hub.url] as const, [THEIRS, await startShielded(bench, folder, started)] as const];
    const { one: clients = [] } = await shapesOf(bench);
    await requireSameAnswers(urls, clients);
    const contenders = IN_FLIGHT.flatMap((inFlight) =>
      urls.map(
        ([name, url]): Contender<Record<string, number>> => ({
          name: `${name}: ${inFlight} in flight`,
          measure: async () => {
            const { perSecond, p50, p99, failed } = await measure({ url, clients, inFlight, seconds });
            return { 'requests/s': perSecond, 'p50 ms': p50, 'p99 ms': p99, 'failed %': failed };
          },
        }),
      ),
    );
    for (const { measure: warm } of contenders) await warm();
    const rows = await inRounds(rounds, contenders, bench.settle);
    const most = (name: string) =>
      Math.max(...IN_FLIGHT.map((inFlight) => medianOf(rows, `${name}: ${inFlight} in flight`, 'requests/s')));
    writeResult({
      name: 'shield',
      title: 'Against what one would otherwise build',
      about: `All that four sectors may tell about one youth, from the whole hub and from the same resolvers and databases behind @apollo/gateway with a pooled fetcher, where a graphql-shield rule on each guarded field of a youth asks PostgreSQL for the consent and writes a durable access row; the answers are the same, as the benchmark checks. That one verifies no token, knows no roles, periods or bars, and seals nothing. Its sectors have as many connections to their databases as the hub's, and more to the registry's.`,
      machine: machine(),
      rounds,
      chart: { value: 'requests/s', unit: 'more is better' },
      rows,
      goals: [ratioGoal('throughput at saturation', most(OURS) / most(THEIRS), { least: 5 })],
    });
  } finally {
    for (const each of started) await each.stop();
    rmSync(folder, { recursive: true });
    await bench.stop();
  }
}

async function startShielded({ hub }: BenchHub, folder: string, started: Started[]): Promise<string> {
  const registry = databaseOf(hub.postgres.registry.adminUrl, 'samsyn_registry');
  const client = await connected(registry);
  await client.query(`CREATE TABLE IF NOT EXISTS public.bench_access
    (at timestamptz DEFAULT now(), youth uuid, caller text, agency text, category text, granted boolean)`);
  await client.query('TRUNCATE public.bench_access');
  await client.end();
  const ports: Record<string, number> = { registry: 9 };
  for (const name of ['social-services', 'police', 'school', 'leisure']) {
    const variable = `SAMSYN_${name.toUpperCase().replaceAll('-', '_')}_DATABASE_URL`;
    const sector = await startProcess('test/bench/peers/shield.ts', [name], {
      SAMSYN_BENCH_DATABASE_URL: hub.databaseUrls[variable] ?? '',
      SAMSYN_BENCH_REGISTRY_URL: registry,
    });
    started.push(sector);
    ports[name] = sector.port;
  }
  const file = join(folder, 'supergraph.graphql');
  writeFileSync(file, supergraphAt(ports));
  const gateway = await startProcess('test/bench/peers/apollo.ts', [file, 'pooled', 'tokens'], {
    APOLLO_TELEMETRY_DISABLED: 'true',
  });
  started.push(gateway);
  return `http://127.0.0.1:${gateway.port}/`;
}
