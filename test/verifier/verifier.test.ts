import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type pg from 'pg';
import { newKeyPair } from '../../process/key-pair.ts';
import { parsePolicy } from '../../schema/log/policy.ts';
import { exportLog } from '../../subgraphs/registry/log/audit/export.ts';
import { ExportReader } from '../../subgraphs/registry/log/audit/exported.ts';
import { verifyExport } from '../../subgraphs/registry/log/audit/verify.ts';
import { audit, erasureIn, TODAY } from '../setup/audit-calls.ts';
import { group, type OldLog, startOldLog, WITNESSES } from '../setup/old-log.ts';
import { policyOf, testWitness } from '../setup/witnesses.ts';

const VERIFIER = fileURLToPath(new URL('verify.py', import.meta.url));
const { status, stdout } = spawnSync('python3', ['-c', 'import cryptography, sys; print(sys.version_info >= (3, 11))']);
const isThere = status === 0 && String(stdout).trim() === 'True';
if (!isThere)
  process.stderr.write('The second verifier is not tested: it takes python3, 3.11 or later, with cryptography.\n');
const testInPython = isThere ? test : test.skip;

/** A call about three youths, one of whose groups has ended long ago. */
const CALL = `INSERT INTO registry.log_row (at, kind, request_id, operation_hash, caller, agency, roles, action, name, kind_category,
    kind_whereabouts, kind_fields, part_youth, part_group, part_from, unit_part, unit_kind, unit_source, unit_reason, marks)
  SELECT now() - 6 * interval '366 days', 'DECISION', gen_random_uuid(), 'x', 'p-1001 "å" \\', a.id, 1, 1, 'school', '{1}', '{false}',
    '{date}', ARRAY[gen_random_uuid(), gen_random_uuid(), gen_random_uuid()], $1, '{1,2,3,4}', '{1,2,3}', '{1,1,1}',
    array_fill(a.id, ARRAY[3]), '{CONSENT,CONSENT,NOT_GRANTED}', '{1}'
  FROM registry.agency a WHERE a.code = 'social-services:a'`;
/** Its leaf. */
const LEAF = 18;

let log: OldLog;
let folder: string;
let policy: string;
let known: string;

beforeAll(async () => {
  log = await startOldLog(({ as, owner }) =>
    as(owner, (client) => client.query(CALL, [[group.open, group.ended, group.open]])),
  );
  const said = await audit(log, 'erase', 'propose', '--until', TODAY, '--ground', 'Gallring', '--by', 'p-first');
  await audit(log, 'erase', 'confirm', erasureIn(said), '--by', 'p-second');
  await log.sealAsOf(0);
  folder = mkdtempSync(join(process.env.SAMSYN_TEST_RUN ?? tmpdir(), 'verifier-'));
  policy = join(folder, 'policy');
  writeFileSync(policy, policyOf(log.keyPem, WITNESSES));
  known = join(folder, 'known');
  writeFileSync(known, log.kept);
}, 60_000);
afterAll(() => log.end());

let made = 0;
async function exported(db: Pick<pg.Pool, 'query'>): Promise<string> {
  made += 1;
  const into = join(folder, `export-${made}`);
  await exportLog(db, { from: new Date('2000-01-01'), to: new Date('2100-01-01'), by: 'p-audit' }, into);
  return into;
}

/** The faults that either verifier finds in an export, each with the leaves that it is about. */
async function found(
  into: string,
  by = policy,
  kept = [known],
): Promise<{ ours: string[]; other: string[]; code: number | null }> {
  const texts = kept.map((file) => readFileSync(file, 'utf8'));
  const reading = { policy: parsePolicy(readFileSync(by, 'utf8')), known: texts, retentionYears: 5 };
  const { faults } = await verifyExport(new ExportReader(into), reading);
  const { status: code, stdout: said } = spawnSync('python3', [VERIFIER, into, '--policy', by, '--known', ...kept], {
    encoding: 'utf8',
  });
  const ours = faults.map(({ kind, leaves }) => [kind, ...(leaves ?? [])].join(' '));
  const other = said.trim().split('\n');
  return { ours: ours.sort(), other: other.sort(), code };
}

const onDatabase = <T>(work: (client: pg.Client) => Promise<T>) =>
  log.as(`${log.superuserUrl}?options=-c%20TimeZone%3DUTC`, work);

testInPython('a log of years with erased rows and an erased part verifies by both', async () => {
  const into = await onDatabase(exported);
  expect(readFileSync(join(into, 'entries.jsonl'), 'utf8').split('\n')[LEAF]).toContain('"},"');
  expect(await found(into)).toEqual({ ours: [], other: ['The log stands.'], code: 0 });
});

