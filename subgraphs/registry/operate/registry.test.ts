import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import type pg from 'pg';
import { authorizeLogin, folderNamed, ownerLogin, runtimeLogin } from '../../../chassis/folders.ts';
import { DEMO_YOUTHS, type DemoYouthName } from '../../../schema/demo-world.ts';
import { type RegistryDatabase, startDemoRegistry } from '../../../test/setup/registry-database.ts';
import { entities } from '../entities.ts';
import { Reason } from '../entry/entry.ts';
import { demoConsentId } from '../seed.ts';
import { programmeCommand } from './programme-command.ts';

const REGISTRY = folderNamed('registry');
let registry: RegistryDatabase;

beforeAll(async () => {
  registry = await startDemoRegistry();
});
afterAll(() => registry.end());

const as: RegistryDatabase['as'] = (variable, work) => registry.as(registry.urls[variable ?? ''], work);
const owner = ownerLogin(REGISTRY).variable;
const school = authorizeLogin(folderNamed('school')).variable;

test('finds no drift of the entities from the migrations', async () => {
  // The registry's roles have its schema on their search path, so defaults name functions without the schema.
  const orm = await MikroORM.init({
    clientUrl: registry.superuserUrl,
    schema: REGISTRY.schema,
    entities: [...entities],
    metadataProvider: ReflectMetadataProvider,
    forceUtcTimezone: true,
    schemaGenerator: {
      // The log's rows and sums, and the budgets of callers, are made and read by SQL alone.
      skipTables: [
        'migration',
        'function_file',
        'log_row',
        'log_sum',
        'summed_period',
        'late_day',
        'log_candidate',
        'budget',
        'lease',
      ].flatMap((table) => [table, `registry.${table}`]),
      // The sealer works by SQL alone.
      ignoreSchema: ['seal'],
      skipViews: [/.*/],
      ignoreTriggers: true,
      ignoreRoutines: true,
    },
  });
  const drift = await orm.schema.getUpdateSchemaSQL();
  await orm.close();
  // Of the log's rows alone.
  expect(drift.replace("set names 'utf8';", '').trim()).toBe('drop type "registry"."reason";');
  const { rows } = await as(owner, (client) =>
    client.query('SELECT enum_range(NULL::registry.reason)::text[] AS reasons'),
  );
  expect(rows).toEqual([{ reasons: Object.values(Reason) }]);
});

test('every reason of a denial has a mark of its own, and only a mark that no category or source has', async () => {
  const { rows } = await as(owner, (client) =>
    client.query<{ n: number; marks: number; least: number; most: number }>(
      `SELECT count(*)::int AS n, count(DISTINCT registry.mark_of_reason(r))::int AS marks, min(registry.mark_of_reason(r)) AS least,
        max(registry.mark_of_reason(r)) AS most FROM unnest(enum_range(NULL::registry.reason)) r`,
    ),
  );
  const reasons = Object.values(Reason).length;
  expect(rows).toEqual([{ n: reasons, marks: reasons, least: 300_000_001, most: 300_000_000 + reasons }]);
});

test('makes the demo world as its youths are described', async () => {
  const { rows } = await as(owner, (client) =>
    client.query<{ youth: string; stands: string }>(
      `SELECT youth, concat_ws(' ', CASE WHEN fully_signed_at IS NOT NULL THEN 'signed' END,
        CASE WHEN NOT sufficient THEN 'insufficient' END, CASE WHEN withdrawn_at IS NOT NULL THEN 'withdrawn' END,
        CASE WHEN refused_at IS NOT NULL THEN 'refused' END, CASE WHEN expired THEN 'expired' END) AS stands
       FROM registry.consent_standing`,
    ),
  );
  const stands = (name: DemoYouthName) => rows.find(({ youth }) => youth === DEMO_YOUTHS[name].id)?.stands;
  const names = Object.keys(DEMO_YOUTHS) as DemoYouthName[];
  expect(Object.fromEntries(names.map((name) => [name, stands(name)]))).toEqual({
    everything: 'signed',
    attendanceOnly: 'signed',
    withdrawn: 'signed withdrawn',
    expired: 'signed expired',
    startsTomorrow: 'signed',
    awaitingSignature: 'insufficient',
    refused: 'insufficient refused',
    turning15: 'signed',
    turning18: 'signed',
    protected: 'signed',
    heldPoliceRecord: 'signed',
    twoSchools: 'signed',
    noConsent: undefined,
    policeOnly: undefined,
    orebro: 'signed',
  });
});

test('C5 completes the consent with the second commit of two who sign at the same time', async () => {
  const consent = demoConsentId('awaitingSignature');
  const sign = (client: pg.Client, guardian: string) =>
    client.query(
      `INSERT INTO registry.signature (consent, guardian, capacity, told_at, method, evidence_hash, recorded_by)
       VALUES ($1, $2, 'GUARDIAN_WITH_CUSTODY', registry.clock(), 'PAPER', 'x', 'p-1001')`,
      [consent, guardian],
    );
  const { rows } = await as(owner, (client) =>
    client.query<{ guardian: string }>(
      `SELECT k.guardian FROM registry.custody k WHERE k.youth = $1 AND NOT EXISTS (
        SELECT FROM registry.signature s WHERE s.guardian = k.guardian)`,
      [DEMO_YOUTHS.awaitingSignature.id],
    ),
  );
  const father = rows[0]?.guardian ?? '';
  const third = '50000000-0000-4000-8000-000000000006';
  await as(owner, async (first) => {
    await first.query('INSERT INTO registry.custody (youth, guardian, starts_at) VALUES ($1, $2, registry.clock())', [
      DEMO_YOUTHS.awaitingSignature.id,
      third,
    ]);
    await as(runtimeLogin(REGISTRY).variable, async (second) => {
      await first.query('BEGIN');
      await sign(first, father);
      const waiting = sign(second, third);
      await first.query('COMMIT');
      await waiting;
    });
    const { rows: signed } = await first.query(
      'SELECT fully_signed_at IS NOT NULL AS yes FROM registry.consent WHERE id = $1',
      [consent],
    );
    expect(signed).toEqual([{ yes: true }]);
  });
});

