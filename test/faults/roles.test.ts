import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { databaseUrls } from '../../chassis/database-urls.ts';
import { folders } from '../../chassis/folders.ts';
import { openDataFolder } from '../../hub/data-folder.ts';
import type { Hub } from '../../hub/hub.ts';
import { type PostgresServer, startPostgres } from '../../hub/postgres/postgres.ts';
import { DEMO_YOUTHS } from '../../schema/demo-world.ts';
import { sql } from '../setup/ask.ts';
import { type TestData, testData } from '../setup/hub.ts';

const SECTORS = folders().filter(({ isRegistry }) => !isRegistry);
const AUTHORIZE_LOGINS = SECTORS.map(({ key }) => `SAMSYN_${key}_AUTHORIZE_URL`);
const SECTOR_LOGINS = SECTORS.map(({ key }) => `SAMSYN_${key}_DATABASE_URL`);
const REGISTRY_LOGIN = 'SAMSYN_REGISTRY_DATABASE_URL';
const [SEALER, AUDITOR, ERASER, CONFIRMER] = ['SEALER', 'AUDITOR', 'ERASER', 'ERASURE_CONFIRMER'].map(
  (duty) => `SAMSYN_REGISTRY_${duty}_URL`,
);
const YOUTH = DEMO_YOUTHS.everything.id;

/** What PostgreSQL says when a role may not. */
const REFUSED =
  /permission denied|must be owner|must be superuser|must have admin option|only roles with|does not exist/i;

/** The databases of a hub, without its processes. */
let hub: Pick<Hub, 'databaseUrls'>;
let data: TestData;
let servers: readonly PostgresServer[];

beforeAll(async () => {
  data = await testData();
  const start = (name: string) => startPostgres({ folder: join(data.folder, name), port: 0, fsync: false });
  const [registry, sectors] = await Promise.all([start('registry-server'), start('sectors-server')]);
  servers = [registry, sectors];
  const { passwords } = openDataFolder(data.folder, folders());
  const hosts = { registry: `127.0.0.1:${registry.port}`, sectors: `127.0.0.1:${sectors.port}` };
  hub = { databaseUrls: databaseUrls(folders(), hosts, passwords) };
}, 120_000);
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  data.remove();
});

/** How each statement ends for a login, in a transaction that is rolled back: `permitted`, or PostgreSQL's code. */
async function outcomes(login: string, statements: readonly string[]): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: hub.databaseUrls[login] });
  await client.connect();
  const found: Record<string, string> = {};
  for (const statement of statements) {
    await client.query('BEGIN');
    found[statement] = await client.query(statement).then(
      () => 'permitted',
      ({ code }: { code?: string }) => String(code),
    );
    await client.query('ROLLBACK');
  }
  await client.end();
  return found;
}

/** Expects PostgreSQL to refuse every statement for want of a right. */
async function expectRefused(login: string, statements: readonly string[]): Promise<void> {
  const expected = Object.fromEntries(statements.map((statement) => [statement, '42501']));
  expect(await outcomes(login, statements)).toEqual(expected);
}

async function names(login: string, text: string): Promise<string[]> {
  return (await sql<{ name: string }>(hub, login, text)).map(({ name }) => name);
}

const TABLES = `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname IN ('registry', 'agency') AND c.relkind IN ('r', 'p') ORDER BY 1`;
const VIEWS = TABLES.replace("('r', 'p')", "('v')");
const FUNCTIONS = `SELECT p.proname AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname IN ('registry', 'agency') AND has_function_privilege(session_user, p.oid, 'EXECUTE') ORDER BY 1`;