const ROW = (leaf: number) => `(SELECT row_id FROM seal.leaf WHERE index = ${leaf})`;
const early = LEAF + 1;

testInPython.each([
  ['an edited header', `UPDATE registry.log_row SET caller = 'p-6666' WHERE id = ${ROW(LEAF)}`],
  ['an edited part', `UPDATE registry.log_row SET part_youth[1] = gen_random_uuid() WHERE id = ${ROW(LEAF)}`],
  ['a part taken away', `UPDATE registry.log_row SET unit_part[1] = NULL WHERE id = ${ROW(LEAF)}`],
  ['a row taken away', `DELETE FROM registry.log_row WHERE id = ${ROW(LEAF)}`],
  ['a row and its leaf taken away', `DELETE FROM seal.leaf WHERE index = ${early}`],
  [
    'another leaf',
    `UPDATE seal.leaf SET content = overlay(content placing '\\x07' from 5), row_id = NULL, row_at = NULL, salts = NULL WHERE index = 11`,
  ],
  ['another tile', `UPDATE seal.tile SET hashes = overlay(hashes placing sha256('x') from 33) WHERE level = 0`],
  [
    'a row put in',
    `INSERT INTO registry.log_row (xid, kind, request_id, operation_hash, caller, roles, part_from, unit_part)
     SELECT xid, 'READ', gen_random_uuid(), 'x', 'p', 1, '{1,2}', '{1}' FROM registry.log_row WHERE id = ${ROW(LEAF)}`,
  ],
  [
    'the latest rows cut off',
    `WITH a AS (DELETE FROM seal.leaf WHERE index >= 19), b AS (DELETE FROM seal.checkpoint WHERE size > 19)
     UPDATE seal.state SET size = 19, sealed_id = ${ROW(LEAF)}`,
  ],
])('both find %s, alike', async (_, attack) => {
  await onDatabase(async (client) => {
    await client.query('BEGIN');
    await client.query('SET LOCAL session_replication_role = replica');
    expect((await client.query(attack)).rowCount).toBeGreaterThan(0);
    const { ours, other, code } = await found(await exported(client));
    await client.query('ROLLBACK');
    expect(ours.length).toBeGreaterThan(0);
    expect({ other, code }).toEqual({ other: ours, code: 1 });
  });
});

testInPython('both find an erasure before its time, and one that nobody else confirmed', async () => {
  await onDatabase(async (client) => {
    await client.query('SET session_replication_role = replica');
    for (const [leaf, confirmer] of [
      [early, 'p-2'],
      [LEAF, 'p-1'],
    ])
      await client.query(
        `INSERT INTO registry.log_row (kind, request_id, operation_hash, caller, roles, name, leaf_from, leaf_until, erased_parts,
           ground, confirmed_by, part_from, unit_part, unit_permitted)
         VALUES ('CHANGE', gen_random_uuid(), 'x', 'p-1', 0, 'eraseEntries', $1::bigint, $1::bigint + 1,
           int8multirange(int8range($1::bigint * 65536 + 1, $1::bigint * 65536 + 2)), 'x', $2, '{1,2}', '{1}', '{true}')`,
        [leaf, confirmer],
      );
    await client.query(`UPDATE registry.log_row SET unit_part[1] = NULL WHERE id IN (${ROW(early)}, ${ROW(LEAF)})`);
  });
  await log.sealAsOf(0);
  const { ours, other, code } = await found(await onDatabase(exported));
  expect(ours).toEqual([`ERASED_EARLY ${early} ${early + 1}`, `ERASED_UNCONFIRMED ${LEAF} ${LEAF + 1}`]);
  expect({ other, code }).toEqual({ other: ours, code: 1 });
});

testInPython('both find another log key, witnesses that have not seen it, and other dictionaries', async () => {
  const into = await onDatabase(exported);
  const copied = join(folder, 'copied');
  cpSync(into, copied, { recursive: true });
  appendFileSync(join(copied, 'dictionaries.json'), ' ');
  const [stranger, unseen] = [join(folder, 'stranger'), join(folder, 'unseen')];
  writeFileSync(stranger, policyOf(newKeyPair().privateKey, WITNESSES));
  writeFileSync(unseen, policyOf(log.keyPem, ['north', 'south', 'west'].map(testWitness)));
  for (const [of, by, kind] of [
    [into, stranger, 'NOT_SIGNED'],
    [into, unseen, 'NO_QUORUM'],
    [copied, policy, 'OTHER_DICTIONARIES'],
  ] as const) {
    const { ours, other, code } = await found(of, by, []);
    expect(ours).toContain(kind);
    expect({ other, code }).toEqual({ other: ours, code: 1 });
  }
});