test('C13 makes an entry durable, whatever its session’s settings', async () => {
  await as(owner, async (client) => {
    await client.query('SET synchronous_commit = off');
    await client.query('BEGIN');
    await client.query(`INSERT INTO registry.log_row (kind, request_id, operation_hash, caller, roles, part_from, unit_part, unit_permitted)
      VALUES ('READ', gen_random_uuid(), 'x', 'p-1001', 1, '{1,2}', '{1}', '{true}')`);
    const { rows } = await client.query('SHOW synchronous_commit');
    await client.query('ROLLBACK');
    expect(rows).toEqual([{ synchronous_commit: 'on' }]);
  });
});

test('lets a sector ask and see nothing else', async () => {
  await as(school, async (client) => {
    for (const table of ['youth', 'log_row', 'entry', 'consent_standing', 'sector']) {
      await expect(client.query(`SELECT * FROM registry.${table}`)).rejects.toThrow('permission denied');
    }
    for (const call of ['settle(ARRAY[]::uuid[])', "sync_sectors('[]')", 'clock()']) {
      await expect(client.query(`SELECT registry.${call}`)).rejects.toThrow('permission denied');
    }
  });
});

test('a row of the log is neither changed nor deleted, by its owner either', async () => {
  await as(owner, async (client) => {
    for (const attempt of [
      "UPDATE registry.log_row SET unit_reason = '{CONSENT}'",
      'DELETE FROM registry.log_row',
      'TRUNCATE registry.log_row',
    ]) {
      await expect(client.query(attempt)).rejects.toThrow('The access log is only appended to.');
    }
  });
});

test('keeps a decision for the years of its group’s programme, or the hub’s without one', async () => {
  await as(owner, (client) => client.query('UPDATE registry.programme SET retention_years = 8'));
  const requestId = '7d4b1f5e-0000-4000-8000-000000000002';
  const youths = [DEMO_YOUTHS.everything.id, DEMO_YOUTHS.policeOnly.id];
  await as(authorizeLogin(folderNamed('police')).variable, (client) =>
    client.query(
      `SELECT FROM registry.authorize(ARRAY[$1::uuid], '{p-2001}', '{null}', '{police:nationell}', '{4}', '{1}', '{hash}', '{null}',
        '{1}', '{police.suspicion}', '{false}', '{date}', '{1,1}', $2, '{false,false}', '{1,1}')`,
      [requestId, youths],
    ),
  );
  const { rows } = await as(owner, (client) =>
    client.query(
      `SELECT youth, group_id IS NOT NULL AS grouped, retention_years AS years FROM registry.entry WHERE request_id = $1 ORDER BY youth`,
      [requestId],
    ),
  );
  expect(rows).toEqual([
    { youth: youths[0], grouped: true, years: 8 },
    { youth: youths[1], grouped: false, years: 5 },
  ]);
  await as(owner, (client) => client.query('UPDATE registry.programme SET retention_years = 5'));
});

test('decides nothing on an older snapshot', async () => {
  const none = `'{}'`;
  const call = `SELECT * FROM registry.authorize(${Array.from({ length: 16 }, () => none).join()})`;
  await as(school, async (client) => {
    expect((await client.query(call)).rows).toEqual([]);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await expect(client.query(call)).rejects.toThrow('Decisions are taken at READ COMMITTED.');
  });
});

test('changes nothing if a programme is added again, and makes a new version of changed rules', async () => {
  const own = readFileSync(new URL('../../../schema/programmes/skovde-sig.yaml', import.meta.url), 'utf8');
  const file = join(registry.folder, 'programme.yaml');
  const said: unknown[] = [];
  const add = async (text: string) => {
    writeFileSync(file, text);
    const sink = { write: (line: string) => said.push(line) };
    return programmeCommand(['add', file, '--by', 'p-0001'], { env: registry.urls, stdout: sink, stderr: sink });
  };
  const codes = [
    await add(own),
    await add(own.replace('P6M', 'P12M').replace('school:frida-friskola', 'school:new-friskola')),
    await add(own.replace('leisure:skovde', 'youth-clinic:skovde').replace('cap: 5', 'cap: no')),
    await add(own.replace('leisure:skovde', 'youth-clinic:skovde')),
  ];
  expect(codes).toEqual([0, 0, 1, 1]);
  expect(said).toEqual([
    'Skövde SIG is as the file says: version 1.\n',
    'Skövde SIG is changed: version 2. Groups keep the version that they were proposed under.\n',
    'The programme has a fault:\n  cap must be integer,null\n',
    'The programme has a fault:\n  agencies.4.code is of a sector that this hub does not have\n',
  ]);
  const { rows } = await as(owner, (client) =>
    client.query(
      `SELECT p.version, p.longest_consent::text AS longest, count(pa)::int AS agencies,
        (SELECT count(*)::int FROM registry.entry e WHERE e.programme = p.id AND e.name = 'addProgramme' AND e.caller = 'p-0001')
          AS entries
       FROM registry.programme p LEFT JOIN registry.programme_agency pa ON pa.programme = p.id
       WHERE p.code = 'skovde-sig' GROUP BY p.id ORDER BY p.version`,
    ),
  );
  expect(rows).toEqual([
    { version: 1, longest: '6 mons', agencies: 5, entries: 1 },
    { version: 2, longest: '1 year', agencies: 5, entries: 1 },
  ]);
});
