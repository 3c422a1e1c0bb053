import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type pg from 'pg';
import { pino } from 'pino';
import { BEGIN, NOW, PERSONS, type RandomLog, SYSTEMS, startRandomLog } from '../../test/setup/random-log.ts';
import { authorizeLogin, folderNamed, sealerLogin } from '../folders.ts';
import { AccessLogFilter, Decision, Disclosure } from './access-log.ts';
import type { Reading } from './access-reader.ts';
import { reviewQuery } from './access-review.ts';
import { AccessReviewKind } from './access-review-rules.ts';
import { AccessDimension, type AccessSummaryRow, summaryQuery, sumsOf } from './access-summary.ts';
import { type Spans, spansQuery } from './access-sums.ts';
import { EntryKind, Reason } from './entry.ts';
import { keepSummed } from './seal/summing.ts';

let log: RandomLog;
let admin: pg.Client;

beforeAll(async () => {
  log = await startRandomLog();
  admin = log.admin;
}, 60_000);
afterAll(() => log.end());

async function sumAll(most: number): Promise<void> {
  while ((await log.sum(most)) > 0) {
    // On to the next batch.
  }
}

const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
const some = <T>(of: readonly T[]) => seldom(fc.constantFrom(...of));
const instant = fc.oneof(
  fc.integer({ min: Date.parse(BEGIN), max: Date.parse(NOW) + 100_000 }).map((ms) => new Date(ms)),
  fc
    .constantFrom('2026-08-31T22:00:00Z', '2026-09-30T22:00:00Z', '2026-10-31T23:00:00Z', '2026-10-25T01:00:00Z', NOW)
    .map((text) => new Date(text)),
);

interface Ask {
  readonly filter: AccessLogFilter;
  readonly reading: Reading;
  readonly groupBy: readonly AccessDimension[];
}

/** Any summary that any reader may ask for. */
const asks: fc.Arbitrary<Ask> = fc
  .record({
    interval: fc.tuple(instant, instant).map((both) => both.toSorted((a, b) => a.getTime() - b.getTime())),
    groupBy: fc.subarray(Object.values(AccessDimension), { minLength: 1, maxLength: 3 }),
    // A person's token, a system's for a person, and a system's own.
    names: fc.oneof(
      fc.constantFrom(...PERSONS, 'p-none').map((name) => [name]),
      fc.tuple(fc.constantFrom(...PERSONS), fc.constantFrom(...SYSTEMS)).map((both) => [...both]),
      fc.constantFrom(...SYSTEMS).map((name) => [name]),
    ),
    scope: fc.option(fc.integer({ min: 1001, max: 1004 }), { nil: null }),
    source: some([1001, 1002, -1]),
    recipient: some([1001, 1003]),
    category: seldom(fc.integer({ min: 1, max: 12 })),
    decision: some(Object.values(Decision)),
    reason: some([Reason.NO_SEAT, Reason.CONSENT, Reason.OWN]),
    disclosure: some(Object.values(Disclosure)),
    kind: some([EntryKind.DECISION, EntryKind.RELEASED, EntryKind.READ]),
    caller: some([...PERSONS, ...SYSTEMS]),
    operation: some(['named', '1'.repeat(64)]),
  })
  .map(({ interval: [from, to], groupBy, names, scope, source, recipient, category, ...filter }) => ({
    filter: Object.assign(new AccessLogFilter(), { from, to, ...filter }),
    reading: { names, scope, source, recipient, category, groupYouth: null, consentYouth: null },
    groupBy,
  }));

let fromSums = 0;

async function answers({ filter, reading, groupBy }: Ask): Promise<{ summed: unknown; counted: unknown }> {
  const client = admin;
  const spans = (await client.query<Spans>(spansQuery(filter))).rows[0];
  const sums = spans === undefined ? null : sumsOf(filter, groupBy, reading, spans);
  if (sums !== null) fromSums += 1;
  const rowsOf = async (asked: ReturnType<typeof summaryQuery>) =>
    (await client.query<AccessSummaryRow>(asked)).rows.map((row) => JSON.stringify(row)).sort();
  return {
    summed: await rowsOf(summaryQuery(filter, groupBy, reading, sums)),
    counted: await rowsOf(summaryQuery(filter, groupBy, reading)),
  };
}

/** The reviews, with the help of sums and without it: the findings, in their order. */
async function reviews({ filter, reading }: Ask, kind: AccessReviewKind, first: number): Promise<unknown[][]> {
  const found: unknown[][] = [];
  for (const bySums of [true, false]) {
    found.push((await admin.query<object>(reviewQuery(kind, filter, reading, first, bySums))).rows);
  }
  return found;
}

let findings = 0;

async function compareReviews(numRuns: number): Promise<void> {
  const kinds = fc.constantFrom(...Object.values(AccessReviewKind));
  await fc.assert(
    fc.asyncProperty(asks, kinds, fc.integer({ min: 1, max: 20 }), async (asked, kind, first) => {
      const [summed, counted] = await reviews(asked, kind, first);
      findings += counted?.length ?? 0;
      expect(summed).toEqual(counted);
    }),
    { numRuns },
  );
}

async function compare(numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(asks, async (asked) => {
      const { summed, counted } = await answers(asked);
      expect(summed).toEqual(counted);
    }),
    { numRuns },
  );
}

test('with sums, summaries and reviews tell what the log alone tells, whoever asks for whatever, at any time', async () => {
  for (const round of [1, 2, 3, 4]) {
    await log.write(250);
    await log.seal();
    await log.sum(400);
    await compare(40);
    await compareReviews(40);
    await log.sum(900);
    await log.tellLater(20);
    await log.seal();
    await log.tellLater(10);
    await compare(40);
    if (round > 1) await log.erase(0.15);
    await compare(40);
    await compareReviews(40);
  }
  expect(fromSums).toBeGreaterThan(60);
  expect(findings).toBeGreaterThan(60);
}, 120_000);

