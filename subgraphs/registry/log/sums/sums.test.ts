import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Bindings } from '../../../../chassis/statement.ts';
import { tries } from '../../../../test/setup/depth.ts';
import { BEGIN, NOW, PERSONS, type RandomLog, SYSTEMS, startRandomLog } from '../../../../test/setup/random-log.ts';
import { EntryKind, Reason } from '../../entry/entry.ts';
import { AccessLogFilter, Decision, Disclosure } from '../read/access-log.ts';
import { branchesOf, entriesQuery, selectionOf } from '../read/access-log-query.ts';
import type { LogReader } from '../read/access-reader.ts';
import { entrySql } from '../read/condition.ts';
import { reviewQuery } from '../review/access-review.ts';
import { AccessReviewKind, BY_A_PERSON, LOCAL_HOUR } from '../review/access-review-rules.ts';
import { type AccessSummaryRow, summaryQuery } from '../summary/access-summary.ts';
import { AccessDimension } from './access-dimension.ts';
import { sumsFor } from './cubes.ts';

let log: RandomLog;
beforeAll(async () => {
  log = await startRandomLog();
}, 60_000);
afterAll(() => log.end());

const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
const some = <T>(of: readonly T[]) => seldom(fc.constantFrom(...of));
const instant = fc.oneof(
  fc.integer({ min: Date.parse(BEGIN), max: Date.parse(NOW) + 100_000 }).map((ms) => new Date(ms)),
  fc
    .constantFrom(
      ...['2026-08-31T22:00:00Z', '2026-09-30T22:00:00Z', '2026-10-31T23:00:00Z', '2026-10-25T00:30:00Z'],
      ...['2026-10-25T01:00:00Z', '2026-10-25T01:30:00Z', '2026-11-02T22:15:00Z', NOW],
    )
    .map((text) => new Date(text)),
);

interface Ask {
  readonly filter: AccessLogFilter;
  readonly reading: LogReader;
  readonly groupBy: readonly AccessDimension[];
}

/** The questions of any reader. */
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
    reading: { names, scope, audits: true, source, recipient, category, groupYouth: null, consentYouth: null },
    groupBy,
  }));

/** The number of times that sums answered, and that reviews found something. */
let summed = 0;
let found = 0;
let listed = 0;

async function compareSummary({ filter, reading, groupBy }: Ask): Promise<void> {
  // Programmes that the hub does not know look alike, in no order.
  const answerOf = async (byRows: boolean) => {
    const { rows } = await log.admin.query<AccessSummaryRow>(summaryQuery(filter, groupBy, reading, { byRows }));
    return rows.map((row) => JSON.stringify(row)).sort();
  };
  const answer = await answerOf(false);
  expect(answer).toEqual(await answerOf(true));
  const { rows } = await log.admin.query("SELECT FROM registry.summed_cover($1, $2, 'M') WHERE grain <> 'R'", [
    filter.from,
    filter.to,
  ]);
  if (sumsFor(filter, groupBy, reading) !== null && rows.length > 0 && answer.length > 0) summed += 1;
}

const WHOLE_HUB = {
  audits: true,
  scope: null,
  source: null,
  recipient: null,
  category: null,
  groupYouth: null,
  consentYouth: null,
};

const GROUPED = [AccessReviewKind.MANY_YOUTHS, AccessReviewKind.REPEATED_DENIALS];
/** The reviews that look among candidates of settled days. */
const BY_CANDIDATES = [...GROUPED, AccessReviewKind.POSSIBLY_DISCLOSED, AccessReviewKind.RELEASED_AFTER_END];

async function compareReview({ filter, reading }: Ask, kind: AccessReviewKind, first: number): Promise<void> {
  const answerOf = async (byRows: boolean) =>
    (await log.admin.query<object>(reviewQuery(kind, filter, reading, first, { byRows }))).rows;
  const answer = await answerOf(false);
  found += answer.length;
  expect(answer).toEqual(await answerOf(true));
}

/** A page of entries that may have been disclosed, or were withheld, is the same by candidates and by rows. */
async function compareEntries({ filter, reading }: Ask, disclosure: Disclosure, first: number): Promise<void> {
  const asked = Object.assign(new AccessLogFilter(), { ...filter, disclosure });
  const answerOf = async (byRows: boolean) =>
    (await log.admin.query<object>(entriesQuery(asked, reading, null, first, { byRows }))).rows;
  const answer = await answerOf(false);
  listed += answer.length;
  expect(answer).toEqual(await answerOf(true));
}

