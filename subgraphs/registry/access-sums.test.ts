import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { type SealedLog, startSealedLog } from '../../test/setup/sealed-log.ts';
import { AccessLogFilter, Decision, Disclosure } from './access-log.ts';
import type { Reading } from './access-reader.ts';
import { reviewQuery } from './access-review.ts';
import { AccessReviewKind } from './access-review-rules.ts';
import { AccessDimension, type AccessSummaryRow, summaryQuery, sumsOf } from './access-summary.ts';
import { type Spans, spansQuery } from './access-sums.ts';
import { EntryKind, Reason } from './entry.ts';

/** The clock stands still: both ways of counting are asked at the same instant. Ten seconds before it is another hour. */
const NOW = '2026-11-03T09:00:05Z';
const BEGIN = '2026-08-20T00:00:00Z';
const PERSONS = ['p-1', 'p-2', 'p-3', 'p-4'];
const SYSTEMS = ['s-1', 's-2'];
const AGENCIES = 4;

let log: SealedLog;
let admin: pg.Client;

beforeAll(async () => {
  log = await startSealedLog();
  admin = new pg.Client({ connectionString: log.superuserUrl });
  await admin.connect();
  await admin.query(`
    CREATE OR REPLACE FUNCTION registry.clock() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT '${NOW}'::timestamptz $$;
    INSERT INTO registry.agency (id, code, name, sector) OVERRIDING SYSTEM VALUE
      SELECT 1000 + n, 'school:a' || n, 'x', (ARRAY['school', 'police'])[1 + n % 2] FROM generate_series(1, ${AGENCIES}) n;
    CREATE TABLE registry.test_answer AS SELECT NULL::uuid AS answer WHERE false;
    CREATE TABLE registry.test_case AS SELECT n, gen_random_uuid() AS youth, gen_random_uuid() AS group_id,
      gen_random_uuid() AS consent, '${NOW}'::timestamptz - n * interval '13 days' AS ended_at FROM generate_series(1, 5) n;
    SET session_replication_role = replica;
    INSERT INTO registry.youth (id, lead_agency) SELECT youth, 1001 FROM registry.test_case;
    INSERT INTO registry.intervention_group (id, youth, programme, lead_agency)
      SELECT group_id, youth, gen_random_uuid(), 1001 FROM registry.test_case;
    INSERT INTO registry.consent (id, group_id, version, valid_from, valid_until, purpose, paper_reference, information_given,
        language, recorded_by)
      SELECT consent, group_id, 1, '${BEGIN}', '2027-08-20', 'x', 'x', 'x', 'sv', 'x' FROM registry.test_case;
    INSERT INTO registry.statement_reach (statement, consent, kind, ended_at)
      SELECT gen_random_uuid(), consent, 'WITHDRAWAL', ended_at FROM registry.test_case WHERE n > 1;
    RESET session_replication_role`);
}, 60_000);
afterAll(async () => {
  await admin.end();
  await log.end();
});

/** Requests with their units, some with an outcome, which may be another sector's, come twice, or come later. */
const WRITE = `
  WITH request AS MATERIALIZED (
    SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS answer, random() AS fate, random() AS kind,
      -- A third in three busy hours, a twentieth within the last seconds, the others at any time.
      '${NOW}'::timestamptz - CASE WHEN n % 3 = 0 THEN floor(random() * 3) * interval '11 hours' + random() * interval '1 hour'
        WHEN n % 20 = 1 THEN random() * interval '20 seconds'
        ELSE random() * ('${NOW}'::timestamptz - '${BEGIN}'::timestamptz) END AS at,
      (ARRAY['${PERSONS.join("','")}', 's-1', 's-2'])[1 + floor(random() * 6)::int] AS caller,
      (ARRAY[NULL, NULL, 's-1', 's-2'])[1 + floor(random() * 4)::int] AS actor,
      1000 + ceil(random() * ${AGENCIES})::int AS agency, (ARRAY['school', 'police'])[1 + floor(random() * 2)::int] AS sector
    FROM generate_series(1, $1::int) n
  ), decided AS (
    INSERT INTO registry.entry (at, kind, permitted, request_id, operation_hash, operation_name, caller, actor, agency, roles,
      action, youth, source, category, reason, group_id, programme, consent, answer)
    SELECT r.at, CASE WHEN r.kind < 0.8 THEN 'DECISION' WHEN r.kind < 0.9 THEN 'READ' ELSE 'CHANGE' END,
      CASE WHEN r.kind < 0.8 THEN u.reason >= 'CONSENT' ELSE r.fate < 0.5 END, r.id,
      repeat((1 + r.n % 3)::text, 64), CASE WHEN r.n % 2 = 0 THEN 'named' END, r.caller, r.actor, nullif(r.agency, 1004),
      CASE WHEN r.caller LIKE 's-%' AND r.fate < 0.8 THEN 8 ELSE 4 END, CASE WHEN r.kind < 0.8 THEN (ARRAY[1, 1, 1, 2])[1 + r.n % 4]::smallint END,
      CASE WHEN r.kind < 0.8 AND u.reason IN ('CONSENT', 'WITHDRAWN') THEN c.youth ELSE gen_random_uuid() END, u.source, k.id, CASE WHEN r.kind < 0.8 THEN u.reason END, NULL,
      (ARRAY[NULL, '00000000-0000-0000-0000-000000000001'::uuid])[1 + r.n % 2],
      CASE WHEN r.kind < 0.8 AND u.reason IN ('CONSENT', 'WITHDRAWN') THEN c.consent END, CASE WHEN r.kind < 0.8 THEN r.answer END
    FROM request r CROSS JOIN generate_series(1, 3) AS unit
    CROSS JOIN LATERAL (
      SELECT (ARRAY['NO_SEAT', 'WITHDRAWN', 'CONSENT', 'CONSENT', 'OWN'])[1 + floor(random() * 5)::int]::registry.reason AS reason,
        nullif(1000 + ceil(random() * 5)::int, 1005) AS source
      WHERE unit > 0
    ) u
    JOIN registry.test_case c ON c.n = 1 + (r.n + unit) % 5
    LEFT JOIN LATERAL (
      SELECT c.id FROM registry.category c WHERE c.sector = r.sector AND unit > 0 ORDER BY md5(c.code || unit || r.n) LIMIT 1
    ) k ON r.kind < 0.85
    RETURNING 1
  ), remembered AS (
    INSERT INTO registry.test_answer SELECT answer FROM request WHERE fate > 0.7
  )
  INSERT INTO registry.entry (at, kind, permitted, request_id, operation_hash, caller, agency, roles, name, answer, elapsed_ms)
  SELECT least(r.at + interval '1 second', '${NOW}'), o.kind, o.kind <> 'WITHHELD', r.id, repeat('1', 64), r.caller, r.agency, 4,
    CASE WHEN fate < 0.05 THEN 'leisure' ELSE r.sector END, r.answer, 5
  FROM request r CROSS JOIN LATERAL (
    SELECT unnest(CASE floor(fate * 40)::int % 4 WHEN 0 THEN '{RELEASED}' WHEN 1 THEN '{WITHHELD}' WHEN 2 THEN '{LATE}'
      ELSE '{WITHHELD,RELEASED}' END::text[]) AS kind
  ) o
  WHERE fate < 0.6`;

