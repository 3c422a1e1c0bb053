import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { parsePolicy } from '../../../../schema/log/policy.ts';
import { WRITE_ENTRIES } from '../../../../test/setup/registry-database.ts';
import { type SealedLog, startSealedLog } from '../../../../test/setup/sealed-log.ts';
import { cosignLatest, policyOf, testWitness } from '../../../../test/setup/witnesses.ts';
import { auditCommand } from './audit-command.ts';
import { exportLog } from './export.ts';
import { ExportReader } from './exported.ts';
import type { Verdict } from './verdict.ts';
import { verifyExport } from './verify.ts';

const witnesses = ['north', 'south', 'west'].map(testWitness);
const EVER = { from: new Date('2020-01-01'), to: new Date('2100-01-01'), by: 'p-audit' };
const YEARS_AGO = (years: number) => new Date(Date.now() - years * 366 * 86_400_000);

let log: SealedLog;
/** As the command has it. */
let auditor: pg.Pool;
let folder: string;
let policy: string;
/** The checkpoint of all that the tests begin with, kept elsewhere. */
let kept: string;

const write = (count: number) => log.as(log.runtime, (client) => client.query(WRITE_ENTRIES, [count]));

beforeAll(async () => {
  log = await startSealedLog();
  auditor = new pg.Pool({
    connectionString: log.urls.SAMSYN_REGISTRY_AUDITOR_URL ?? '',
    max: 1,
    options: '-c TimeZone=UTC',
  });
  auditor.on('error', () => undefined);
  folder = mkdtempSync(join(process.env.SAMSYN_TEST_RUN ?? tmpdir(), 'audit-'));
  policy = policyOf(log.keyPem, witnesses);
  await write(100);
  await log.seal();
  // Long ago, by the witnesses' clocks: what it covers may be erased by now.
  await cosignLatest(log, witnesses, YEARS_AGO(6));
  await write(500);
  await log.seal();
  kept = await cosignLatest(log, witnesses.slice(1));
}, 60_000);
afterAll(async () => {
  await auditor.end();
  await log.end();
});

async function verdictOn(
  db: Pick<pg.Pool, 'query'>,
  given: { known?: string[]; policy?: string; wanted?: typeof EVER } = {},
): Promise<Verdict> {
  const into = join(folder, randomUUID());
  await exportLog(db, given.wanted ?? EVER, into);
  const measure = { policy: parsePolicy(given.policy ?? policy), known: given.known ?? [], retentionYears: 5 };
  return verifyExport(new ExportReader(into), measure);
}

/** Exports after a superuser, whom no trigger stops, has done something; then it is undone. */
async function afterAttack(
  attack: (superuser: pg.Client) => Promise<unknown>,
  known: string[] = [],
): Promise<unknown[]> {
  return log.as(`${log.superuserUrl}?options=-c%20TimeZone%3DUTC`, async (client) => {
    await client.query('BEGIN');
    await client.query('SET LOCAL session_replication_role = replica');
    await attack(client);
    const { faults } = await verdictOn(client, { known });
    await client.query('ROLLBACK');
    return told(faults);
  });
}

const told = (faults: Verdict['faults']) =>
  faults.map(({ kind, leaves }) => (leaves === null ? [kind] : [kind, ...leaves]));
const ROW_OF = (leaf: number) => `(SELECT row_id FROM seal.leaf WHERE index = ${leaf})`;

test('a whole log verifies: every entry, the root, the quorum, and the checkpoint of before', async () => {
  const { cosignedAt, ...verdict } = await verdictOn(auditor, { known: [kept] });
  expect(verdict).toEqual({
    mode: 'FULL',
    origin: 'samsyn.example/test',
    size: 600,
    from: 0,
    until: 600,
    verified: 600,
    verifiedParts: 600,
    erased: 0,
    erasedParts: 0,
    consistentWith: 2,
    faultCount: 0,
    faults: [],
    remarks: [],
  });
  expect(Object.keys(cosignedAt)).toEqual(['south', 'west']);
});

