import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { parsePolicy } from '../../../../schema/log/policy.ts';
import { audit as auditOf, erasureIn, TODAY } from '../../../../test/setup/audit-calls.ts';
import { ERASABLE, OLD, type OldLog, startOldLog, WITNESSES, YEAR_MS } from '../../../../test/setup/old-log.ts';
import { policyOf } from '../../../../test/setup/witnesses.ts';
import { PLACES } from './erasures.ts';
import { exportLog } from './export.ts';
import { ExportReader } from './exported.ts';
import { verifyExport } from './verify.ts';

const GROUND = 'Gallring efter fem år';
const ERASER = 'SAMSYN_REGISTRY_ERASER_URL';
const CONFIRMER = 'SAMSYN_REGISTRY_ERASURE_CONFIRMER_URL';
const LOGINS = ['SAMSYN_REGISTRY_DATABASE_URL', 'SAMSYN_REGISTRY_SEALER_URL', 'SAMSYN_REGISTRY_AUDITOR_URL'];

let log: OldLog;
let folder: string;

/** Every entry has a decision whether the extract for the youth lists it. */
const TELLINGS = `INSERT INTO registry.telling (entry, youth, agency, revision, decision, ground, recorded_by)
  SELECT e.id, y.id, y.lead_agency, 1, 'LEAVE_OUT', 'x', 'p-1001' FROM registry.entry e CROSS JOIN registry.youth y`;

beforeAll(async () => {
  log = await startOldLog(({ as, owner }) => as(owner, (client) => client.query(TELLINGS)));
  folder = mkdtempSync(join(process.env.SAMSYN_TEST_RUN ?? tmpdir(), 'erase-'));
}, 60_000);
afterAll(() => log.end());

const audit = (...parameters: string[]) => auditOf(log, ...parameters);
const propose = (by: string, until = TODAY, ground = GROUND) =>
  audit('erase', 'propose', '--until', until, '--ground', ground, '--by', by);

async function verdict() {
  const into = join(folder, randomUUID());
  const db = new pg.Pool({
    connectionString: log.urls.SAMSYN_REGISTRY_AUDITOR_URL ?? '',
    max: 1,
    options: '-c TimeZone=UTC',
  });
  db.on('error', () => undefined);
  await exportLog(db, { from: new Date('2000-01-01'), to: new Date('2100-01-01'), by: 'p-audit' }, into);
  await db.end();
  const policy = parsePolicy(policyOf(log.keyPem, WITNESSES));
  const { verified, erased, faults, mode } = await verifyExport(new ExportReader(into), {
    policy,
    known: [log.kept],
    retentionYears: 5,
  });
  return { mode, verified, erased, faults: faults.map(({ kind, leaves }) => [kind, ...(leaves ?? [])]) };
}

async function gone(): Promise<number[]> {
  const { rows } = await log.pool.query<{ leaf: number }>(
    `SELECT l.index::int AS leaf FROM seal.leaf l WHERE NOT EXISTS (SELECT FROM registry.log_row r WHERE r.id = l.row_id) ORDER BY 1`,
  );
  return rows.map(({ leaf }) => leaf);
}

/** Places of whole leaves, as PostgreSQL writes them. */
const spans = (...leaves: readonly [number, number][]) => [
  `{${leaves.map(([from, until]) => `[${from * PLACES},${until * PLACES})`).join()}}`,
];

const as = (variable: string, statement: string, values: unknown[] = []) =>
  log.as(log.urls[variable], (client) => client.query(statement, values));

let proposal: string;

test('a proposal names what need not be kept: no open group, nothing unsealed or seen too late by witnesses', async () => {
  await log.write([{}]);
  const said = await propose('p-first');
  proposal = erasureIn(said);
  expect(said).toEqual({
    code: 0,
    text: expect.stringContaining(
      `  of            ${ERASABLE.length} parts of rows that had to be kept until before ${TODAY}`,
    ),
  });
  const leaves = await log.as(log.superuserUrl, (client) =>
    client.query('SELECT leaf::int AS leaf, parts FROM seal.erasure_parts ORDER BY 1'),
  );
  expect(leaves.rows).toEqual(ERASABLE.map((leaf) => ({ leaf, parts: [1] })));
  const noted = await log.pool.query(
    `SELECT caller, ground, confirmed_by, leaf_from::int AS first, leaf_until::int AS beyond FROM registry.entry WHERE name = 'proposeErasure' AND thing = $1`,
    [proposal],
  );
  expect(noted.rows).toEqual([{ caller: 'p-first', ground: GROUND, confirmed_by: null, first: 0, beyond: 18 }]);
  expect(await gone()).toEqual([]);
});

