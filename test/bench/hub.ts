import { generateKeyPairSync } from 'node:crypto';
import { type BenchHub, connected, startBenchHub } from './bench-hub.ts';
import { type Client, measure, quantile } from './load.ts';
import { GRANTED_VIEW, LIST } from './operations.ts';
import { cpuMsOf, type Started, startProcess } from './processes.ts';
import { type Goal, machine, medianOf, ratioGoal, writeResult } from './result.ts';
import { type Contender, inRounds, type Row } from './rounds.ts';
import { YOUTHS_PER_HOLDER, youthId } from './world/youths.ts';

const YOUTHS = 1_000;
const HOLDERS = YOUTHS / YOUTHS_PER_HOLDER;
const SUBGRAPHS = ['registry', 'social-services', 'police', 'school', 'leisure'] as const;
const IN_FLIGHT = [1, 16, 64] as const;

const OURS = 'Samsyn';
const OPEN = 'without guard and log';

/** What guard and access log cost: the whole hub, and the same without them, on the same databases. */
export async function benchHub({ rounds, seconds }: { rounds: number; seconds: number }): Promise<void> {
  const bench = await startBenchHub(YOUTHS);
  const started: Started[] = [];
  try {
    const urls = [[OURS, bench.hub.url] as const, [OPEN, await startOpenHub(bench, started)] as const];
    const servers = Object.values(bench.hub.postgres).map(({ pid }) => pid);
    const pids: Readonly<Record<string, readonly number[]>> = {
      [OURS]: [...servers, ...[...bench.hub.processes.values()].map(({ pid }) => pid)],
      [OPEN]: [...servers, ...started.map(({ pid }) => pid)],
    };
    const shapes = await shapesOf(bench);
    const contenders: Contender<Record<string, number>>[] = [];
    for (const [shape, clients] of Object.entries(shapes)) {
      await requireSameAnswers(urls, clients);
      for (const inFlight of IN_FLIGHT) {
        for (const [name, url] of urls) {
          contenders.push({
            name: `${name}: ${shape}, ${inFlight} in flight`,
            measure: async () => {
              const before = cpuMsOf(...(pids[name] ?? []));
              const { perSecond, p50, p99, answers, failed } = await measure({ url, clients, inFlight, seconds });
              const cpuMs = (cpuMsOf(...(pids[name] ?? [])) - before) / Math.max(1, answers);
              return {
                'requests/s': perSecond,
                'p50 ms': p50,
                'p99 ms': p99,
                'CPU ms/request': cpuMs,
                'failed %': failed,
              };
            },
          });
        }
      }
    }
    for (const { measure: warm } of contenders) await warm();
    contenders.push({ name: 'one commit', measure: () => measureStatement(bench, COMMIT) });
    contenders.push({ name: 'one round trip', measure: () => measureStatement(bench, 'SELECT 1') });
    write(rounds, await inRounds(rounds, contenders, bench.settle), Object.keys(shapes));
  } finally {
    for (const each of started) await each.stop();
    await bench.stop();
  }
}

/** The URL of a gateway before sectors without guard and log, on the databases of the hub. */
export async function startOpenHub({ hub, issuer }: BenchHub, started: Started[]): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const urls: Record<string, string> = {};
  for (const name of SUBGRAPHS) {
    const subgraph = await startProcess('test/bench/peers/unguarded.ts', [name], {
      SAMSYN_ASSERTION_PUBLIC_KEY: publicKey,
      SAMSYN_BENCH_DATABASE_URL: hub.databaseUrls[variableOf(name, 'DATABASE_URL')] ?? '',
    });
    started.push(subgraph);
    urls[variableOf(name, 'URL')] = `http://127.0.0.1:${subgraph.port}/graphql`;
  }
  const gateway = await startProcess('gateway/main.ts', [], {
    ...urls,
    SAMSYN_PORT: '0',
    SAMSYN_OIDC_ISSUER: issuer.url,
    SAMSYN_ASSERTION_PRIVATE_KEY: privateKey,
  });
  started.push(gateway);
  return `http://127.0.0.1:${gateway.port}/graphql`;
}

function variableOf(name: string, what: string): string {
  return `SAMSYN_${name.toUpperCase().replaceAll('-', '_')}_${what}`;
}

