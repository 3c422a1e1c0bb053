import { createHash, randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { seal } from './sealing.ts';
import { ago, ask, CALLERS, DAY, fieldOf, MINUTE, sharedRegistry, write } from './shared-registry.ts';

const START = ago(80);
const INTERVAL = { from: START.toISOString(), to: new Date(START.getTime() + 60 * MINUTE).toISOString() };
const SAMPLE = `query Sample($from: DateTime!, $to: DateTime!, $size: Int!, $seed: String) {
  reviewSample(from: $from, to: $to, size: $size, seed: $seed) { seed firstLeaf beyondLeaf draws entries { id } }
}`;
const RECORD = `mutation Record($input: RecordReviewInput!) { recordReview(input: $input) { id outcome } }`;

interface Sample {
  readonly seed: string;
  readonly firstLeaf: string;
  readonly beyondLeaf: string;
  readonly draws: number;
  readonly entries: readonly { readonly id: string }[];
}

let staff: string[];
let others: string[];
let own: string[];
/** The leaves that were sealed in the interval. */
let frame: { readonly first: number; readonly beyond: number };

beforeAll(async () => {
  const first = await seal();
  const many = (count: number, more: object) =>
    write(
      Array.from({ length: count }, (_, place) => ({
        at: new Date(START.getTime() + place * 1000),
        reason: 'OWN',
        ...more,
      })),
    );
  staff = await many(30, { source: 'school:skovde' });
  others = await many(10, { agency: 'police:nationell', source: 'school:skovde' });
  own = await many(5, { caller: CALLERS.schoolAuditor.subject });
  await many(5, { kind: 'READ', name: 'groups', reason: undefined });
  // Of another day, sealed in this interval, and of an answer.
  await write([
    { at: new Date(START.getTime() - MINUTE), reason: 'OWN', source: 'school:skovde' },
    { at: START, kind: 'RELEASED', answer: randomUUID(), name: 'school' },
  ]);
  frame = { first, beyond: await seal() };
  const { admin } = (await sharedRegistry()).database;
  const sealedAt = 'UPDATE seal.checkpoint SET sealed_at = $1 WHERE size';
  await admin.query(`${sealedAt} < $2`, [new Date(START.getTime() - DAY), first]);
  await admin.query(`${sealedAt} = $2`, [START, first]);
  await admin.query(`${sealedAt} > $2 AND size < $3`, [new Date(START.getTime() + MINUTE), first, frame.beyond]);
  await admin.query(`${sealedAt} = $2`, [INTERVAL.to, frame.beyond]);
});

const sample = (
  seed: string | null,
  size = 12,
  caller = CALLERS.schoolAuditor as (typeof CALLERS)[keyof typeof CALLERS],
) => fieldOf<Sample>(caller, 'reviewSample', SAMPLE, { ...INTERVAL, size, seed });

/** The lot of a draw: the leaf of the frame, and the number by which one of the units of its row is taken. */
function lotOf(seed: string, draw: number) {
  const hash = createHash('sha256').update(`${seed} ${draw}`).digest();
  return [frame.first + (hash.readUIntBE(0, 6) % (frame.beyond - frame.first)), hash.readUIntBE(6, 6)] as const;
}

test('a sample is drawn as anybody can draw it again from its seed and the sealed log', async () => {
  const { admin } = (await sharedRegistry()).database;
  const { rows } = await admin.query<{ index: number; units: string[] }>(
    `SELECT l.index::int AS index, array_agg(e.id ORDER BY e.id) AS units
     FROM seal.leaf l JOIN registry.entry e ON e.row_id = l.row_id GROUP BY l.index`,
  );
  const unitsOf = new Map(rows.map(({ index, units }) => [index, units]));
  const mayBeDrawn = new Set([...staff, ...others]);
  const expected = new Set<string>();
  let draws = 0;
  while (expected.size < 12) {
    const [leaf, pick] = lotOf('november-1', draws);
    const units = unitsOf.get(leaf) ?? [];
    const unit = units[pick % units.length] ?? '';
    if (mayBeDrawn.has(unit)) expected.add(unit);
    draws += 1;
  }
  const drawn = await sample('november-1');
  expect(drawn).toEqual({
    seed: 'november-1',
    firstLeaf: String(frame.first),
    beyondLeaf: String(frame.beyond),
    draws,
    entries: [...expected].map((id) => ({ id })),
  });
  expect((await sample('november-2')).entries).not.toEqual(drawn.entries);
});

test('whoever may read less of the frame than was asked for gets all of it, each once', async () => {
  const { entries, draws } = await sample('november-1', 200);
  expect([entries.map(({ id }) => id).sort(), draws]).toEqual([[...staff, ...others].sort(), 20_000]);
});

test('a seed that the hub made draws the same again, and stands in the entry of the read', async () => {
  const { data, requestId } = await ask(CALLERS.hubAuditor, SAMPLE, { ...INTERVAL, size: 3 });
  const first = data?.reviewSample as Sample;
  expect(await sample(first.seed, 3, CALLERS.hubAuditor)).toEqual(first);
  const { database } = await sharedRegistry();
  const { rows } = await database.admin.query('SELECT name, fields FROM registry.entry WHERE request_id = $1', [
    requestId,
  ]);
  const how = `seed:${first.seed},size:3,from:${INTERVAL.from},to:${INTERVAL.to}`;
  expect(rows).toEqual([{ name: 'reviewSample', fields: how }]);
});

const faults: Readonly<Record<string, readonly [object, string]>> = {
  'ends ahead': [{ to: new Date(Date.now() + MINUTE).toISOString(), from: ago(1).toISOString() }, 'to'],
  'is of more than 31 days': [{ from: new Date(START.getTime() - 32 * DAY).toISOString() }, 'from'],
  'has no size': [{ size: 0 }, 'size'],
  'has a seed that the log would not keep whole': [{ seed: 'a,b' }, 'seed'],
  'has a personal identity number for its seed': [{ seed: '20100101-2382' }, 'seed'],
};

test.each(Object.keys(faults))('a sample that %s is refused', async (name) => {
  const [fault, field] = faults[name] ?? [{}, ''];
  const { errors } = await ask(CALLERS.hubAuditor, SAMPLE, { ...INTERVAL, size: 3, ...fault });
  expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_USER_INPUT', field }]);
});

const NOTE = 'Asked the unit: the reads belong to the follow-up.';
const record = (
  caller: (typeof CALLERS)[keyof typeof CALLERS],
  entryIds: readonly (string | undefined)[],
  more: object = {},
) =>
  ask(caller, RECORD, { input: { entryIds, outcome: 'JUSTIFIED', note: NOTE, idempotencyKey: randomUUID(), ...more } });

test('what came out of a review is recorded once, with its entries and an entry of its own', async () => {
  const key = { idempotencyKey: 'review-1', seed: 'november-1' };
  const entries = staff.slice(0, 2);
  const first = await record(CALLERS.schoolAuditor, entries, key);
  const again = await record(CALLERS.schoolAuditor, entries, key);
  const receipt = first.data?.recordReview as { id: string };
  expect([first.errors, receipt, again.data?.recordReview]).toEqual([
    [],
    { id: expect.any(String), outcome: 'CREATED' },
    receipt,
  ]);
  const { database } = await sharedRegistry();
  const { rows } = await database.admin.query(
    `SELECT r.outcome, r.note, r.seed, r.recorded_by, a.code, array_agg(e.entry ORDER BY e.entry) AS entries
     FROM registry.review r JOIN registry.agency a ON a.id = r.agency JOIN registry.review_entry e ON e.review = r.id
     WHERE r.recorded_by = 'p-3901' GROUP BY r.id, a.code`,
  );
  const by = { recorded_by: 'p-3901', code: 'school:skovde' };
  expect(rows).toEqual([{ outcome: 'JUSTIFIED', note: NOTE, seed: 'november-1', ...by, entries: [...entries].sort() }]);
  const written = await database.admin.query(
    'SELECT kind, name, thing FROM registry.entry WHERE request_id = $1 AND thing IS NOT NULL',
    [first.requestId],
  );
  expect(written.rows).toEqual([{ kind: 'CHANGE', name: 'recordReview', thing: receipt.id }]);
});

test('an auditor reviews what the auditor may read, a manager the own staff; nobody themselves, or what is not there', async () => {
  const codes = async (...asked: Parameters<typeof record>) =>
    (await record(...asked)).errors.map(({ extensions }) => extensions?.code);
  expect(await codes(CALLERS.schoolAuditor, [others[0]])).toEqual([]);
  expect(await codes(CALLERS.schoolManager, [staff[0]])).toEqual([]);
  expect(await codes(CALLERS.hubAuditor, [own[0], others[1]])).toEqual([]);
  for (const [caller, ids] of [
    [CALLERS.schoolManager, [others[0]]],
    [CALLERS.schoolManager, [staff[0], others[0]]],
    [CALLERS.schoolAuditor, [own[0]]],
    [CALLERS.hubAuditor, [randomUUID()]],
    [CALLERS.mixedAuditor, [staff[0]]],
    [CALLERS.caseworker, [staff[0]]],
  ] as const) {
    expect(await codes(caller, ids)).toEqual(['FORBIDDEN']);
  }
});

test('a note holds no personal identity number', async () => {
  const { errors, text } = await record(CALLERS.schoolAuditor, [staff[0]], {
    note: 'About 20100101-2382 of the school.',
  });
  expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_USER_INPUT', field: 'input.note' }]);
  expect(text).not.toContain('2382');
});
