import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { type Folder, folders, type ServerName } from '../../chassis/folders.ts';
import { copyDataFolder } from '../../hub/data-folder.ts';
import { prepareHub, startHub } from '../../hub/hub.ts';
import { type PostgresServer, startPostgres } from '../../hub/postgres/postgres.ts';
import { ROOT } from '../../process/root.ts';
import { DEMO_YOUTHS } from '../../schema/demo-world.ts';
import { catalogueOf } from '../setup/catalogue.ts';
import { testData } from '../setup/hub.ts';
import { WRITE_ENTRIES } from '../setup/registry-database.ts';
import { buildReleased, prepareReleasedHub, RELEASED, releasedApiSchema, whyNotBuilt } from '../setup/released.ts';
import { RUN_FOLDER } from '../setup/run-folder.ts';

/** Three hubs are made here, one after the other. */
const LIMIT_MS = 180_000;
const why = whyNotBuilt();
if (why !== null) process.stderr.write(`The tests of release ${RELEASED.version} are skipped: ${why}.\n`);

/** In a clone that lacks the release a test is skipped, and its name says why. */
function testOfRelease(name: string, work: () => void | Promise<void>): void {
  if (why === null) test(name, work, LIMIT_MS);
  else test.skip(`${name} (skipped: ${why})`, work);
}

/** Everything about a hub's databases, by database. */
type ByDatabase<T> = Record<string, T>;
/** The rows of each table, each as what stands in its columns. */
type Rows = Record<string, Record<string, unknown>[]>;

let base: string;
let tree: string;
const data = () => join(base, 'data');
let catalogue: ByDatabase<string[]>;
let rows: ByDatabase<Rows>;

beforeAll(async () => {
  base = mkdtempSync(join(process.env[RUN_FOLDER] ?? tmpdir(), 'released-'));
  // The database's user passes through it.
  chmodSync(base, 0o755);
  tree = join(base, 'tree');
  if (why !== null) return;
  buildReleased(tree);
  prepareReleasedHub(tree, data());
  await onServers(data(), async (server, url) => {
    if (server === 'registry') await query(url('samsyn_registry'), WRITE_ENTRIES, [7]);
  });
  catalogue = await fromEach(data(), catalogueOf);
  rows = await fromEach(data(), rowsOf);
}, LIMIT_MS);
afterAll(() => rmSync(base, { recursive: true }));

/** Runs on each of a hub's servers in turn, while the hub stands still. */
async function onServers(
  folder: string,
  work: (server: ServerName, url: (database: string) => string) => Promise<void>,
): Promise<void> {
  for (const name of ['registry', 'sectors'] as const) {
    const server: PostgresServer = await startPostgres({
      folder: join(folder, `${name}-server`),
      port: 0,
      fsync: false,
    });
    try {
      await work(name, (database) => Object.assign(new URL(server.adminUrl), { pathname: `/${database}` }).href);
    } finally {
      await server.stop();
    }
  }
}

async function fromEach<T>(folder: string, ask: (url: string) => Promise<T>): Promise<ByDatabase<T>> {
  const found: ByDatabase<T> = {};
  await onServers(folder, async (name, url) => {
    for (const { database } of folders().filter(({ server }: Folder) => server === name))
      found[database] = await ask(url(database));
  });
  return found;
}

async function query(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** The rows of every table but those that each run of the migrations writes. */
async function rowsOf(url: string): Promise<Rows> {
  const tables = await query(
    url,
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname IN ('registry', 'seal', 'agency') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relname NOT IN ('migration', 'function_file', 'sector', 'category') ORDER BY 1`,
  );
  const found: Rows = {};
  for (const { name } of tables) {
    found[String(name)] = (await query(url, `SELECT to_jsonb(t) AS row FROM ${name} t ORDER BY to_jsonb(t)::text`)).map(
      ({ row }) => row as Record<string, unknown>,
    );
  }
  return found;
}

const fixture = (path: string) => readFileSync(join(ROOT, path), 'utf8');

testOfRelease('the released version makes the databases of the fixture', () => {
  expect(catalogue).toEqual(JSON.parse(fixture(RELEASED.catalogue)));
});

testOfRelease('the released version has the API schema of the fixture', () => {
  expect(releasedApiSchema(tree)).toBe(fixture(RELEASED.apiSchema));
});

testOfRelease(
  'a hub of the released version, brought to this one, has the databases of a new hub, and every row that it had',
  async () => {
    await prepareHub({ folder: data(), fsync: false });

    const made = await testData();
    const fresh = await fromEach(made.folder, catalogueOf);
    made.remove();
    expect(await fromEach(data(), catalogueOf)).toEqual(fresh);
    const after = await fromEach(data(), rowsOf);
    for (const [database, tables] of Object.entries(rows)) {
      for (const [table, before] of Object.entries(tables)) {
        const columns = Object.keys(before[0] ?? {});
        const now = (after[database]?.[table] ?? []).map((row) =>
          Object.fromEntries(columns.map((each) => [each, row[each]])),
        );
        expect({ database, table, rows: now }).toEqual({ database, table, rows: before });
      }
    }
    expect(rows.samsyn_registry?.['registry.entry']).toHaveLength(7);
    expect(rows.samsyn_registry?.['registry.signature']?.length).toBeGreaterThan(5);
    expect(rows.samsyn_school?.['agency.attendance']?.length).toBeGreaterThan(0);
  },
);

testOfRelease('it answers by the consents that it had', async () => {
  const folder = join(base, 'running');
  copyDataFolder(data(), folder);
  const hub = await startHub({ folder, port: 0, issuerPort: 0, fsync: false });
  try {
    const ask = async (youth: keyof typeof DEMO_YOUTHS) => {
      const body = `{ youth(id: "${DEMO_YOUTHS[youth].id}") { suspicions { status } attendance { minutesPlanned } } }`;
      const response = await fetch(hub.url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await hub.token('social-coordinator')}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ query: body }),
      });
      return (await response.json()) as { data: { youth: Record<string, unknown[] | null> } };
    };
    const { youth: all } = (await ask('everything')).data;
    expect([all.suspicions, all.attendance].map((each) => (each?.length ?? 0) > 0)).toEqual([true, true]);
    expect((await ask('withdrawn')).data.youth).toEqual({ suspicions: null, attendance: null });
  } finally {
    await hub.stop();
  }
});