test('a range verifies by the tiles above it, without the rest of the log', async () => {
  const dayBefore = "UPDATE seal.checkpoint SET sealed_at = sealed_at - interval '1 day' WHERE size = 100";
  await log.as(log.superuserUrl, (client) => client.query(dayBefore));
  const sealedAt = await log.pool.query<{ at: Date }>('SELECT sealed_at AS at FROM seal.checkpoint WHERE size = 100');
  const from = new Date((sealedAt.rows[0]?.at.getTime() ?? 0) + 1_000);
  const {
    mode,
    from: first,
    until,
    verified,
    faultCount,
  } = await verdictOn(auditor, { wanted: { ...EVER, from }, known: [kept] });
  expect({ mode, first, until, verified, faultCount }).toEqual({
    mode: 'RANGE',
    first: 100,
    until: 600,
    verified: 500,
    faultCount: 0,
  });
});

test('an entry that was edited does not read as it was sealed', async () => {
  const edit = `UPDATE registry.log_row SET caller = 'p-6666' WHERE id = ${ROW_OF(17)}`;
  expect(await afterAttack((sql) => sql.query(edit))).toEqual([['CHANGED', 17, 18], ['OTHER_TREE']]);
});

test('an entry that was deleted is missed, with its leaf or without', async () => {
  expect(await afterAttack((sql) => sql.query(`DELETE FROM registry.log_row WHERE id = ${ROW_OF(20)}`))).toEqual([
    ['MISSING', 20, 21],
  ]);
  const both = `DELETE FROM registry.log_row WHERE id = ${ROW_OF(300)}; DELETE FROM seal.leaf WHERE index IN (300, 301)`;
  expect(await afterAttack((sql) => sql.query(both))).toEqual([['NEVER_SEALED'], ['MISSING', 300, 302]].reverse());
});

test('an entry that was put in among the sealed ones was never sealed', async () => {
  const forge = `INSERT INTO registry.log_row (xid, kind, request_id, operation_hash, caller, roles, part_from, unit_part)
    SELECT xid, 'READ', gen_random_uuid(), 'x', 'p-1001', 1, '{1,2}', '{1}' FROM registry.log_row WHERE id = ${ROW_OF(5)}`;
  expect(await afterAttack((sql) => sql.query(forge))).toEqual([['NEVER_SEALED']]);
});

test('who edits an entry, its leaf and its tile has another tree than was signed', async () => {
  const forge = `UPDATE registry.log_row SET caller = 'p-6666' WHERE id = ${ROW_OF(17)};
    UPDATE seal.leaf SET content = content || sha256('x') WHERE index = 17;
    UPDATE seal.tile SET hashes = overlay(hashes placing sha256('x') from 17 * 32 + 1) WHERE level = 0 AND index = 0`;
  expect(await afterAttack((sql) => sql.query(forge))).toEqual(expect.arrayContaining([['OTHER_TREE', 0, 256]]));
});

test('a log that has lost its latest entries is shorter than what was signed', async () => {
  const cut = `DELETE FROM registry.log_row WHERE id IN (SELECT row_id FROM seal.leaf WHERE index >= 100);
    DELETE FROM seal.leaf WHERE index >= 100; DELETE FROM seal.checkpoint WHERE size > 100;
    UPDATE seal.state SET size = 100, sealed_id = ${ROW_OF(99)}`;
  expect(await afterAttack((sql) => sql.query(cut), [kept])).toEqual([['SHORTER']]);
});

/** An erasure as the log records it, with the entries and salts gone. */
async function erase(from: number, until: number, confirmedBy: string): Promise<void> {
  await log.as(log.superuserUrl, async (client) => {
    await client.query('SET session_replication_role = replica');
    await client.query(
      `INSERT INTO registry.log_row (kind, request_id, operation_hash, caller, roles, name, leaf_from, leaf_until, erased_parts,
         ground, confirmed_by, part_from, unit_part, unit_permitted)
       VALUES ('CHANGE', gen_random_uuid(), 'x', 'p-5001', 0, 'eraseEntries', $1, $2,
         int8multirange(int8range($1::bigint * 65536, $2::bigint * 65536)), 'retention has passed', $3, '{1,2}', '{1}', '{true}')`,
      [from, until, confirmedBy],
    );
    await client.query(
      'DELETE FROM registry.log_row WHERE id IN (SELECT row_id FROM seal.leaf WHERE index >= $1 AND index < $2)',
      [from, until],
    );
    await client.query(
      'UPDATE seal.leaf SET row_id = NULL, row_at = NULL, salts = NULL WHERE index >= $1 AND index < $2',
      [from, until],
    );
  });
  await log.seal();
  await cosignLatest(log, witnesses);
}

