import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type pg from 'pg';
import { parsePolicy } from '../../../../schema/log/policy.ts';
import { audit, erasureIn, TODAY } from '../../../../test/setup/audit-calls.ts';
import { ERASABLE, group, type OldLog, startOldLog, WITNESSES } from '../../../../test/setup/old-log.ts';
import { cosignLatest, policyOf } from '../../../../test/setup/witnesses.ts';
import { exportLog } from './export.ts';
import { ExportReader } from './exported.ts';
import type { Verdict } from './verdict.ts';
import { verifyExport } from './verify.ts';

/** The leaf of a call about fifty youths, of six years ago; and of whom the group has ended since. */
const LEAF = 18;
const YOUTHS = Array.from({ length: 50 }, () => randomUUID());
const ENDED = 17;
const CALL = `INSERT INTO registry.log_row (at, kind, request_id, operation_hash, caller, agency, roles, action, name, kind_category,
    kind_whereabouts, kind_fields, part_youth, part_group, part_from, unit_part, unit_kind, unit_source, unit_reason, marks)
  SELECT now() - 6 * interval '366 days', 'DECISION', gen_random_uuid(), 'x', 'p-1001', a.id, 1, 1, 'school', '{1,2}', '{false,false}',
    '{date,date}', $1, $2, ARRAY(SELECT (1 + 2 * n)::smallint FROM generate_series(0, 50) n),
    ARRAY(SELECT ((n + 1) / 2)::smallint FROM generate_series(1, 100) n),
    ARRAY(SELECT (1 + n % 2)::smallint FROM generate_series(1, 100) n), array_fill(a.id, ARRAY[100]),
    ARRAY(SELECT (CASE WHEN n % 2 = 0 THEN 'CONSENT' ELSE 'NOT_GRANTED' END)::registry.reason FROM generate_series(1, 100) n), '{1}'
  FROM registry.agency a WHERE a.code = 'social-services:a'`;

let log: OldLog;
let folder: string;
beforeAll(async () => {
  const groups = YOUTHS.map((_, index) => (index === ENDED - 1 ? group.ended : group.open));
  log = await startOldLog(({ as, owner }) => as(owner, (client) => client.query(CALL, [YOUTHS, groups])));
  folder = mkdtempSync(join(process.env.SAMSYN_TEST_RUN ?? tmpdir(), 'parts-'));
}, 60_000);
afterAll(() => log.end());

async function verdictOn(db: Pick<pg.Pool, 'query'>): Promise<Verdict> {
  const into = join(folder, randomUUID());
  await exportLog(db, { from: new Date('2000-01-01'), to: new Date('2100-01-01'), by: 'p-audit' }, into);
  return verifyExport(new ExportReader(into), {
    policy: parsePolicy(policyOf(log.keyPem, WITNESSES)),
    known: [log.kept],
    retentionYears: 5,
  });
}

const utc = (url: string) => `${url}?options=-c%20TimeZone%3DUTC`;
const verdict = () => log.as(utc(log.superuserUrl), verdictOn);
const told = ({ faults }: Verdict) => faults.map(({ kind, leaves, parts }) => [kind, leaves, parts]);

/** Exports after a superuser, whom no trigger stops, has done something; then it is undone. */
async function afterAttack(attack: string): Promise<unknown> {
  return log.as(utc(log.superuserUrl), async (client) => {
    await client.query('BEGIN');
    await client.query('SET LOCAL session_replication_role = replica');
    const { rowCount } = await client.query(attack);
    expect(rowCount).toBe(1);
    const found = told(await verdictOn(client));
    await client.query('ROLLBACK');
    return found;
  });
}

const ROW = `(SELECT row_id FROM seal.leaf WHERE index = ${LEAF})`;
const change = (set: string) => `UPDATE registry.log_row SET ${set} WHERE id = ${ROW}`;
const CHANGED = [
  ['CHANGED', [LEAF, LEAF + 1], null],
  ['OTHER_TREE', null, null],
];
const STOLEN = 30;

test.each([
  ['the caller of the call', "caller = 'p-6666'"],
  ['a field that was asked for', "kind_fields = '{date,place}'"],
  ['the youth of one part', 'part_youth[30] = gen_random_uuid()'],
  ['whether a youth had protected identity', 'part_protected[30] = true'],
  ['the reason of one unit', "unit_reason[60] = 'OWN'"],
  ['two parts, exchanged', 'part_youth[1] = part_youth[2], part_youth[2] = part_youth[1]'],
  ['where a part begins', 'part_from[2] = 4'],
  ['the last part, cut off', 'part_from = part_from[1:50], unit_part = unit_part[1:98]'],
  ['a part that was put in', `part_from = part_from || 102::smallint, unit_part = unit_part || 51::smallint`],
])('%s does not read as it was sealed', async (_, set) => {
  expect(await afterAttack(change(set))).toEqual(CHANGED);
});

