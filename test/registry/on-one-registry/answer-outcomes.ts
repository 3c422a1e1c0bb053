import { describe, expect, test } from '@jest/globals';
import { authorizeLogin, folderNamed, ownerLogin } from '../../../chassis/folders.ts';
import { sharedRegistry } from './shared-registry.ts';

const OWNER = ownerLogin(folderNamed('registry')).variable;
const SCHOOL = authorizeLogin(folderNamed('school')).variable;

describe('the outcome of an answer', () => {
  const [answer, other] = ['7d4b1f5e-0000-4000-8000-000000000001', '7d4b1f5e-0000-4000-8000-000000000003'];
  const became = (outcome: string, more: object = {}) => ({
    outcome,
    answer,
    why: null,
    elapsed_ms: 17,
    records: { 'school.attendance': 2 },
    ...more,
  });
  const empty = Array.from({ length: 16 }, () => `'{}'`).join();
  const asking = (outcomes: readonly object[]) => ({
    text: `SELECT * FROM registry.authorize(${empty}, '{}', $1)`,
    values: [JSON.stringify(outcomes)],
  });

  test('is of the sector that is logged in, a row for all that came to the same', async () => {
    const { database } = await sharedRegistry();
    await database.as(database.urls[SCHOOL], async (client) => {
      await client.query(
        asking([
          became('RELEASED'),
          became('WITHHELD', { why: 'DEADLINE' }),
          became('LATE'),
          became('RELEASED', { answer: other, elapsed_ms: 18, records: {} }),
        ]),
      );
    });
    const { rows } = await database.as(database.urls[OWNER], (client) =>
      client.query(
        `SELECT o.kind, o.name, o.answer, o.why, o.elapsed_ms, o.records,
          count(*) OVER (PARTITION BY o.row_id)::int AS answers, r.part_from, r.caller
         FROM registry.answer_outcome o JOIN registry.log_row r ON r.id = o.row_id
         WHERE o.answer = ANY ($1) ORDER BY o.kind DESC, o.answer`,
        [[answer, other]],
      ),
    );
    const records = { 'school.attendance': 2 };
    const row = {
      name: 'school',
      answer,
      why: null,
      elapsed_ms: 17,
      records,
      answers: 1,
      part_from: [1, 2],
      caller: null,
    };
    expect(rows).toEqual([
      { ...row, kind: 'WITHHELD', why: 'DEADLINE' },
      { ...row, kind: 'RELEASED', answers: 2, part_from: [1, 2, 3] },
      { ...row, kind: 'RELEASED', answers: 2, part_from: [1, 2, 3], answer: other, elapsed_ms: 18, records: {} },
      { ...row, kind: 'LATE' },
    ]);
  });

  test('is always RELEASED, WITHHELD or LATE', async () => {
    const { database } = await sharedRegistry();
    await database.as(database.urls[SCHOOL], async (client) => {
      for (const kind of ['DECISION', 'CHANGE', 'READ', 'OTHER', '']) {
        await expect(client.query(asking([became(kind)]))).rejects.toThrow(/null value in column "kind"/);
      }
    });
  });
});
