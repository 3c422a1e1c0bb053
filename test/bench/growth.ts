import { randomInt, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { Authorizer } from '../../chassis/decide/authorize.ts';
import { createPool } from '../../chassis/store/database.ts';
import { type BenchHub, connected, startBenchHub } from './bench-hub.ts';
import { quantile } from './load.ts';
import { FULL_VIEW } from './operations.ts';
import { machine, medianOf, ratioGoal, writeResult } from './result.ts';
import { type Contender, figure, inRounds, type Row } from './rounds.ts';
import { coordinatorOf, youthId } from './world/youths.ts';

const SIZES = (process.env.SAMSYN_BENCH_SIZES ?? '1000,1000000').split(',').map(Number);
/** Full views by which statements are counted. */
const COUNTED = 50;

const CATEGORIES = [
  'school.enrolment',
  'school.attendance',
  'school.support',
  'school.incident',
  'school.health',
  'school.report',
];

/** What a decision and a full view cost with few youths in the databases and with many. */
export async function benchGrowth({ rounds, seconds }: { rounds: number; seconds: number }): Promise<void> {
  const calls = seconds * 60;
  const hubs: BenchHub[] = [];
  try {
    for (const youths of SIZES) hubs.push(await startBenchHub(youths));
    let held = 0;
    for (const { hub } of hubs) held = Math.max(held, await readOnce(hub));
    const contenders: Contender<Record<string, number>>[] = [];
    for (const bench of hubs) {
      const size = `${bench.youths.toLocaleString('en')} youths`;
      contenders.push({ name: `authorize, ${size}`, measure: () => measureAuthorize(bench, calls * 3) });
      contenders.push({ name: `full view, ${size}`, measure: () => measureView(bench, calls) });
    }
    for (const { measure: warm } of contenders) await warm();
    const measured = await inRounds(rounds, contenders);
    const counted: Row[] = [];
    for (const bench of hubs) counted.push(await statementsOf(bench));
    const rows = measured.map(({ name, figures }): Row => {
      return { name, figures: { ...figures, ...counted.find((row) => row.name === name)?.figures } };
    });
    const [few = 0, many = 0] = [SIZES[0], SIZES.at(-1)];
    const ratio = (what: string, value: string) =>
      medianOf(rows, `${what}, ${many.toLocaleString('en')} youths`, value) /
      medianOf(rows, `${what}, ${few.toLocaleString('en')} youths`, value);
    const asMany = ratio('full view', 'statements');
    writeResult({
      name: 'growth',
      title: 'Growth',
      about: `One call of \`authorize\` (one youth, six categories, as the school asks it), and the full view of one youth over the whole hub, one at a time, each about a youth chosen at random. Every youth has 10 grants and 10 entries in the access log. All data were read once before, to be in memory as far as they fit: ${gigabytes(held)} at most, where the machine has ${gigabytes(totalmem())}. Statements are those of a full view: to the sectors' databases, and the calls of authorize.`,
      machine: machine(),
      rounds,
      chart: { value: 'p50 ms', unit: 'less is better' },
      rows,
      goals: [
        ratioGoal(
          `p50 of authorize, ${many.toLocaleString('en')} youths to ${few.toLocaleString('en')}`,
          ratio('authorize', 'p50 ms'),
          { most: 1.3 },
        ),
        ratioGoal(`p50 of the full view, the same`, ratio('full view', 'p50 ms'), { most: 1.3 }),
        {
          what: 'SQL statements of a full view',
          goal: 'as many',
          measured: `${asMany.toFixed(2)} x`,
          met: Math.abs(asMany - 1) < 0.02,
        },
      ],
    });
  } finally {
    for (const hub of hubs) await hub.stop();
  }
}

/**
 * Reads all that both servers have on disk, and returns how many bytes that was. A call reads some 19 pages of a youth that
 * nobody has asked about: without this it is the disk that would be measured.
 */
async function readOnce({ postgres }: BenchHub['hub']): Promise<number> {
  let bytes = 0;
  for (const { adminUrl } of [postgres.registry, postgres.sectors]) {
    const client = await connected(adminUrl);
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    await client.end();
    const base = join(rows[0]?.data_directory ?? '', 'base');
    for (const file of await readdir(base, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const content = createReadStream(join(file.parentPath, file.name), { highWaterMark: 1024 * 1024 });
      for await (const part of content) bytes += (part as Buffer).length;
    }
  }
  process.stderr.write(`growth: ${Math.round(process.uptime())} s: ${gigabytes(bytes)} read into memory\n`);
  return bytes;
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

async function measureAuthorize({ hub, youths }: BenchHub, calls: number): Promise<Record<string, number>> {
  const pool = createPool(hub.databaseUrls.SAMSYN_SCHOOL_AUTHORIZE_URL ?? '', 1);
  const authorizer = new Authorizer(pool);
  try {
    const latencies: number[] = [];
    for (let call = 0; call < calls; call++) {
      const number = randomInt(youths);
      const { sub: subject, agency } = coordinatorOf(number);
      const began = performance.now();
      const permits = await authorizer.decide({
        caller: { subject, actor: null, agency, roles: ['COORDINATOR'] },
        operation: { hash: '0'.repeat(64), name: null, requestId: randomUUID() },
        answer: randomUUID(),
        action: 'READ',
        kinds: CATEGORIES.map((category) => ({ category, whereabouts: false, fields: ['id'] })),
        youths: [{ id: youthId(number), assigned: false }],
      });
      latencies.push(performance.now() - began);
      if (permits.length !== 4) throw new Error(`Four of six are granted; ${permits.length} were permitted.`);
    }
    return percentiles(latencies);
  } finally {
    await pool.end();
  }
}

async function measureView(bench: BenchHub, calls: number): Promise<Record<string, number>> {
  const latencies: number[] = [];
  const asked = Array.from({ length: calls }, () => randomInt(bench.youths));
  const tokens = await Promise.all(asked.map((number) => bench.issuer.token(coordinatorOf(number))));
  for (const [index, number] of asked.entries()) {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${tokens[index]}` };
    const body = JSON.stringify({ query: FULL_VIEW, variables: { youthId: youthId(number) } });
    const began = performance.now();
    const response = await fetch(bench.hub.url, { method: 'POST', headers, body });
    const text = await response.text();
    latencies.push(performance.now() - began);
    if (!text.includes('"suspicions":[{')) throw new Error(`Granted records should be there: ${text.slice(0, 300)}`);
  }
  return percentiles(latencies);
}

/** How many SQL statements a full view takes. */
async function statementsOf(bench: BenchHub): Promise<Row> {
  const before = await bench.statements();
  await measureView(bench, COUNTED);
  const statements = ((await bench.statements()) - before) / COUNTED;
  return {
    name: `full view, ${bench.youths.toLocaleString('en')} youths`,
    figures: { statements: figure([statements]) },
  };
}

function percentiles(latencies: number[]): Record<string, number> {
  const sorted = latencies.toSorted((a, b) => a - b);
  return { 'p50 ms': quantile(sorted, 0.5), 'p99 ms': quantile(sorted, 0.99) };
}