test('an erasure needs a ground, a day that has been, and a subject', async () => {
  const tomorrow = new Date(Date.now() + 2 * 86_400_000);
  for (const said of [
    await propose('p-first', TODAY, ' '),
    await propose('p-first', tomorrow.toISOString().slice(0, 10)),
    await propose(' '),
    await propose('191212121212'),
  ])
    expect(said.code).toBe(2);
  for (const values of [
    [TODAY, ' ', 'p-first'],
    [tomorrow, GROUND, 'p-first'],
    [TODAY, GROUND, ''],
  ])
    await expect(as(ERASER, 'SELECT seal.propose_erasure($1, $2, $3)', values)).rejects.toThrow('check constraint');
});

test('who proposed it does not confirm it, by the command or past it', async () => {
  for (const by of ['p-first', ' P-FIRST '])
    expect(await audit('erase', 'confirm', proposal, '--by', by)).toEqual({
      code: 2,
      text: 'Who proposed an erasure does not confirm it.\n',
    });
  await expect(as(ERASER, "SELECT seal.confirm_erasure($1, 'p-second')", [proposal])).rejects.toThrow(
    'permission denied',
  );
  await expect(as(ERASER, 'SELECT seal.erase_next($1)', [proposal])).rejects.toThrow('permission denied');
  await expect(as(CONFIRMER, "SELECT seal.propose_erasure(now(), 'x', 'p-second')")).rejects.toThrow(
    'permission denied',
  );
  await expect(as(CONFIRMER, 'SELECT seal.erase_next($1)', [proposal])).rejects.toThrow('Nobody has confirmed');
  expect(await gone()).toEqual([]);
});

test('no other login erases: not the owner, even as the role that may, nor by a proposal of its own', async () => {
  const attempts = [
    'DELETE FROM registry.log_row',
    'UPDATE seal.leaf SET salts = NULL',
    "INSERT INTO seal.erasure (kept_before, ground, proposed_by) VALUES (now(), 'x', 'x')",
    "UPDATE seal.erasure SET confirmed_by = 'p-second', confirmed_at = now()",
    'DELETE FROM seal.erasure_parts',
    'SET ROLE samsyn_erasure',
    "SELECT seal.propose_erasure(now(), 'x', 'x')",
  ];
  for (const login of [...LOGINS, CONFIRMER])
    for (const attempt of attempts) await expect(as(login, attempt)).rejects.toThrow('permission denied');
  for (const attempt of attempts.slice(0, -1)) await expect(as(ERASER, attempt)).rejects.toThrow('permission denied');
  for (const login of [...LOGINS, ERASER])
    for (const call of ['erase_next', 'confirm_erasure'])
      await expect(
        as(login, `SELECT seal.${call}($1${call === 'erase_next' ? '' : ", 'p-x'"})`, [proposal]),
      ).rejects.toThrow('permission denied');
  await log.as(log.owner, async (client) => {
    await client.query('SET ROLE samsyn_erasure');
    await expect(client.query('DELETE FROM registry.log_row')).rejects.toThrow('The access log is only appended to.');
  });
  expect(await gone()).toEqual([]);
});

test('a proposal that has been looked at by halves is not confirmed', async () => {
  const { rows } = await as(ERASER, "SELECT seal.propose_erasure($1, 'x', 'p-first') AS id", [TODAY]);
  await as(ERASER, 'SELECT seal.count_erasure($1, 4)', [rows[0].id]);
  await expect(as(CONFIRMER, "SELECT seal.confirm_erasure($1, 'p-second')", [rows[0].id])).rejects.toThrow(
    'There is no such proposal to confirm.',
  );
});

/** The sums of the days of the leaves that go. */
const SUMS_OF_ERASED = `SELECT count(*)::int AS n FROM registry.log_sum UNION ALL SELECT count(*)::int FROM registry.summed_period`;
const SUM_THEIR_DAYS = `
  SELECT registry.sum_day(d.at, d.at + interval '1 day')
  FROM (SELECT DISTINCT date_trunc('day', row_at, 'Europe/Stockholm') AS at FROM seal.leaf WHERE index IN (0, 1)) d;
  INSERT INTO registry.summed_period (grain, at, until, leaf)
    SELECT DISTINCT g.grain::"char", date_trunc(g.unit, l.row_at, 'Europe/Stockholm'), l.row_at, s.size
    FROM seal.leaf l CROSS JOIN seal.state s CROSS JOIN (VALUES ('D', 'day'), ('M', 'month')) AS g (grain, unit) WHERE l.index IN (0, 1)`;

