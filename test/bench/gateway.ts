import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { startTestIssuer } from '../setup/issuer.ts';
import { type Load, measure } from './load.ts';
import { dealt, fullViews, lists } from './operations.ts';
import { cpuMsOf, type Started, startProcess } from './processes.ts';
import { machine, medianOf, ratioGoal, writeResult } from './result.ts';
import { type Contender, inRounds, type Row } from './rounds.ts';
import { supergraphAt } from './supergraph.ts';

const IN_FLIGHT = 16;
const CLIENTS = 16;

const OURS = 'Samsyn gateway, with tokens and assertions';
const GENERIC = 'Samsyn engine, generic gateway';
const PLAIN = '@apollo/gateway';
const POOLED = '@apollo/gateway, pooled fetcher';
const HIVE = 'Hive Gateway, Rust planner';
const BARE = 'bare HTTP server, same bytes';

/** What is measured apart: a name, and the bodies of requests. */
const SHAPES = { one: fullViews(), fifty: lists(Array.from({ length: 32 }, (_, index) => String(index * 7))) };

/** The gateway alone, on subgraphs that replay bytes, against others on the same supergraph and subgraphs. */
export async function benchGateway({ rounds, seconds }: { rounds: number; seconds: number }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'samsyn-bench-'));
  const issuer = await startTestIssuer();
  const started: Started[] = [];
  const start = async (...given: Parameters<typeof startProcess>): Promise<Started> => {
    const each = await startProcess(...given);
    started.push(each);
    return each;
  };
  try {
    const replay = await start('test/bench/replay.ts');
    const ports = replay.ready.ports as Record<string, number>;
    const supergraph = join(folder, 'supergraph.graphql');
    writeFileSync(supergraph, supergraphAt(ports));
    const peers: Peer[] = [
      peer(OURS, await start('gateway/main.ts', [], environmentOf(ports, issuer.url))),
      peer(GENERIC, await start('gateway/main.ts', ['--supergraph', supergraph, '--port', '0'])),
      peer(PLAIN, await start('test/bench/peers/apollo.ts', [supergraph, 'plain'], NO_TELEMETRY), '/'),
      peer(POOLED, await start('test/bench/peers/apollo.ts', [supergraph, 'pooled'], NO_TELEMETRY), '/'),
      peer(HIVE, await start('test/bench/peers/hive.ts', [supergraph])),
    ];
    const tokens = await Promise.all(
      Array.from({ length: CLIENTS }, (_, index) =>
        issuer.token({ sub: `p-${index}`, agency: 'social-services:skovde', roles: ['CASEWORKER'] }),
      ),
    );
    const contenders: Contender<Record<string, number>>[] = [];
    for (const [shape, bodies] of Object.entries(SHAPES)) {
      const file = join(folder, `${shape}.json`);
      writeFileSync(file, await sameAnswer(peers, bodies[0] ?? '', tokens[0] ?? ''));
      const bare = peer(BARE, await start('test/bench/peers/bare.ts', [file]));
      for (const { name, url, pid } of [...peers, bare]) {
        const hands = dealt(bodies, CLIENTS);
        const clients = tokens.map((token, index) => ({ token, bodies: hands[index] ?? [] }));
        const load = { url, clients, inFlight: IN_FLIGHT, seconds };
        contenders.push({ name: `${name}: ${shape}`, measure: () => measureProcess(load, pid) });
      }
    }
    // What is compiled and remembered only on the first requests is not measured.
    for (const { measure: warm } of contenders) await warm();
    write(rounds, await inRounds(rounds, contenders));
  } finally {
    for (const each of started) await each.stop();
    await issuer.end();
    rmSync(folder, { recursive: true });
  }
}

const NO_TELEMETRY = { APOLLO_TELEMETRY_DISABLED: 'true' };

interface Peer {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
}

function peer(name: string, { port, pid }: Started, path = '/graphql'): Peer {
  return { name, url: `http://127.0.0.1:${port}${path}`, pid };
}

async function measureProcess(load: Load, pid: number): Promise<Record<string, number>> {
  const before = cpuMsOf(pid);
  const { perSecond, p50, p99, answers } = await measure(load);
  return {
    'requests/s': perSecond,
    'p50 ms': p50,
    'p99 ms': p99,
    'CPU ms/request': (cpuMsOf(pid) - before) / Math.max(1, answers),
  };
}

/** What the gateway is told: subgraphs on these ports, this issuer, and a key of its own. */
export function environmentOf(ports: Readonly<Record<string, number>>, issuer: string): Record<string, string> {
  const urls = Object.entries(ports).map(([name, port]) => [
    `SAMSYN_${name.toUpperCase().replaceAll('-', '_')}_URL`,
    `http://127.0.0.1:${port}/graphql`,
  ]);
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    ...Object.fromEntries(urls),
    SAMSYN_PORT: '0',
    SAMSYN_OIDC_ISSUER: issuer,
    SAMSYN_ASSERTION_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** The answer that all give alike; throws when one answers otherwise, since then they would not do the same work. */
async function sameAnswer(peers: readonly Peer[], body: string, token: string): Promise<string> {
  const answers = await Promise.all(
    peers.map(async ({ name, url }) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(20_000) });
      const text = await response.text();
      const { data, errors } = JSON.parse(text) as { data: unknown; errors?: unknown };
      if (errors !== undefined) throw new Error(`${name} answers with errors: ${text.slice(0, 500)}`);
      return { name, text, data };
    }),
  );
  const [first] = answers;
  const other = answers.find(({ data }) => !isDeepStrictEqual(data, first?.data));
  if (other !== undefined) throw new Error(`${other.name} gives other data than ${first?.name}.`);
  return first?.text ?? '';
}

function write(rounds: number, rows: readonly Row[]): void {
  const perSecond = (name: string, shape: string) => medianOf(rows, `${name}: ${shape}`, 'requests/s');
  const best = (shape: string) => Math.max(...[PLAIN, POOLED, HIVE].map((name) => perSecond(name, shape)));
  const to = (shape: string, other: number) => perSecond(GENERIC, shape) / other;
  writeResult({
    name: 'gateway',
    title: 'The gateway alone',
    about: `Subgraphs that replay bytes; ${IN_FLIGHT} requests in flight, each client with its own token; \`one\` asks what four sectors know about one youth (${fullViews().length} youths), \`fifty\` one record type of four sectors about 50 youths. No two clients ask the same, as people at work do not: Hive Gateway joins equal requests in flight, and would send its subgraphs a part of what it was asked. The Samsyn gateway verifies each token and signs an assertion per subgraph, as in production; the generic one is the same engine without that, and so are the others: none passes a token on. The bare server only sends the same bytes: what Node's HTTP costs.`,
    machine: machine(),
    rounds,
    chart: { value: 'requests/s', unit: 'more is better', leavesOut: BARE },
    rows,
    goals: [
      ratioGoal('to @apollo/gateway, one youth', to('one', perSecond(PLAIN, 'one')), { least: 4 }),
      ratioGoal('to @apollo/gateway, 50 youths', to('fifty', perSecond(PLAIN, 'fifty')), { least: 3 }),
      ratioGoal('to the best other, one youth', to('one', best('one')), { least: 1.8 }),
      ratioGoal('to the best other, 50 youths', to('fifty', best('fifty')), { least: 1.8 }),
    ],
  });
}