/** The log's relations that a statement's plan reads from end to end, though the planner avoids it where it can. */
async function wholeReads({ text, values }: { text: string; values: unknown[] }): Promise<unknown[]> {
  await admin.query('SET enable_seqscan = off');
  const { rows } = await admin.query<{ 'QUERY PLAN': unknown }>(`EXPLAIN (FORMAT JSON) ${text}`, values);
  await admin.query('RESET enable_seqscan');
  return [...JSON.stringify(rows[0]?.['QUERY PLAN']).matchAll(/Seq Scan"[^{}]*"Relation Name":"(entry[^"]*)"/g)].map(
    ([, relation]) => relation,
  );
}

test('no review, and no summary that sums can answer, needs the whole log: each has an index', async () => {
  const filter = Object.assign(new AccessLogFilter(), { from: new Date(BEGIN), to: new Date(NOW) });
  const reading: Reading = {
    names: ['p-1', 's-1'],
    scope: 1001,
    source: null,
    recipient: null,
    category: null,
    groupYouth: null,
    consentYouth: null,
  };
  for (const kind of Object.values(AccessReviewKind)) {
    expect([kind, await wholeReads(reviewQuery(kind, filter, reading, 50, true))]).toEqual([kind, []]);
  }
  const spans = (await admin.query<Spans>(spansQuery(filter))).rows[0];
  for (const dimension of [AccessDimension.CATEGORY, AccessDimension.DISCLOSURE, AccessDimension.MONTH]) {
    const sums = spans === undefined ? null : sumsOf(filter, [dimension], reading, spans);
    expect(sums).not.toBeNull();
    expect([dimension, await wholeReads(summaryQuery(filter, [dimension], reading, sums))]).toEqual([dimension, []]);
  }
});

test('nobody but the registry’s process reads sums, nobody writes them, and only who seals has them made', async () => {
  const { runtime, urls } = log;
  const logins = {
    registry: runtime,
    sector: urls[authorizeLogin(folderNamed('school')).variable],
    sealer: urls[sealerLogin().variable],
    auditor: urls.SAMSYN_REGISTRY_AUDITOR_URL,
    eraser: urls.SAMSYN_REGISTRY_ERASER_URL,
  };
  const may: string[] = [];
  for (const [who, url] of Object.entries(logins)) {
    for (const attempt of [
      'SELECT FROM registry.sum',
      'SELECT FROM registry.sum_k',
      'SELECT FROM registry.sum_cell',
      'SELECT FROM registry.sum_caller_hour',
      'SELECT registry.sum_sealed(1)',
      'SELECT registry.add_sums(NULL)',
      'DELETE FROM registry.sum',
      "UPDATE registry.sum_cell SET kind = 'x'",
      'UPDATE registry.summed SET of_incarnation = 2',
      "INSERT INTO registry.sum_consent VALUES (gen_random_uuid(), 1, '2026-01-01')",
    ]) {
      await log
        .as(url, (client) => client.query(attempt))
        .then(
          () => may.push(`${who}: ${attempt}`),
          (cause: Error) => expect(cause.message).toMatch('permission denied'),
        );
    }
  }
  expect(may).toEqual([
    'registry: SELECT FROM registry.sum',
    'registry: SELECT FROM registry.sum_cell',
    'registry: SELECT FROM registry.sum_caller_hour',
    'sealer: SELECT registry.sum_sealed(1)',
  ]);
});

const ALL = `
  SELECT c.key, s.grain, s.starts_at, s.entries FROM registry.sum s JOIN registry.sum_cell c ON c.way = s.way AND c.id = s.cell ORDER BY 1, 2, 3`;

test('sums are the same in whatever batches they were made, and after whatever was erased', async () => {
  await log.seal();
  await sumAll(333);
  const { rows: before } = await admin.query(ALL);
  expect(before.length).toBeGreaterThan(500);
  await admin.query('UPDATE registry.summed SET of_incarnation = 0');
  await sumAll(100_000);
  expect((await admin.query(ALL)).rows).toEqual(before);
}, 60_000);

test('the process that seals sums what is sealed', async () => {
  await log.write(20);
  await log.seal();
  const ended = new AbortController();
  const summing = keepSummed(log.pool, pino({ level: 'silent' }), ended);
  ended.abort();
  await summing;
  expect(await log.sum(1)).toBe(0);
});

test('a log that was reconciled is counted row by row until it is summed anew', async () => {
  await log.write(30);
  await admin.query(`
    UPDATE seal.state SET incarnation = 2, sweeping = true, sealed_incarnation = 2, sealed_xid = '0',
      sealed_id = '00000000-0000-0000-0000-000000000000';
    ALTER TABLE registry.entry ALTER COLUMN incarnation SET DEFAULT 2`);
  await log.write(30);
  await compare(10);
  expect(await log.sum(100)).toBe(0);
  await log.seal();
  await compare(10);
  await log.sum(500);
  const used = fromSums;
  await compare(40);
  expect(fromSums).toBeGreaterThan(used);
}, 60_000);

test('of entries that are all erased nothing is left in the sums', async () => {
  await sumAll(1000);
  await log.erase(2);
  for (const table of ['sum', 'sum_cell', 'sum_answer', 'sum_caller_hour', 'sum_consent'])
    expect((await admin.query(`SELECT FROM registry.${table}`)).rowCount).toBe(0);
});