test('a crash between two batches, or within one, leaves a whole log without sums of what is gone, and confirming again goes on', async () => {
  const sums = () => log.as(log.superuserUrl, (client) => client.query<{ n: number }>(SUMS_OF_ERASED));
  await log.as(log.superuserUrl, (client) => client.query(SUM_THEIR_DAYS));
  for (const { n } of (await sums()).rows) expect(n).toBeGreaterThan(2);
  await as(CONFIRMER, "SELECT seal.confirm_erasure($1, 'p-second')", [proposal]);
  await as(CONFIRMER, 'SELECT seal.erase_next($1, 3)', [proposal]);
  const batch = await gone();
  expect(batch.length).toBeGreaterThan(0);
  expect(batch.length).toBeLessThan(ERASABLE.length);
  let crash: Promise<void> | undefined;
  await log
    .as(log.urls[CONFIRMER], async (client) => {
      client.on('error', () => undefined);
      await client.query('BEGIN');
      await client.query('SELECT seal.erase_next($1, 3)', [proposal]);
      crash = log.crash();
      await crash;
    })
    // The connection is gone.
    .catch(() => undefined);
  await crash;
  expect(await gone()).toEqual(batch);
  await log.sealAsOf(0);
  expect(await verdict()).toMatchObject({ erased: batch.length, faults: [] });
  await expect(as(CONFIRMER, "SELECT seal.confirm_erasure($1, 'p-third')", [proposal])).rejects.toThrow(
    'There is no such proposal to confirm.',
  );
  const said = await audit('erase', 'confirm', proposal, '--by', 'p-second');
  expect(said).toEqual({ code: 0, text: expect.stringContaining(`erased        ${ERASABLE.length}, done`) });
  expect(await gone()).toEqual(ERASABLE);
  expect((await sums()).rows).toEqual([{ n: 0 }, { n: 0 }]);
});

test('a lawful erasure passes verification, and nothing ties its leaves to anybody', async () => {
  await log.sealAsOf(0);
  const { rows } = await log.pool.query<{ size: number }>('SELECT size::int FROM seal.state');
  const size = rows[0]?.size ?? 0;
  expect(await verdict()).toEqual({
    mode: 'FULL',
    verified: size - ERASABLE.length,
    erased: ERASABLE.length,
    faults: [],
  });
  const traces = await log.pool.query(
    'SELECT count(*)::int AS n FROM seal.leaf WHERE index = ANY ($1) AND num_nonnulls(row_id, row_at, salts) > 0',
    [ERASABLE],
  );
  expect(traces.rows).toEqual([{ n: 0 }]);
  const decided = await log.as(log.owner, (client) =>
    client.query('SELECT EXISTS (SELECT FROM registry.entry e WHERE e.id = t.entry) AS kept FROM registry.telling t'),
  );
  const kept = OLD.filter(({ kind }, leaf) => kind !== 'RELEASED' && !ERASABLE.includes(leaf));
  expect(decided.rows).toEqual(kept.map(() => ({ kept: true })));
});

test('its entries name the leaves one by one, the ground, and both persons', async () => {
  const { rows } = await log.pool.query<{ places: string[] }>(
    `SELECT array_agg(erased_parts::text ORDER BY leaf_from) AS places, caller, confirmed_by, ground FROM registry.entry
     WHERE name = 'eraseEntries' GROUP BY 2, 3, 4`,
  );
  expect(rows).toEqual([
    {
      places: [...spans([0, 3]), ...spans([3, 10], [12, 13], [16, 18])],
      caller: 'p-first',
      confirmed_by: 'p-second',
      ground: GROUND,
    },
  ]);
});

test('who takes away more than an erasure names, between what it names, is found out', async () => {
  await log.as(`${log.superuserUrl}?options=-c%20TimeZone%3DUTC`, async (client) => {
    await client.query('SET session_replication_role = replica');
    await client.query(
      'CREATE TEMPORARY TABLE taken AS SELECT r.* FROM registry.log_row r JOIN seal.leaf l ON l.row_id = r.id WHERE l.index = 14',
    );
    await client.query('DELETE FROM registry.log_row r USING taken WHERE r.id = taken.id');
    expect((await verdict()).faults).toEqual([['MISSING', 14, 15]]);
    await client.query('INSERT INTO registry.log_row SELECT * FROM taken');
  });
  expect((await verdict()).faults).toEqual([]);
});

test('the entries of erasures are never erased, and there is nothing left to erase', async () => {
  await log.as(log.superuserUrl, (client) =>
    client.query(`SET session_replication_role = replica;
      UPDATE seal.checkpoint SET witnessed_at = now() - interval '6 years', sealed_at = now() - interval '6 years' - size * interval '1 day';`),
  );
  const { rows } = await log.as(log.superuserUrl, (client) =>
    client.query<{ name: string }>(
      `SELECT DISTINCT r.name FROM seal.erasable(0, 1000000, now() + interval '100 years') x JOIN registry.log_row r ON r.id = x.row_id
       WHERE r.name IS NOT NULL ORDER BY 1`,
    ),
  );
  expect(rows.map(({ name }) => name)).toEqual(['exportLog', 'proposeErasure']);
});

test('a partition of years ago goes when nothing is left in it', async () => {
  const { rows } = await log.pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'registry.log_row'::regclass`,
  );
  const names = rows.map(({ name }) => name);
  const monthOf = (yearsAgo: number) =>
    `log_row_${new Date(Date.now() - yearsAgo * YEAR_MS).toISOString().slice(0, 7).replace('-', '_')}`;
  expect(names).not.toContain(monthOf(8));
  expect(names).toContain(monthOf(6));
});
