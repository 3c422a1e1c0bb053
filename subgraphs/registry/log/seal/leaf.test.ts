import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { canonicalText, type EntryContent, leafOf } from '../../../../schema/log/leaf.ts';
import { type SealedLog, startSealedLog } from '../../../../test/setup/sealed-log.ts';

let log: SealedLog;
beforeAll(async () => {
  log = await startSealedLog();
}, 60_000);
afterAll(() => log.end());

/** An entry in which no column is null. */
const FULL = {
  ...{
    id: randomUUID(),
    xid: '7',
    incarnation: 1,
    at: '2026-03-04T05:06:07.120+00:00',
    kind: 'DECISION',
    permitted: false,
  },
  ...{
    request_id: randomUUID(),
    operation_hash: 'ab',
    operation_name: 'list',
    caller: 'p-1',
    actor: 'system',
    agency: 3,
  },
  ...{ unknown_agency: 'x:y', roles: 5, action: 1, youth: randomUUID(), protected: true, source: 2, category: 4 },
  ...{ whereabouts: false, fields: 'date,agency', reason: 'NOT_ASSIGNED', assigned: true, group_id: randomUUID() },
  ...{ programme: randomUUID(), consent: randomUUID(), consent_version: 2, consent_grant: randomUUID(), name: 'group' },
  ...{
    thing: randomUUID(),
    answer: randomUUID(),
    why: 'LATE',
    elapsed_ms: 12,
    records: {},
    leaf_from: '9007199254740991',
  },
  ...{ leaf_until: 8, ground: 'Skäl', confirmed_by: 'p-2', leaves: '{[1,4),[6,9)}', retention_years: 7 },
};

const TEXTS = ['"\\/', '\b\f\n\r\t\u0001\u001f\u007f', 'åäö \u2028 \ud83d\ude00', '', "'; --", '{"a":1}', '\\u0041'];

const RECORDS = [
  { 'school.attendance': 3, 'school.a': 0, 'school.student-health': 12 },
  { b: [1, 2.5, 3, null, true, { z: 1, a: 'x', aa: -0.001 }], a: {}, c: [] },
  {},
  null,
];

const write = (rows: readonly object[]) =>
  log.as(log.owner, (client) =>
    client.query('INSERT INTO registry.entry SELECT * FROM jsonb_populate_recordset(NULL::registry.entry, $1)', [
      // PostgreSQL keeps a zero that JavaScript does not write.
      JSON.stringify(rows).replaceAll('2.5,', '2.50,'),
    ]),
  );

test('PostgreSQL makes of an entry the one text, and the leaf of it, whatever is in it', async () => {
  const varied = [
    ...TEXTS.flatMap((text) => [
      { caller: text },
      { operation_name: text, unknown_agency: text, fields: text, name: text, why: text, ground: text },
    ]),
    ...RECORDS.map((records) => ({ records })),
    { at: '2026-03-04T05:06:07Z' },
    { at: '2026-03-04T05:06:07.000001+02:00' },
  ];
  await write([FULL, ...varied.map((change) => ({ ...FULL, ...change, id: randomUUID() }))]);
  // Of columns that may be null, none but one.
  const { rows: columns } = await log.pool.query<{ name: keyof typeof FULL; optional: boolean }>(
    `SELECT attname AS name, NOT attnotnull AS optional FROM pg_attribute
     WHERE attrelid = 'registry.entry'::regclass AND attnum > 0 AND NOT attisdropped`,
  );
  expect(columns.map(({ name }) => name).sort()).toEqual(Object.keys(FULL).sort());
  const optional = columns.filter((column) => column.optional).map(({ name }) => [name, null]);
  const bare = { ...FULL, ...Object.fromEntries(optional) };
  await write(
    [
      bare,
      ...optional.map(([name]) => ({ ...bare, [String(name)]: FULL[name as keyof typeof FULL], id: randomUUID() })),
    ].map((row) => ({ ...row, id: randomUUID() })),
  );

  await log.seal();
  const { rows } = await log.pool.query<{ entry: EntryContent; text: string; salt: Buffer; content: Buffer }>(
    `SELECT to_jsonb(e) AS entry, seal.text(e) AS text, l.salt, l.content
     FROM seal.leaf l JOIN registry.entry e ON e.id = l.entry AND e.at = l.entry_at`,
  );
  expect(rows).toHaveLength(1 + varied.length + 1 + optional.length);
  for (const { entry, text, salt, content } of rows) {
    expect(text).toBe(canonicalText(entry));
    expect(content).toEqual(leafOf(entry, salt));
  }
  expect(new Set(rows.map(({ salt }) => salt.toString('hex'))).size).toBe(rows.length);
});