/** ODD_HOURS is read hour by hour: held against all hours at once. */
async function compareOddHours({ filter, reading }: Ask, first: number): Promise<void> {
  const bindings = new Bindings();
  const selection = selectionOf(filter, reading, bindings.bind);
  const text = `SELECT (array_agg(e.id ORDER BY e.at DESC, e.id DESC))[1] AS id, count(*)::int AS entries,
      count(DISTINCT e.youth)::int AS youths, min(e.at) AS since, max(e.at) AS at
    FROM (${branchesOf(selection)
      .map(
        (
          where,
        ) => `SELECT e.* FROM ${selection.among} e WHERE ${entrySql(where)} AND NOT ${selection.own()} AND e.kind = 'DECISION'
          AND ${BY_A_PERSON} AND extract(hour FROM e.at AT TIME ZONE 'Europe/Stockholm') NOT BETWEEN 6 AND 21`,
      )
      .join(' UNION ALL ')}) e
    GROUP BY e.caller, e.agency, ${LOCAL_HOUR} ORDER BY 5 DESC, 1 DESC LIMIT ${first}`;
  const { rows: expected } = await log.admin.query<Record<string, unknown>>(bindings.statement(text));
  const asked = reviewQuery(AccessReviewKind.ODD_HOURS, filter, reading, first);
  const { rows } = await log.admin.query<Record<string, unknown>>(asked);
  expect(rows.map(({ id, entries, youths, since, at }) => ({ id, entries, youths, since, at }))).toEqual(expected);
}

/** Compares the answers of sums and rows, so many questions; ten times as many where the whole is tried. */
async function compare(questions: number): Promise<void> {
  const kinds = fc.constantFrom(...BY_CANDIDATES);
  const disclosures = fc.constantFrom(...Object.values(Disclosure));
  await fc.assert(
    fc.asyncProperty(
      asks,
      kinds,
      disclosures,
      fc.integer({ min: 1, max: 20 }),
      async (asked, kind, disclosure, first) => {
        await compareSummary(asked);
        await compareReview(asked, kind, first);
        await compareEntries(asked, disclosure, first);
        await compareOddHours(asked, first);
      },
    ),
    { numRuns: tries(questions, 10 * questions) },
  );
}

test('with sums, summaries and reviews tell what rows alone tell, whoever asks for whatever, at any time', async () => {
  for (const round of [1, 2, 3, 4]) {
    await log.write(250);
    // Unsealed entries in days that are summed; then sealed ones that are late; then some of these days made anew.
    await compare(8);
    await log.seal();
    await compare(8);
    await log.sum(30 * round);
    await compare(16);
    if (round > 1) await log.erase(0.1);
    await compare(8);
  }
  await log.sum();
  await compare(60);
  expect(summed).toBeGreaterThan(40);
  expect(found).toBeGreaterThan(20);
  expect(listed).toBeGreaterThan(20);
}, 900_000);

test('whoever is found by a part of a day or hour is found by sums too', async () => {
  // So many that each kind finds somebody, whatever chance made of the others.
  await log.write(600, '2026-11-02T11:30:00Z');
  await log.seal();
  await log.sum();
  const reading = { ...WHOLE_HUB, names: ['p-none'] };
  const to = new Date('2026-11-02T22:50:00Z');
  for (const from of ['2026-11-02T08:00:00Z', '2026-11-02T11:02:00Z'].map((text) => new Date(text))) {
    const filter = Object.assign(new AccessLogFilter(), { from, to });
    for (const kind of GROUPED) {
      found = 0;
      await compareReview({ filter, reading, groupBy: [] }, kind, 20);
      expect([kind, from, found > 0]).toEqual([kind, from, true]);
    }
  }
});

test('sums tell it for every choice of dimensions, of the hub’s auditors and an agency’s', async () => {
  const each = Object.values(AccessDimension);
  const filter = Object.assign(new AccessLogFilter(), { from: new Date(Date.parse(BEGIN) + 1_000), to: new Date(NOW) });
  const readings = [
    { names: ['p-1', 's-1'], scope: null },
    { names: ['p-2'], scope: 1001 },
  ].map((reader) => ({
    ...reader,
    audits: true,
    source: null,
    recipient: null,
    category: null,
    groupYouth: null,
    consentYouth: null,
  }));
  const choices = each.flatMap((a) => each.flatMap((b) => each.map((c) => [...new Set([a, b, c])].sort())));
  const distinct = new Map(choices.map((groupBy) => [groupBy.join(), groupBy]));
  for (const [place, groupBy] of [...distinct.values()].entries()) {
    const reading = readings[place % 2];
    if (reading !== undefined) await compareSummary({ filter, groupBy, reading });
  }
}, 120_000);

test('reads that may have left late, or after an end, are found by candidates', async () => {
  await log.sum();
  const filter = Object.assign(new AccessLogFilter(), { from: new Date(BEGIN), to: new Date('2026-11-02T22:50:00Z') });
  for (const kind of [AccessReviewKind.POSSIBLY_DISCLOSED, AccessReviewKind.RELEASED_AFTER_END]) {
    found = 0;
    await compareReview({ filter, reading: { ...WHOLE_HUB, names: ['p-none'] }, groupBy: [] }, kind, 20);
    expect([kind, found]).toEqual([kind, 20]);
  }
  const left = 'SELECT kind, count(*)::int > 5 AS some FROM registry.log_candidate GROUP BY kind ORDER BY kind';
  expect((await log.admin.query(left)).rows).toEqual(['E', 'U'].map((kind) => ({ kind, some: true })));
  await log.erase(1);
  expect((await log.admin.query(left)).rows).toEqual([]);
});
