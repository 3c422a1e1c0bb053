import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { folders } from '../../chassis/folders.ts';
import { DEMO_YOUTHS } from '../../schema/demo-world.ts';
import { OPEN_LOG } from '../setup/open-log.ts';
import {
  expectRefused,
  FUNCTIONS,
  hub,
  MAKING,
  names,
  outcomes,
  startDatabases,
  stopDatabases,
  TABLES,
  VIEWS,
} from './hub-databases.ts';

const SECTORS = folders().filter(({ isRegistry }) => !isRegistry);
const AUTHORIZE_LOGINS = SECTORS.map(({ key }) => `SAMSYN_${key}_AUTHORIZE_URL`);
const SECTOR_LOGINS = SECTORS.map(({ key }) => `SAMSYN_${key}_DATABASE_URL`);
const REGISTRY_LOGIN = 'SAMSYN_REGISTRY_DATABASE_URL';
const [SEALER, AUDITOR, ERASER, CONFIRMER] = ['SEALER', 'AUDITOR', 'ERASER', 'ERASURE_CONFIRMER'].map(
  (duty) => `SAMSYN_REGISTRY_${duty}_URL`,
);
const YOUTH = DEMO_YOUTHS.everything.id;

/** PostgreSQL's messages to a role that may not. */
const REFUSED =
  /permission denied|must be owner|must be superuser|must have admin option|only roles with|does not exist/i;

/** The functions that read entries from a row of the log; none of them writes, or runs as another. */
const READING_ENTRIES = [
  'became_of',
  'mark_of_category',
  'mark_of_protected',
  'mark_of_reason',
  'mark_of_source',
  'outcomes_of',
  'row_of',
  'unit_id',
  'units_of',
];