/** Each client is the coordinator of 50 youths and asks about these, one at a time or all at once. */
export async function shapesOf(bench: BenchHub): Promise<Record<string, Client[]>> {
  const tokens = await bench.tokens(HOLDERS);
  const one = tokens.map((token, holder) => {
    const youths = Array.from({ length: YOUTHS_PER_HOLDER }, (_, index) => youthId(holder * YOUTHS_PER_HOLDER + index));
    return { token, bodies: youths.map((id) => JSON.stringify({ query: GRANTED_VIEW, variables: { youthId: id } })) };
  });
  const fifty = tokens.map((token) => ({ token, bodies: [JSON.stringify({ query: LIST })] }));
  return { one, fifty };
}

/** All answer the same bytes to the first operations of every client, without an error; else they would not do the same work. */
export async function requireSameAnswers(
  urls: readonly (readonly [string, string])[],
  clients: readonly Client[],
): Promise<void> {
  for (const { token, bodies } of clients) {
    for (const body of bodies.slice(0, 3)) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const answers = await Promise.all(
        urls.map(async ([, url]) => (await (await fetch(url, { method: 'POST', headers, body })).text()).trimEnd()),
      );
      const [answer = '', ...others] = answers;
      const lacking = ['interventions', 'suspicions', 'attendance', 'fieldNotes'].filter(
        (field) => !answer.includes(`"${field}":[{`),
      );
      if (lacking.length > 0 || answer.includes('"errors"'))
        throw new Error(`The answer should be whole and without errors: ${answer.slice(0, 400)}`);
      if (others.some((other) => other !== answer))
        throw new Error(`All should answer the same: ${answers.map((each) => each.slice(0, 300)).join(' | ')}`);
    }
  }
}

const COMMIT = 'INSERT INTO bench_commit DEFAULT VALUES';

async function measureStatement({ hub }: BenchHub, text: string): Promise<Record<string, number>> {
  const client = await connected(hub.postgres.registry.adminUrl);
  try {
    await client.query('CREATE TABLE IF NOT EXISTS bench_commit (at timestamptz DEFAULT now())');
    const latencies: number[] = [];
    for (let call = 0; call < 300; call++) {
      const began = performance.now();
      await client.query(text);
      latencies.push(performance.now() - began);
    }
    latencies.sort((a, b) => a - b);
    return { 'p50 ms': quantile(latencies, 0.5), 'p99 ms': quantile(latencies, 0.99) };
  } finally {
    await client.end();
  }
}

function write(rounds: number, rows: readonly Row[], shapes: readonly string[]): void {
  const goals = shapes.flatMap((shape): Goal[] => {
    const at = (name: string, inFlight: number, value: string) =>
      medianOf(rows, `${name}: ${shape}, ${inFlight} in flight`, value);
    const most = (name: string) => Math.max(...IN_FLIGHT.map((inFlight) => at(name, inFlight, 'requests/s')));
    const [commit, trip] = ['one commit', 'one round trip'].map((name) => medianOf(rows, name, 'p50 ms'));
    const allowed = at(OPEN, 1, 'p50 ms') * 1.2 + (commit ?? 0) + (trip ?? 0);
    const measured = at(OURS, 1, 'p50 ms');
    return [
      ratioGoal(`throughput at saturation, ${shape}`, most(OURS) / most(OPEN), { least: 0.85 }),
      {
        what: `p50 of one in flight, ${shape}: at most 20 %, one commit and one round trip more`,
        goal: `at most ${allowed.toFixed(1)} ms`,
        measured: `${measured.toFixed(1)} ms`,
        met: measured <= allowed,
      },
    ];
  });
  writeResult({
    name: 'hub',
    title: 'What guard and log cost',
    about: `The whole hub on PostgreSQL with durable commits, and the same hub without guard, decision and access log: the same gateway, tokens, assertions and servers, the same resolvers and statements for data on the same databases, and answers that are the same to the byte, as the benchmark checks. \`one\` is all that four sectors may tell about one youth, \`fifty\` one record type of each about a coordinator's 50 youths, which the registry lists. ${YOUTHS.toLocaleString('en')} youths; each client is another coordinator. CPU is that of all processes, databases included.`,
    machine: machine(),
    rounds,
    chart: { value: 'requests/s', unit: 'more is better' },
    rows,
    goals,
  });
}
