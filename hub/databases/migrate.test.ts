import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { type DatabaseUrls, databaseUrls, passwordsFor } from '../../chassis/database-urls.ts';
import { folderNamed } from '../../chassis/folders.ts';
import type { Script } from '../../chassis/migrations.ts';
import { type PostgresServer, removePostgres, startPostgres } from '../postgres/postgres.ts';
import { categoriesOf } from './declared-categories.ts';
import { type LoadedFolder, migrate } from './migrate.ts';
import { provision } from './provision.ts';

const folders = ['police', 'registry', 'school'].map(folderNamed);
let base: string;
let server: PostgresServer;
let urls: DatabaseUrls;

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'samsyn-migrate-'));
  chmodSync(base, 0o755);
  server = await startPostgres({ folder: join(base, 'server'), port: 0, fsync: false });
}, 60_000);

afterAll(async () => {
  await server.stop();
  removePostgres(join(base, 'server'));
  rmSync(base, { recursive: true });
});

/** Fresh databases on one server, as the demo makes them. */
beforeEach(async () => {
  for (const { database } of folders) await ask(server.adminUrl, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  await makeDatabases(true);
});

async function makeDatabases(demo: boolean): Promise<void> {
  const host = `127.0.0.1:${server.port}`;
  const passwords = Object.fromEntries(Object.keys(passwordsFor(folders)).map((variable) => [variable, 'one-for-all']));
  urls = databaseUrls(folders, { registry: host, sectors: host }, passwords);
  await provision({ folders, admin: { registry: server.adminUrl, sectors: server.adminUrl }, urls, demo });
}

async function ask(url: string | undefined, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url ?? 'missing' });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

const step = (name: string, ...sql: string[]): Script => ({ name, text: () => sql.join(';\n') });
const tables = (...scripts: Script[]) => ({ tables: scripts, functions: [] });

const lists = step(
  'lists',
  'CREATE TABLE registry.told (what text, told jsonb)',
  "CREATE FUNCTION registry.sync_sectors(s jsonb) RETURNS void LANGUAGE sql AS $$ INSERT INTO registry.told VALUES ('sectors', s) $$",
  "CREATE FUNCTION registry.sync_categories(c jsonb) RETURNS void LANGUAGE sql AS $$ INSERT INTO registry.told VALUES ('categories', c) $$",
);

function world(police: LoadedFolder['subgraph']): LoadedFolder[] {
  const [policeFolder, registry, school] = folders;
  if (policeFolder === undefined || registry === undefined || school === undefined) throw new Error('three folders');
  return [
    { folder: policeFolder, subgraph: police },
    { folder: registry, subgraph: { migrations: tables(lists) } },
    { folder: school, subgraph: { migrations: tables() } },
  ];
}

const first = step('first', 'CREATE TABLE suspicion (n int)');
const second = step('second', 'ALTER TABLE suspicion ADD m int DEFAULT 2');
const run = (police: LoadedFolder['subgraph'], demo = false) =>
  migrate({ subgraphs: world(police), urls, demo, categories: [] });
const asPolice = (sql: string) => ask(urls.SAMSYN_POLICE_DATABASE_URL, sql);

test('runs pending migrations, once, in the folder’s schema', async () => {
  await run({ migrations: tables(first) });
  await asPolice('INSERT INTO agency.suspicion VALUES (1)');
  await run({ migrations: tables(first) });
  await run({ migrations: tables(first, second) });

  expect(await asPolice('SELECT n, m FROM agency.suspicion')).toEqual([1, 2]);
  expect(await ask(urls.SAMSYN_POLICE_OWNER_URL, 'SELECT name FROM agency.migration')).toEqual(['first', 'second']);
});

test('keeps the list of migrations from the serving role', async () => {
  await run({ migrations: tables(first) });

  await expect(asPolice('DELETE FROM agency.migration')).rejects.toThrow('permission denied');
});

test('leaves nothing behind and names the database when a migration fails', async () => {
  const broken = step('broken', 'CREATE TABLE half ()', 'SELECT 1/0');

  await expect(run({ migrations: tables(first, broken) })).rejects.toThrow(
    'The database samsyn_police could not be brought to this version (broken: division by zero)',
  );
  expect(await ask(urls.SAMSYN_POLICE_OWNER_URL, "SELECT to_regclass('agency.suspicion')")).toEqual([null]);
  await run({ migrations: tables(first) });
});

test('leaves a database of a newer version alone', async () => {
  await run({ migrations: tables(first, second) });

  await expect(run({ migrations: tables(first) })).rejects.toThrow('samsyn_police is of a newer version (second)');
});

test('hands the registry the sectors and the categories', async () => {
  await migrate({
    subgraphs: world({ migrations: tables() }),
    urls,
    demo: false,
    categories: [{ code: 'police.report' }],
  });

  expect(await ask(urls.SAMSYN_REGISTRY_OWNER_URL, 'SELECT told FROM registry.told ORDER BY what')).toEqual([
    [{ code: 'police.report' }],
    [
      { code: 'police', login_role: 'samsyn_police' },
      { code: 'school', login_role: 'samsyn_school' },
    ],
  ]);
});

test('fills the demo’s own databases once', async () => {
  const seed: LoadedFolder['subgraph']['seed'] = async (sql) => {
    await sql('INSERT INTO agency.suspicion VALUES (:n)', { n: 7 });
  };
  await run({ migrations: tables(first), seed }, true);
  await run({ migrations: tables(first), seed }, true);

  expect(await asPolice('SELECT n FROM agency.suspicion')).toEqual([7]);
});

test('leaves nothing behind when a seed fails, and runs it again', async () => {
  const halfway: LoadedFolder['subgraph']['seed'] = async (sql) => {
    await sql('INSERT INTO agency.suspicion VALUES (1)');
    throw new Error('killed');
  };
  await expect(run({ migrations: tables(first), seed: halfway }, true)).rejects.toThrow('(killed)');
  expect(await asPolice('SELECT n FROM agency.suspicion')).toEqual([]);

  await run(
    {
      migrations: tables(first),
      seed: async (sql) => {
        await sql('INSERT INTO agency.suspicion VALUES (2)');
      },
    },
    true,
  );
  expect(await asPolice('SELECT n FROM agency.suspicion')).toEqual([2]);
});

test('fills no database that the demo did not make', async () => {
  for (const { database } of folders) await ask(server.adminUrl, `DROP DATABASE ${database} WITH (FORCE)`);
  await makeDatabases(false);

  await expect(run({ migrations: tables(first), seed: async () => undefined }, true)).rejects.toThrow(
    'The database samsyn_police was not made by the demo, and the demo fills only its own',
  );
});

test('reads the categories from the composed schema', () => {
  const supergraph = 'type Youth @category(code: "a.b", youthSigns: true) @category(code: "a.c") @other { id: ID }';
  expect(categoriesOf(supergraph)).toEqual([
    { code: 'a.b', youthSigns: true, guardedFields: [], whereaboutsFields: [] },
    { code: 'a.c', guardedFields: [], whereaboutsFields: [] },
  ]);
});