beforeAll(startDatabases, 120_000);
afterAll(stopDatabases);

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

  test.each(AUTHORIZE_LOGINS)(
    '%s calls authorize, asks who is seated in its own groups, takes leases of budgets, and nothing else',
    async (login) => {
      expect(await names(login, FUNCTIONS)).toEqual(['authorize', 'is_seated', 'note_refused', 'take_lease']);
      await expectRefused(login, [
        'SELECT registry.clock()',
        `SELECT registry.lock_youths(ARRAY['${YOUTH}']::uuid[])`,
        `SELECT registry.settle(ARRAY['${YOUTH}']::uuid[])`,
        "SELECT registry.sync_sectors('[]')",
        "SELECT registry.sync_categories('[]')",
      ]);
    },
  );

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
      ARRAY['${YOUTH}']::uuid[], ARRAY[false], ARRAY[1]::bigint[])`;
    for (const login of AUTHORIZE_LOGINS) {
      const outcome = await outcomes(login, [ask('school.attendance')]);
      expect(Object.values(outcome)).toEqual([login.includes('SCHOOL') ? 'permitted' : '42501']);
    }
    await expectRefused(REGISTRY_LOGIN, [ask('school.attendance')]);
    await expectRefused('SAMSYN_REGISTRY_OWNER_URL', [ask('school.attendance')]);
  });

  test('it learns who holds a seat only in groups that its own sector leads', async () => {
    const ask = (youth: string, agency: string) => `SELECT 1 / registry.is_seated('${youth}', '${agency}')::int`;
    const asked = [
      ask(YOUTH, 'school:skovde'),
      ask(YOUTH, 'school:frida-friskola'),
      ask('99999999-9999-4999-8999-999999999999', 'school:skovde'),
    ];
    for (const login of AUTHORIZE_LOGINS) {
      const outcome = Object.values(await outcomes(login, asked));
      const leads = login.includes('SOCIAL_SERVICES');
      expect([login, outcome]).toEqual([login, [leads ? 'permitted' : '22012', '22012', '22012']]);
    }
  });

  test('a decision under an old snapshot is refused', async () => {
    const client = new pg.Client({ connectionString: hub.databaseUrls.SAMSYN_SCHOOL_AUTHORIZE_URL });
    await client.connect();
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await expect(
      client.query(
        `SELECT * FROM registry.authorize('{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}','{}')`,
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
      "UPDATE registry.log_row SET unit_reason = '{CONSENT}'",
      'ALTER TABLE registry.log_row DISABLE TRIGGER ALL',
      'DROP TRIGGER row_is_kept ON registry.log_row',
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
      'INSERT INTO registry.log_row (id) VALUES (uuidv7())',
      'INSERT INTO registry.log_row (at) VALUES (now())',
      'INSERT INTO registry.log_row (xid) VALUES (pg_current_xact_id())',
      'INSERT INTO registry.log_row (incarnation) VALUES (9)',
      'INSERT INTO registry.log_row (action) VALUES (1)',
      'INSERT INTO registry.log_row (answer) VALUES (uuidv7())',
      "INSERT INTO registry.log_row (unit_reason) VALUES ('{CONSENT}')",
      "INSERT INTO registry.log_row (part_protected) VALUES ('{false}')",
      "INSERT INTO registry.log_row (part_years) VALUES ('{0}')",
      'INSERT INTO registry.log_row (answer_id) VALUES (ARRAY[uuidv7()])',
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
    "UPDATE registry.log_row SET unit_reason = '{CONSENT}'",
    'DELETE FROM registry.log_row',
    'TRUNCATE registry.log_row',
  ]);
});

describe('the log’s own logins', () => {
  test.each([
    [SEALER, ['mark_late', 'sum_next']],
    [AUDITOR, []],
  ] as const)('%s reads the log, and neither writes it nor reads what it is about', async (login = '', sums) => {
    const reading = ['log_row', 'entry', 'answer_outcome'].map((name) => `SELECT FROM registry.${name}`);
    expect(await outcomes(login, reading)).toEqual(Object.fromEntries(reading.map((each) => [each, 'permitted'])));
    const tables = ['youth', 'custody', 'consent', 'consent_grant', 'signature', 'statement', 'seat', 'bar'];
    await expectRefused(login, [
      'INSERT INTO registry.log_row DEFAULT VALUES',
      "UPDATE registry.log_row SET unit_reason = '{CONSENT}'",
      'DELETE FROM registry.log_row',
      'TRUNCATE registry.log_row',
      OPEN_LOG,
      "UPDATE seal.open SET decide_until = 'infinity'",
      ...tables.map((table) => `SELECT FROM registry.${table}`),
      ...MAKING('registry'),
      'SET ROLE samsyn_registry_owner',
      'SET ROLE samsyn_registry',
    ]);
    expect(await names(login, FUNCTIONS)).toEqual([...READING_ENTRIES, ...sums].sort());
  });

  test.each([
    [ERASER, ['count_erasure', 'propose_erasure']],
    [CONFIRMER, ['confirm_erasure', 'drop_empty_partitions', 'erase_next']],
  ] as const)('%s has its own part in an erasure, and reads and writes nothing else', async (login = '', part) => {
    const tables = await names('SAMSYN_REGISTRY_OWNER_URL', TABLES);
    await expectRefused(login, [
      ...tables.flatMap((table) => [`SELECT FROM ${table}`, `DELETE FROM ${table}`, `TRUNCATE ${table}`]),
      ...['leaf', 'tile', 'checkpoint', 'cosignature', 'state', 'erasure_parts', 'erasing'].map(
        (table) => `SELECT FROM seal.${table}`,
      ),
      ...['leaf', 'state', 'erasure', 'erasure_parts', 'erasing'].map((table) => `DELETE FROM seal.${table}`),
      'UPDATE seal.erasure SET parts = 0',
      'INSERT INTO registry.log_row DEFAULT VALUES',
      ...MAKING('registry'),
      ...MAKING('seal'),
      'SET ROLE samsyn_erasure',
      'SET ROLE samsyn_registry_owner',
      'SELECT seal.erasable(0, 1, now())',
    ]);
    expect(await names(login, FUNCTIONS.replace("'agency'", "'seal'"))).toEqual(part);
  });

  test('what entries are read by runs as who reads, and writes nothing', async () => {
    const writing = `SELECT p.proname AS name FROM pg_proc p WHERE p.pronamespace = 'registry'::regnamespace
      AND p.proname IN (${READING_ENTRIES.map((name) => `'${name}'`).join()}) AND (p.prosecdef OR p.provolatile = 'v')`;
    expect(await names('SAMSYN_REGISTRY_OWNER_URL', writing)).toEqual([]);
    const views = `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'registry'::regnamespace
      AND c.relname IN ('entry', 'answer_outcome') AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)`;
    expect(await names('SAMSYN_REGISTRY_OWNER_URL', views)).toEqual([]);
  });

  test('nobody is the role that erases, and it has no login', async () => {
    const login = `SELECT rolname AS name FROM pg_roles WHERE rolname = 'samsyn_erasure' AND rolcanlogin`;
    expect(await names('SAMSYN_REGISTRY_OWNER_URL', login)).toEqual([]);
    const members = `SELECT m.rolname AS name FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member
      WHERE a.roleid = 'samsyn_erasure'::regrole`;
    expect(await names('SAMSYN_REGISTRY_OWNER_URL', members)).toEqual(['samsyn_registry_owner']);
    // It could give the functions to the role, and is not let in as it.
    expect(
      await outcomes('SAMSYN_REGISTRY_OWNER_URL', ['SET LOCAL ROLE samsyn_erasure; DELETE FROM registry.log_row']),
    ).toEqual({ 'SET LOCAL ROLE samsyn_erasure; DELETE FROM registry.log_row': '42501' });
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
