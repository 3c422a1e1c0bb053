import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { leafOf, SALT_BYTES } from '../../../../schema/log/leaf.ts';
import { type LogRow, SEALED_COLUMNS, textsOf } from '../../../../test/setup/row-texts.ts';
import { type SealedLog, startSealedLog } from '../../../../test/setup/sealed-log.ts';

let log: SealedLog;
beforeAll(async () => {
  log = await startSealedLog();
}, 60_000);
afterAll(() => log.end());

const ids = (count: number) => Array.from({ length: count }, () => randomUUID());
const rowId = () => `${randomUUID().slice(0, 32)}0000`;

/** A row of three parts, of four units, in which no column is null but those of answers. */
const FULL = {
  ...{ id: rowId(), xid: '7', incarnation: 1, at: '2026-03-04T05:06:07.120+00:00', kind: 'DECISION' },
  ...{
    request_id: randomUUID(),
    operation_hash: 'ab',
    operation_name: 'list',
    caller: 'p-1',
    actor: 'system',
    agency: 3,
  },
  ...{ unknown_agency: 'x:y', roles: 5, action: 1, name: 'school', answer: randomUUID() },
  ...{
    leaf_from: '9007199254740991',
    leaf_until: 8,
    ground: 'Skäl',
    confirmed_by: 'p-2',
    erased_parts: '{[1,4),[6,9)}',
  },
  ...{ kind_category: [4, 5], kind_whereabouts: [false, true], kind_fields: ['date,agency', 'x'] },
  ...{ part_youth: ids(3), part_group: ids(3), part_programme: ids(3), part_consent: ids(3), part_version: [2, 1, 1] },
  ...{ part_protected: [true, false, false], part_assigned: [false, true, true], part_years: [5, 7, 5] },
  ...{ part_from: [1, 2, 4, 5], unit_part: [1, 2, 2, 3], unit_kind: [1, 1, 2, 2], unit_source: [2, 2, 9, 2] },
  ...{ unit_reason: ['NOT_ASSIGNED', 'CONSENT', 'EXPIRED', 'OWN'], unit_permitted: [false, true, false, true] },
  ...{ unit_grant: ids(4), unit_thing: ids(4), marks: [1, 2] },
};

/** A row of what became of four answers. */
const RECORDS = [
  { 'school.attendance': 3, 'school.a': 0, 'school.student-health': 12 },
  { b: [1, 2.5, 3, null, true, { z: 1, a: 'x', aa: -0.001 }], a: {}, c: [] },
  {},
  null,
];
const ANSWERS = {
  ...{ id: rowId(), xid: '8', incarnation: 1, at: '2026-03-04T05:06:08+00:00', kind: 'WITHHELD', name: 'school' },
  ...{ part_from: [1, 2, 3, 4, 5], answer_id: ids(4), answer_why: ['LATE', null, 'x"\\', 'å'] },
  ...{ answer_elapsed_ms: [12, 0, null, 3_000], answer_records: RECORDS },
};

const TEXTS = ['"\\/', '\b\f\n\r\t\u0001\u001f\u007f', 'åäö \u2028 \ud83d\ude00', '', "'; --", '{"a":1}', '\\u0041'];

const write = (rows: readonly object[]) =>
  log.as(log.owner, (client) =>
    client.query('INSERT INTO registry.log_row SELECT * FROM jsonb_populate_recordset(NULL::registry.log_row, $1)', [
      // PostgreSQL keeps a zero that JavaScript does not write.
      JSON.stringify(rows).replaceAll('2.5,', '2.50,'),
    ]),
  );

const fresh = (rows: readonly object[]) => rows.map((row) => ({ ...row, id: rowId() }));

test('PostgreSQL makes of a row the one text of its header and of each part, and the leaf of it, whatever is in it', async () => {
  const { rows: columns } = await log.pool.query<{ name: keyof typeof FULL; optional: boolean }>(
    `SELECT attname AS name, NOT attnotnull AS optional FROM pg_attribute
     WHERE attrelid = 'registry.log_row'::regclass AND attnum > 0 AND NOT attisdropped`,
  );
  // Every column is sealed, but what follows from the others.
  expect(columns.map(({ name }) => name).sort()).toEqual([...SEALED_COLUMNS, 'marks', 'unit_part'].sort());
  // A row that was asked for says so by all of these; its units make its parts.
  const kept = ['request_id', 'operation_hash', 'caller', 'roles', 'unit_part'];
  const optional = columns.filter(({ name, optional }) => optional && name in FULL && !kept.includes(name));
  const bare = { ...FULL, ...Object.fromEntries(optional.map(({ name }) => [name, null])) };
  const varied = [
    ...TEXTS.flatMap((text) => [
      { caller: text },
      { operation_name: text, unknown_agency: text, kind_fields: [text, 'y'], name: text, ground: text },
    ]),
    { at: '2026-03-04T05:06:07Z' },
    { at: '2026-03-04T05:06:07.000001+02:00' },
    {
      part_youth: [null, randomUUID(), null],
      unit_grant: [null, null, randomUUID(), null],
      part_version: [null, 1, null],
    },
    { unit_source: [null, 2, null, 3], unit_reason: [null, 'OWN', 'OWN', 'OWN'] },
  ];
  const written = [
    FULL,
    ...fresh(varied.map((change) => ({ ...FULL, ...change }))),
    ANSWERS,
    ...fresh([bare, ...optional.map(({ name }) => ({ ...bare, [name]: FULL[name] }))]),
  ];
  await write(written);
  await log.seal();
  const { rows } = await log.pool.query<{
    row: LogRow;
    header: string;
    parts: string[];
    salts: Buffer;
    content: Buffer;
  }>(
    `SELECT to_jsonb(r) AS row, t.header, t.parts, l.salts, l.content
     FROM seal.leaf l JOIN registry.log_row r ON r.id = l.row_id AND r.at = l.row_at CROSS JOIN LATERAL seal.texts_of(r) t`,
  );
  expect(rows).toHaveLength(written.length);
  const seen: string[] = [];
  for (const { row, header, parts, salts, content } of rows) {
    const texts = textsOf(row);
    expect({ header, parts }).toEqual(texts);
    const salt = (n: number) => salts.subarray(n * SALT_BYTES, (n + 1) * SALT_BYTES);
    expect(salts).toHaveLength((parts.length + 1) * SALT_BYTES);
    expect(content).toEqual(
      leafOf(
        { salt: salt(0), text: texts.header },
        texts.parts.map((text, index) => ({ salt: salt(index + 1), text })),
      ),
    );
    seen.push(...[texts.header, ...texts.parts].map((_, n) => salt(n).toString('hex')));
  }
  expect(new Set(seen).size).toBe(seen.length);
});
