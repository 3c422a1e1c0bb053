import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Hub, startHub } from '../../hub/hub.ts';
import { DEMO_YOUTHS } from '../../schema/demo-world.ts';
import { connected, databaseOf, raiseBudget } from './bench-hub.ts';
import { measure } from './load.ts';
import { FULL_VIEW } from './operations.ts';
import { machine, medianOf, writeResult } from './result.ts';
import { figure, type Row } from './rounds.ts';

const SUBGRAPH_MB = 150;
const GATEWAY_MB = 250;
/** Personas who hold seats. */
const ASKING = [
  'social-coordinator',
  'social-mentor',
  'police-officer',
  'school-counsellor',
  'leisure-worker',
] as const;
const BODY = JSON.stringify({ query: FULL_VIEW, variables: { youthId: DEMO_YOUTHS.everything.id } });

/**
 * What the whole hub costs when nothing happens, and under load: resident memory of every process, and the time from start
 * to the first whole answer, on an empty folder (cold) and on one that was used before (warm).
 */
export async function benchMemory({ rounds, seconds }: { rounds: number; seconds: number }): Promise<void> {
  const starts: Record<'cold' | 'warm', number[]> = { cold: [], warm: [] };
  const idle = new Map<string, number[]>();
  const loaded = new Map<string, number[]>();
  const own = new Map<string, number[]>();
  // A cold start makes databases and the demo world: three tell enough.
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    const base = mkdtempSync(join(tmpdir(), 'samsyn-bench-'));
    // The database's user passes through it.
    chmodSync(base, 0o755);
    try {
      for (const start of ['cold', 'warm'] as const) {
        const { hub, ms } = await timedStart(join(base, 'hub'));
        starts[start].push(ms);
        process.stderr.write(`round ${round + 1}: ${start} start ${Math.round(ms)} ms\n`);
        try {
          if (start === 'cold') continue;
          note(idle, hub, 'VmRSS');
          const registry = await connected(databaseOf(hub.postgres.registry.adminUrl, 'samsyn_registry'));
          await raiseBudget(registry);
          await registry.end();
          // One caller alone could not keep so many requests in flight.
          const clients = await Promise.all(
            ASKING.map(async (persona) => ({ token: await hub.token(persona), bodies: [BODY] })),
          );
          await measure({ url: hub.url, clients, inFlight: 32, seconds: seconds * 2 });
          note(loaded, hub, 'VmRSS');
          note(own, hub, 'RssAnon');
        } finally {
          await hub.stop();
        }
      }
    } finally {
      rmSync(base, { recursive: true });
    }
  }
  write(starts, { idle, loaded, own });
}

async function timedStart(folder: string): Promise<{ hub: Hub; ms: number }> {
  const began = performance.now();
  const hub = await startHub({ folder, port: 0, issuerPort: 0, fsync: true });
  const authorization = `Bearer ${await hub.token('social-coordinator')}`;
  const headers = { 'content-type': 'application/json', authorization };
  const response = await fetch(hub.url, { method: 'POST', headers, body: BODY });
  const { data } = (await response.json()) as { data?: { youth?: { suspicions?: unknown[] | null } } };
  if (!Array.isArray(data?.youth?.suspicions)) throw new Error('The first answer should be whole, and is not.');
  return { hub, ms: performance.now() - began };
}

type Kind = 'VmRSS' | 'RssAnon';

function note(into: Map<string, number[]>, hub: Hub, kind: Kind): void {
  for (const { name, pid } of hub.processes.values()) {
    into.set(name, [...(into.get(name) ?? []), residentMb(pid, kind)]);
  }
}

/** Resident memory of a process in MB, as Linux tells it: all, or without the pages of files, which processes share. */
function residentMb(pid: number, kind: Kind): number {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) throw new Error('Resident memory is read from /proc, which only Linux has.');
  const [, kb] = new RegExp(`^${kind}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(file, 'utf8')) ?? [];
  return Number(kb) / 1024;
}

function write(
  starts: Readonly<Record<'cold' | 'warm', number[]>>,
  resident: Readonly<Record<'idle' | 'loaded' | 'own', ReadonlyMap<string, number[]>>>,
): void {
  const processes = [...resident.idle].map(([name, values]): Row => {
    const loaded = figure(resident.loaded.get(name) ?? []);
    const own = figure(resident.own.get(name) ?? []);
    return { name, figures: { 'idle MB': figure(values), 'loaded MB': loaded, 'of it own MB': own } };
  });
  const starting = (['cold', 'warm'] as const).map((start): Row => {
    return { name: `${start} start to the first answer`, figures: { ms: figure(starts[start]) } };
  });
  const subgraphs = processes.filter(({ name }) => name !== 'gateway' && name !== 'demo-issuer');
  const worst = Math.max(...subgraphs.map(({ name }) => medianOf(processes, name, 'loaded MB')));
  const gateway = medianOf(processes, 'gateway', 'loaded MB');
  const mb = (what: string, value: number, most: number) => ({
    what,
    goal: `at most ${most} MB`,
    measured: `${Math.round(value)} MB`,
    met: value <= most,
  });
  writeResult({
    name: 'memory',
    title: 'Memory and start',
    about:
      'The whole hub as `npm start` runs it: resident memory of each process when nothing has happened yet and after a load of 32 full views in flight, of it what is the process’s own (the pages of files, most of them the node program’s, are shared by all), and the time until the first whole answer, on an empty folder (databases and demo world are made) and on one that was used before.',
    machine: machine(),
    rounds: starts.cold.length,
    chart: { value: 'loaded MB', unit: 'less is better' },
    rows: [...processes, ...starting],
    goals: [mb('the largest subgraph, loaded', worst, SUBGRAPH_MB), mb('the gateway, loaded', gateway, GATEWAY_MB)],
  });
}