test('a lawful erasure leaves every proof as it was', async () => {
  await erase(10, 20, 'p-5002');
  const { verified, erased, faults } = await verdictOn(auditor, { known: [kept] });
  expect({ verified, erased, faults }).toEqual({ verified: 593, erased: 10, faults: [] });
});

test('an erasure before its time, or that nobody else confirmed, is a fault', async () => {
  await erase(200, 210, 'p-5002');
  await erase(30, 32, 'p-5001');
  const { erased, faults } = await verdictOn(auditor, { known: [kept] });
  expect(told(faults)).toEqual([
    ['ERASED_UNCONFIRMED', 30, 32],
    ['ERASED_EARLY', 200, 210],
  ]);
  expect(erased).toBe(10);
});

test('without witnesses nothing shows that an entry is old enough to be erased, but the entries after it', async () => {
  const alone = policy.replace('quorum two', 'quorum none');
  const { faults, remarks } = await verdictOn(auditor, { policy: alone });
  expect(told(faults)).toEqual([
    ['ERASED_EARLY', 10, 20],
    ['ERASED_UNCONFIRMED', 30, 32],
    ['ERASED_EARLY', 200, 210],
  ]);
  expect(remarks).toEqual(['The policy asks for no witness: who holds the log’s key can have rewritten it.']);
});

test('the command tells people and programs, and its exit code tells which of three', async () => {
  const said: string[] = [];
  const sink = { write: (text: string) => said.push(text) };
  const run = (...parameters: string[]) => auditCommand(parameters, { env: log.urls, stdout: sink, stderr: sink });
  const into = join(folder, 'by-command');
  const file = join(folder, 'policy');
  writeFileSync(file, policy);
  const report = join(folder, 'report.json');
  const codes = [
    await run('export', into, '--from', '2020-01-01', '--to', '2100-01-01', '--by', 'p-audit'),
    await run('export', into, '--from', '2020-01-01', '--to', '2100-01-01'),
    await run('verify', into, '--policy', file, '--report', report),
    await run('verify', into, '--policy', file, '--retention-years', '0'),
    await run('verify', join(folder, 'nothing'), '--policy', file),
    await run('verify', into, '--policy', join(folder, 'nothing')),
    await run('export', into, '--from', 'yesterday', '--to', '2100-01-01'),
  ];
  expect(codes).toEqual([0, 2, 1, 1, 2, 2, 2]);
  const { faultCount, mode } = JSON.parse(readFileSync(report, 'utf8')) as Verdict;
  expect({ faultCount, mode }).toEqual({ faultCount: 2, mode: 'FULL' });
  expect(said.join('')).toContain('The log does not stand: 2 faults.');
  const noted = await log.pool.query(
    `SELECT caller, leaf_from::int AS first FROM registry.entry WHERE name = 'exportLog' AND caller = 'p-audit'`,
  );
  expect(noted.rows.length).toBeGreaterThan(0);
  expect(noted.rows[0]).toEqual({ caller: 'p-audit', first: 0 });
});

test('who rewrites the whole log and signs it with the stolen key has no witness, and not the checkpoint of before', async () => {
  const cosigned = await log.pool.query<{ log: number; size: string; witness: string; line: string }>(
    'SELECT log, size, witness, line FROM seal.cosignature WHERE size = 600',
  );
  await log.as(log.superuserUrl, (client) =>
    client.query(`SET session_replication_role = replica;
      UPDATE registry.log_row SET caller = 'p-6666' WHERE id = ${ROW_OF(400)};
      TRUNCATE seal.leaf, seal.tile, seal.checkpoint, seal.cosignature;
      UPDATE seal.state SET size = 0, root = sha256(''), sealed_incarnation = 0, sealed_xid = '0', sealed_id = '00000000-0000-0000-0000-000000000000'`),
  );
  await write(100);
  await log.sealer.round(600);
  await log.seal();
  for (const { witness, line } of cosigned.rows)
    await log.pool.query(
      'INSERT INTO seal.cosignature (log, size, witness, line) SELECT log, size, $1, $2 FROM seal.checkpoint',
      [witness, line],
    );
  // What the witnesses cosigned is another note: their lines do not verify on this one.
  const { faults } = await verdictOn(auditor, { known: [kept] });
  expect(told(faults)).toEqual([['NOT_SIGNED'], ['NOT_CONSISTENT', 0, 600]]);
});