/** What no login but an owner may, in either kind of database. */
const MAKING = (schema: string) => [
  `CREATE TABLE ${schema}.mine ()`,
  'CREATE TABLE public.mine ()',
  'CREATE TEMPORARY TABLE mine ()',
  'CREATE SCHEMA mine',
  'CREATE ROLE mine',
  `CREATE EXTENSION pgcrypto SCHEMA ${schema}`,
  `CREATE FUNCTION ${schema}.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
  "COPY (SELECT 1) TO PROGRAM 'true'",
  "SELECT pg_read_file('postgresql.conf')",
  'SET session_replication_role = replica',
  "SET log_statement = 'none'",
];

describe('a sector’s login in the registry’s database', () => {
  test.each(AUTHORIZE_LOGINS)('%s sees and writes no table', async (login) => {
    const tables = await names('SAMSYN_REGISTRY_OWNER_URL', TABLES);
    const views = await names('SAMSYN_REGISTRY_OWNER_URL', VIEWS);
    expect([tables.length > 15, views.length > 1]).toEqual([true, true]);
    await expectRefused(login, [
      ...tables.flatMap((table) => [
        `INSERT INTO ${table} DEFAULT VALUES`,
        `DELETE FROM ${table}`,
        `LOCK TABLE ${table}`,
      ]),
      ...[...tables, ...views].map((relation) => `SELECT FROM ${relation}`),
    ]);
  });

  test.each(AUTHORIZE_LOGINS)('%s calls authorize and nothing else', async (login) => {
    expect(await names(login, FUNCTIONS)).toEqual(['authorize']);
    await expectRefused(login, [
      'SELECT registry.clock()',
      `SELECT registry.lock_youths(ARRAY['${YOUTH}']::uuid[])`,
      `SELECT registry.settle(ARRAY['${YOUTH}']::uuid[])`,
      "SELECT registry.sync_sectors('[]')",
      "SELECT registry.sync_categories('[]')",
    ]);
  });

  test.each(AUTHORIZE_LOGINS)('%s makes nothing and becomes nobody else', async (login) => {
    await expectRefused(login, [
      ...MAKING('registry'),
      'SET ROLE samsyn_registry',
      'SET ROLE samsyn_registry_owner',
      'SET SESSION AUTHORIZATION samsyn_registry',
      'ALTER FUNCTION registry.authorize OWNER TO samsyn_sector',
      'ALTER ROLE samsyn_sector SUPERUSER',
    ]);
  });

  test('it is asked about its own sector’s categories only, whatever agency it names', async () => {
    const ask = (category: string) => `SELECT * FROM registry.authorize(
      ARRAY[gen_random_uuid()], ARRAY['p-2001'], ARRAY[NULL], ARRAY['police:nationell'], ARRAY[4], ARRAY[1]::smallint[],
      ARRAY['hash'], ARRAY[NULL], ARRAY[1], ARRAY['${category}'], ARRAY[false], ARRAY['attendance'], ARRAY[1],
      ARRAY['${YOUTH}']::uuid[], ARRAY[false])`;
    for (const login of AUTHORIZE_LOGINS) {
      const outcome = await outcomes(login, [ask('school.attendance')]);
      expect(Object.values(outcome)).toEqual([login.includes('SCHOOL') ? 'permitted' : '42501']);
    }
    await expectRefused(REGISTRY_LOGIN, [ask('school.attendance')]);
    await expectRefused('SAMSYN_REGISTRY_OWNER_URL', [ask('school.attendance')]);
  });

  test('a decision under an old snapshot is refused', async () => {
    const client = new pg.Client({ connectionString: hub.databaseUrls.SAMSYN_SCHOOL_AUTHORIZE_URL });
    await client.connect();
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await expect(
      client.query(
        `SELECT * FROM registry.authorize('{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}')`,
      ),
    ).rejects.toThrow('Decisions are taken at READ COMMITTED.');
    await client.end();
  });
});

describe('the registry’s own login', () => {
  test('changes no entry and deletes nothing', async () => {
    const tables = (await names('SAMSYN_REGISTRY_OWNER_URL', TABLES)).filter(
      (table) => !/standing|held|term/.test(table),
    );
    await expectRefused(REGISTRY_LOGIN, [
      'UPDATE registry.entry SET permitted = true',
      'ALTER TABLE registry.entry DISABLE TRIGGER ALL',
      'DROP TRIGGER entry_is_kept ON registry.entry',
      ...tables.flatMap((table) => [`DELETE FROM ${table}`, `TRUNCATE ${table}`]),
    ]);
  });

  test('writes nothing that the database settles, and no list of what there is', async () => {
    await expectRefused(REGISTRY_LOGIN, [
      'UPDATE registry.consent SET fully_signed_at = now()',
      'UPDATE registry.consent SET valid_until = now()',
      'UPDATE registry.consent_grant SET data_from = NULL',
      'UPDATE registry.signature SET guardian = NULL',
      'UPDATE registry.statement SET counts = false',
      'UPDATE registry.seat SET informed_at = now()',
      'UPDATE registry.youth SET lead_agency = 1',
      'INSERT INTO registry.consent (fully_signed_at) VALUES (now())',
      'INSERT INTO registry.consent (expired_at) VALUES (now())',
      'INSERT INTO registry.consent_grant (acknowledged_at) VALUES (now())',
      'INSERT INTO registry.seat (informed_at) VALUES (now())',
      'INSERT INTO registry.intervention_group (opened_at) VALUES (now())',
      'INSERT INTO registry.signature (recorded_at) VALUES (now())',
      'INSERT INTO registry.waiver (recorded_at) VALUES (now())',
      'INSERT INTO registry.custody (recorded_at) VALUES (now())',
      'INSERT INTO registry.statement (recorded_at) VALUES (now())',
      'INSERT INTO registry.statement (counts) VALUES (false)',
      'INSERT INTO registry.bar (lifted_at) VALUES (now())',
      'INSERT INTO registry.answered_key (recorded_at) VALUES (now())',
      'INSERT INTO registry.entry (id) VALUES (uuidv7())',
      'INSERT INTO registry.entry (at) VALUES (now())',
      'INSERT INTO registry.entry (xid) VALUES (pg_current_xact_id())',
      'INSERT INTO registry.statement_reach SELECT * FROM registry.statement_reach',
      'INSERT INTO registry.supersession SELECT * FROM registry.supersession',
      'UPDATE registry.agency SET sector = NULL',
      'UPDATE registry.sector SET login_role = login_role',
      'UPDATE registry.category SET grantable = true',
      "SELECT registry.sync_sectors('[]')",
      `SELECT registry.settle(ARRAY['${YOUTH}']::uuid[])`,
    ]);
  });

  test('makes nothing and becomes nobody else', async () => {
    await expectRefused(REGISTRY_LOGIN, [
      ...MAKING('registry'),
      'SET ROLE samsyn_registry_owner',
      'SET ROLE samsyn_sector',
      'SET ROLE samsyn_sealer',
      'SET SESSION AUTHORIZATION samsyn_school',
    ]);
  });
});

test('not even the owner rewrites the log without taking the trigger away first', async () => {
  await expectRefused('SAMSYN_REGISTRY_OWNER_URL', [
    'UPDATE registry.entry SET permitted = true',
    'DELETE FROM registry.entry',
    'TRUNCATE registry.entry',
  ]);
});

describe('the log’s own logins', () => {
  test.each([
    [SEALER, ['mark_late', 'sum_next']],
    [AUDITOR, []],
  ] as const)('%s reads the log, and neither writes it nor reads what it is about', async (login = '', sums) => {
    expect(await outcomes(login, ['SELECT FROM registry.entry'])).toEqual({
      'SELECT FROM registry.entry': 'permitted',
    });
    const tables = ['youth', 'custody', 'consent', 'consent_grant', 'signature', 'statement', 'seat', 'bar'];
    await expectRefused(login, [
      'INSERT INTO registry.entry DEFAULT VALUES',
      'UPDATE registry.entry SET permitted = true',
      'DELETE FROM registry.entry',
      'TRUNCATE registry.entry',
      ...tables.map((table) => `SELECT FROM registry.${table}`),
      ...MAKING('registry'),
      'SET ROLE samsyn_registry_owner',
      'SET ROLE samsyn_registry',
    ]);
    expect(await names(login, FUNCTIONS)).toEqual(sums);
  });

  test.each([
    [ERASER, ['count_erasure', 'propose_erasure']],
    [CONFIRMER, ['confirm_erasure', 'drop_empty_partitions', 'erase_next']],
  ] as const)('%s has its own part in an erasure, and reads and writes nothing else', async (login = '', part) => {
    const tables = await names('SAMSYN_REGISTRY_OWNER_URL', TABLES);
    await expectRefused(login, [
      ...tables.flatMap((table) => [`SELECT FROM ${table}`, `DELETE FROM ${table}`, `TRUNCATE ${table}`]),
      ...['leaf', 'tile', 'checkpoint', 'cosignature', 'state', 'erasure_leaves'].map(
        (table) => `SELECT FROM seal.${table}`,
      ),
      ...['leaf', 'state', 'erasure', 'erasure_leaves'].map((table) => `DELETE FROM seal.${table}`),
      'UPDATE seal.erasure SET entries = 0',
      'INSERT INTO registry.entry DEFAULT VALUES',
      ...MAKING('registry'),
      ...MAKING('seal'),
      'SET ROLE samsyn_erasure',
      'SET ROLE samsyn_registry_owner',
      'SELECT seal.erasable(0, 1, now())',
    ]);
    expect(await names(login, FUNCTIONS.replace("'agency'", "'seal'"))).toEqual(part);
  });

  test('nobody is the role that erases, and it has no login', async () => {
    const login = `SELECT rolname AS name FROM pg_roles WHERE rolname = 'samsyn_erasure' AND rolcanlogin`;
    expect(await names('SAMSYN_REGISTRY_OWNER_URL', login)).toEqual([]);
    const members = `SELECT m.rolname AS name FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member
      WHERE a.roleid = 'samsyn_erasure'::regrole`;
    expect(await names('SAMSYN_REGISTRY_OWNER_URL', members)).toEqual(['samsyn_registry_owner']);
    // It could give the functions to the role, and is not let in as it.
    expect(
      await outcomes('SAMSYN_REGISTRY_OWNER_URL', ['SET LOCAL ROLE samsyn_erasure; DELETE FROM registry.entry']),
    ).toEqual({ 'SET LOCAL ROLE samsyn_erasure; DELETE FROM registry.entry': '42501' });
  });
});

describe('a sector’s login in the sectors’ databases', () => {
  test.each(SECTOR_LOGINS)('%s deletes nothing, alters nothing and makes nothing in its own', async (login) => {
    const tables = await names(login.replace('DATABASE', 'OWNER'), TABLES);
    expect(tables.length).toBeGreaterThan(3);
    await expectRefused(login, [
      ...tables.flatMap((table) => [`DELETE FROM ${table}`, `TRUNCATE ${table}`, `ALTER TABLE ${table} ADD mine int`]),
      ...MAKING('agency'),
      `SET ROLE ${new URL(hub.databaseUrls[login] ?? '').username}_owner`,
    ]);
  });

  test.each(SECTOR_LOGINS)('%s reaches no other database', async (login) => {
    const own = new URL(hub.databaseUrls[login] ?? '').pathname.slice(1);
    const others = [...SECTORS.map(({ database }) => database), 'postgres', 'template1'].filter((name) => name !== own);
    for (const database of others) {
      const url = new URL(hub.databaseUrls[login] ?? '');
      url.pathname = `/${database}`;
      const client = new pg.Client({ connectionString: url.href });
      await expect(client.connect()).rejects.toThrow(REFUSED);
    }
  });
});