const TAKE = change(
  `part_youth[${STOLEN}] = NULL, part_group[${STOLEN}] = NULL, unit_part[59] = NULL, unit_part[60] = NULL`,
);
const MISSING = [['MISSING', [LEAF, LEAF + 1], [STOLEN, STOLEN + 1]]];

test('a part that is taken away without an erasure is missed, with its salt or without', async () => {
  expect(await afterAttack(TAKE)).toEqual(MISSING);
  const both = `WITH taken AS (${TAKE}) UPDATE seal.leaf SET salts = overlay(salts placing decode(repeat('00', 16), 'hex')
    from ${STOLEN} * 16 + 1) WHERE index = ${LEAF}`;
  expect(await afterAttack(both)).toEqual(MISSING);
});

test('a part that is erased before its time is found out, whatever the erasure says', async () => {
  // The leaf behind the call was seen by no witness in time: nothing of it may go yet.
  const late = LEAF + 1;
  await log.as(log.superuserUrl, async (client) => {
    await client.query('SET session_replication_role = replica');
    await client.query(
      `INSERT INTO registry.log_row (kind, request_id, operation_hash, caller, roles, name, leaf_from, leaf_until, erased_parts, ground,
         confirmed_by, part_from, unit_part, unit_permitted)
       VALUES ('CHANGE', gen_random_uuid(), 'x', 'p-5001', 0, 'eraseEntries', $1::bigint, $1::bigint + 1,
         int8multirange(int8range($1::bigint * 65536 + 1, $1::bigint * 65536 + 2)), 'x', 'p-5002', '{1,2}', '{1}', '{true}')`,
      [late],
    );
  });
  await log.seal();
  await cosignLatest(log, WITNESSES);
  const take = `UPDATE registry.log_row SET unit_part = '{NULL}' WHERE id = (SELECT row_id FROM seal.leaf WHERE index = ${late})`;
  expect(await afterAttack(take)).toEqual([['ERASED_EARLY', [late, late + 1], [1, 2]]]);
});

async function erase(): Promise<string> {
  const said = await audit(log, 'erase', 'propose', '--until', TODAY, '--ground', 'Gallring', '--by', 'p-first');
  const done = await audit(log, 'erase', 'confirm', erasureIn(said), '--by', 'p-second');
  await log.sealAsOf(0);
  return done.text;
}

test('the one whose time has come is erased from a call about fifty, and every proof stays', async () => {
  const before = await log.pool.query('SELECT content, salts FROM seal.leaf WHERE index = $1', [LEAF]);
  expect(await erase()).toContain(`erased        ${ERASABLE.length + 1}, done`);
  const { erased, erasedParts, verified, verifiedParts, faults, size } = await verdict();
  const rows = size - ERASABLE.length;
  expect({ erased, erasedParts, verified, faults }).toEqual({
    erased: ERASABLE.length,
    erasedParts: ERASABLE.length + 1,
    verified: rows,
    faults: [],
  });
  expect(verifiedParts).toBe(rows - 1 + 49);
  const after = await log.pool.query(
    'SELECT l.content, l.salts, to_jsonb(r)::text AS row FROM seal.leaf l JOIN registry.log_row r ON r.id = l.row_id WHERE l.index = $1',
    [LEAF],
  );
  expect(after.rows[0].content).toEqual(before.rows[0].content);
  const salts = Buffer.from(before.rows[0].salts);
  salts.fill(0, ENDED * 16, (ENDED + 1) * 16);
  expect(after.rows[0].salts).toEqual(salts);
  expect(YOUTHS.filter((id) => !after.rows[0].row.includes(id))).toEqual([YOUTHS[ENDED - 1]]);
  expect(after.rows[0].row).not.toContain(group.ended);
  // The erasure is an entry that names this part alone: another one that is taken away is still missed.
  expect(await afterAttack(TAKE)).toEqual(MISSING);
});

test('with its last part the header goes, and the row', async () => {
  await log.as(log.superuserUrl, (client) =>
    client.query(`SET session_replication_role = replica; UPDATE registry.intervention_group
      SET ended_at = now() - interval '66 months', end_reason = 'GOALS_MET' WHERE id = '${group.open}'`),
  );
  // And the two rows that were kept for the same group: a read, a decision, and what became of it.
  expect(await erase()).toContain(`erased        ${49 + 3}, done`);
  const { erased, erasedParts, faults } = await verdict();
  expect({ erased, erasedParts, faults }).toEqual({
    erased: ERASABLE.length + 4,
    erasedParts: ERASABLE.length + 50 + 3,
    faults: [],
  });
  const { rows } = await log.pool.query('SELECT row_id, row_at, salts FROM seal.leaf WHERE index = $1', [LEAF]);
  expect(rows).toEqual([{ row_id: null, row_at: null, salts: null }]);
});