/** What becomes known later of some of the answers of which nothing was known. */
const LATER = `
  WITH told AS (
    DELETE FROM registry.test_answer WHERE answer IN (SELECT answer FROM registry.test_answer ORDER BY md5(answer::text) LIMIT $1)
    RETURNING answer
  )
  INSERT INTO registry.entry (at, kind, permitted, request_id, operation_hash, caller, roles, name, answer, elapsed_ms)
  SELECT registry.clock(), (ARRAY['RELEASED', 'WITHHELD', 'LATE'])[1 + floor(random() * 3)::int], true, gen_random_uuid(), 'x',
    'p-1', 4, k.sector, t.answer, 5
  FROM (SELECT DISTINCT ON (answer) t.answer, e.category FROM told t JOIN registry.entry e USING (answer) ORDER BY answer) t
  JOIN registry.category k ON k.id = t.category`;

const sum = (most: number) => log.pool.query('SELECT registry.sum_sealed($1)', [most]);

async function sumAll(most: number): Promise<void> {
  for (;;) {
    const { rows } = await log.pool.query<{ taken: number }>('SELECT registry.sum_sealed($1) AS taken', [most]);
    if (rows[0]?.taken === 0) return;
  }
}

async function erase(share: number): Promise<void> {
  await admin.query(`BEGIN; ALTER TABLE registry.entry DISABLE TRIGGER entry_is_kept;
    DELETE FROM registry.entry WHERE random() < ${share};
    ALTER TABLE registry.entry ENABLE TRIGGER entry_is_kept; COMMIT`);
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
    await admin.query(WRITE, [250]);
    await log.seal();
    await sum(400);
    await compare(40);
    await compareReviews(40);
    await sum(900);
    await admin.query(LATER, [20]);
    await log.seal();
    await admin.query(LATER, [10]);
    await compare(40);
    if (round > 1) await erase(0.15);
    await compare(40);
    await compareReviews(40);
  }
  expect(fromSums).toBeGreaterThan(150);
  expect(findings).toBeGreaterThan(100);
}, 120_000);

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

test('a log that was reconciled is counted row by row until it is summed anew', async () => {
  await admin.query(WRITE, [30]);
  await admin.query(`
    UPDATE seal.state SET incarnation = 2, sweeping = true, sealed_incarnation = 2, sealed_xid = '0',
      sealed_id = '00000000-0000-0000-0000-000000000000';
    ALTER TABLE registry.entry ALTER COLUMN incarnation SET DEFAULT 2`);
  await admin.query(WRITE, [30]);
  await compare(10);
  expect((await sum(100)).rows).toEqual([{ sum_sealed: 0 }]);
  await log.seal();
  await compare(10);
  await sum(500);
  const used = fromSums;
  await compare(40);
  expect(fromSums).toBeGreaterThan(used);
}, 60_000);

test('of entries that are all erased nothing is left in the sums', async () => {
  await sumAll(1000);
  await erase(2);
  for (const table of ['sum', 'sum_cell', 'sum_answer', 'sum_caller_hour', 'sum_consent'])
    expect((await admin.query(`SELECT FROM registry.${table}`)).rowCount).toBe(0);
});
