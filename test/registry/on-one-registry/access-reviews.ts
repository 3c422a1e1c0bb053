import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { DEMO_YOUTHS, type DemoYouthName } from '../../../schema/demo-world.ts';
import { MANY_YOUTHS, REPEATED_DENIALS } from '../../../subgraphs/registry/log/review/access-review-rules.ts';
import { ago, ask, CALLERS, DAY, fieldOf, MINUTE, sharedRegistry, type Written, write } from './shared-registry.ts';

const QUERY = `query Review($kind: AccessReviewKind!, $filter: AccessLogFilter!, $first: Int! = 50) {
  accessReview(kind: $kind, filter: $filter, first: $first) {
    findings { entry { id } entries youths since endedAt inFlight } hasMore
  }
}`;

interface Finding {
  readonly entry: { readonly id: string };
  readonly entries: number;
  readonly youths: number | null;
  readonly since: string;
  readonly endedAt: string | null;
  readonly inFlight: boolean | null;
}
interface Review {
  readonly findings: readonly Finding[];
  readonly hasMore: boolean;
}

const review = (
  kind: string,
  from: Date,
  to: Date,
  caller = CALLERS.hubAuditor as (typeof CALLERS)[keyof typeof CALLERS],
  more: object = {},
) =>
  fieldOf<Review>(caller, 'accessReview', QUERY, {
    kind,
    filter: { from: from.toISOString(), to: to.toISOString() },
    ...more,
  });
const later = (start: Date, ms: number) => new Date(start.getTime() + ms);
const caseOf = (name: DemoYouthName) => {
  const youth = DEMO_YOUTHS[name].id;
  return { youth, group: `10000000${youth.slice(8)}`, consent: `20000000${youth.slice(8)}` };
};
const SCHOOL = { source: 'school:skovde', category: 'school.attendance', agency: 'social-services:skovde' };
const alone = { entries: 1, youths: null, endedAt: null, inFlight: null };

/** An entry that a review finds alone. */
const found = (id: string | undefined, at: Date, more: object = {}) => ({
  entry: { id },
  since: at.toISOString(),
  ...alone,
  ...more,
});

describe('what is near an end', () => {
  let ended: Date;
  const GRANTED = { ...SCHOOL, ...caseOf('withdrawn'), reason: 'CONSENT' };

  beforeAll(async () => {
    const { database } = await sharedRegistry();
    const { rows } = await database.admin.query<{ at: Date }>(
      "SELECT date_trunc('seconds', ended_at) AS at FROM registry.statement_reach WHERE consent = $1",
      [GRANTED.consent],
    );
    ended = rows[0]?.at ?? new Date(0);
    // The other parts write nothing of this consent; the end is put where no entry of theirs is.
    ended = new Date(ended.getTime() - 30 * DAY);
    await database.admin.query('UPDATE registry.statement_reach SET ended_at = $2 WHERE consent = $1', [
      GRANTED.consent,
      ended,
    ]);
  });

  const released = (answer: string, at: Date, elapsed: number, kind = 'RELEASED'): Written => ({
    at,
    kind,
    answer,
    name: 'school',
    elapsed,
    permitted: kind !== 'WITHHELD',
  });

  test('is found when it was released after the end: in flight as the fence allows, or a breach', async () => {
    const answers = Array.from({ length: 7 }, () => randomUUID());
    const decided = [-5000, -1000, -1000, -1000, 1000, 60_000, -1000].map((ms) => later(ended, ms));
    const ids = await write(decided.map((at, place) => ({ at, ...GRANTED, answer: answers[place] ?? '' })));
    await write([
      released(answers[0] ?? '', later(ended, 1), 40),
      // Left before the end.
      released(answers[1] ?? '', later(ended, 1), 40),
      // Left after it, in time; and long after its deadline.
      released(answers[2] ?? '', later(ended, 2000), 2900),
      released(answers[3] ?? '', later(ended, 5000), 5000),
      // Decided when the end may not have been seen; and when it must have been. Of the last nothing left.
      released(answers[4] ?? '', later(ended, 2000), 30),
      released(answers[5] ?? '', later(ended, 61_000), 30),
      released(answers[6] ?? '', later(ended, 2000), 2999, 'WITHHELD'),
    ]);
    const at = (place: number) => decided[place] ?? ended;
    const end = { endedAt: ended.toISOString() };
    expect(await review('RELEASED_AFTER_END', later(ended, -DAY), later(ended, DAY))).toEqual({
      findings: [
        found(ids[5], at(5), { ...end, inFlight: false }),
        found(ids[4], at(4), { ...end, inFlight: true }),
        ...[ids[2], ids[3]]
          .sort((a, b) => ((a ?? '') < (b ?? '') ? 1 : -1))
          .map((id) => found(id, at(2), { ...end, inFlight: id === ids[2] })),
      ],
      hasMore: false,
    });
  });

  test('is found when it was read shortly before, or tried shortly after', async () => {
    const denied = { ...GRANTED, reason: 'WITHDRAWN', permitted: false };
    const own = { ...denied, caller: CALLERS.schoolAuditor.subject, agency: 'school:skovde' };
    const times = [-25, -23, 23, 25, 22].map((hours) => later(ended, hours * 60 * MINUTE));
    const [tooEarly, before, tried, tooLate, mine] = await write(
      [GRANTED, GRANTED, denied, denied, own].map((entry, place) => ({ at: times[place] ?? ended, ...entry })),
    );
    const of = async (caller: (typeof CALLERS)[keyof typeof CALLERS]) =>
      (await review('SHORTLY_BEFORE_AN_END', later(ended, -2 * DAY), later(ended, 2 * DAY), caller)).findings;
    const read = await of(CALLERS.hubAuditor);
    expect(read.filter(({ entry }) => [tooEarly, before, tried, tooLate, mine].includes(entry.id))).toEqual([
      found(tried, times[2] ?? ended, { endedAt: ended.toISOString() }),
      found(mine, times[4] ?? ended, { endedAt: ended.toISOString() }),
      found(before, times[1] ?? ended, { endedAt: ended.toISOString() }),
    ]);
    // An end would tell the auditor why the auditor was denied.
    expect((await of(CALLERS.schoolAuditor)).map(({ entry }) => entry.id)).not.toContain(mine);
  });
});

describe('single entries', () => {
  const start = ago(60);
  const at = (minute: number) => later(start, minute * MINUTE);
  const until = later(start, 60 * MINUTE);
  const answer = randomUUID();
  const WRITTEN: readonly Written[] = [
    { at: at(1), ...SCHOOL, youth: caseOf('everything').youth, reason: 'NO_SEAT', permitted: false },
    { at: at(2), kind: 'READ', name: 'group', permitted: false },
    { at: at(3), kind: 'READ', name: 'accessLog', permitted: false },
    { at: at(4), ...SCHOOL, youth: caseOf('protected').youth, protected: true, reason: 'PROTECTED', permitted: false },
    { at: at(5), ...SCHOOL, youth: caseOf('protected').youth, protected: true, reason: 'OWN' },
    { at: at(6), ...SCHOOL, youth: caseOf('protected').youth, protected: true, reason: 'CONSENT', answer },
    { at: at(7), kind: 'RELEASED', answer, name: 'school', elapsed: 5 },
    { at: at(8), kind: 'RELEASED', answer, name: 'police', elapsed: 5 },
  ];
  let ids: string[];
  beforeAll(async () => {
    ids = await write(WRITTEN);
  });
  const EXPECTED: Readonly<Record<string, readonly number[]>> = {
    NO_SEAT: [1, 0],
    PROTECTED_IDENTITY: [5, 3],
    POSSIBLY_DISCLOSED: [4],
  };

  test.each(Object.keys(EXPECTED))('%s finds exactly those', async (kind) => {
    expect(await review(kind, start, until)).toEqual({
      findings: (EXPECTED[kind] ?? []).map((place) => found(ids[place], WRITTEN[place]?.at ?? start)),
      hasMore: false,
    });
  });

  test('there is more than was asked for', async () => {
    expect(await review('NO_SEAT', start, until, CALLERS.hubAuditor, { first: 1 })).toEqual({
      findings: [found(ids[1], at(2))],
      hasMore: true,
    });
  });
});

describe('one caller’s entries together', () => {
  /** Midday and midnight in Sweden, whatever the season. */
  const midday = new Date(`${ago(50).toISOString().slice(0, 10)}T11:00:00Z`);
  const midnight = later(midday, 11.5 * 60 * MINUTE);
  const youths = Array.from({ length: MANY_YOUTHS }, () => randomUUID());
  const several = (ids: readonly string[], start: Date, more: object = {}) => ({
    entry: { id: ids.at(-1) },
    entries: ids.length,
    youths: ids.length,
    since: start.toISOString(),
    endedAt: null,
    inFlight: null,
    ...more,
  });

  test('about many youths within an hour are found, of persons only', async () => {
    const about = (caller: string, many: number, roles = 4) =>
      youths
        .slice(0, many)
        .map((youth, place) => ({ at: later(midday, place * 1000), ...SCHOOL, youth, caller, roles, reason: 'OWN' }));
    const ids = await write(about('p-many', MANY_YOUTHS));
    await write([...about('p-fewer', MANY_YOUTHS - 1), ...about('system-many', MANY_YOUTHS, 8)]);
    expect((await review('MANY_YOUTHS', midday, later(midday, 59 * MINUTE))).findings).toEqual([several(ids, midday)]);
  });

  test('at odd hours are found', async () => {
    const ids = await write(
      [0, 1, 2].map((place) => ({
        at: later(midnight, place * 1000),
        ...SCHOOL,
        youth: youths[place] ?? '',
        caller: 'p-night',
        reason: 'OWN',
      })),
    );
    await write([{ at: midnight, ...SCHOOL, youth: youths[0] ?? '', caller: 'system-night', roles: 8, reason: 'OWN' }]);
    expect((await review('ODD_HOURS', midday, later(midnight, 9 * MINUTE))).findings).toEqual([several(ids, midnight)]);
  });

  test('are found when requests are denied again and again, however many units each asks for', async () => {
    const start = later(midday, -DAY);
    const denied = (caller: string, requests: number, units: number, reason = 'NO_SEAT') =>
      Array.from({ length: requests }, (_, request) => ({
        request: randomUUID(),
        at: later(start, request * 1000),
      })).flatMap((one) =>
        Array.from({ length: units }, () => ({
          ...one,
          ...SCHOOL,
          youth: youths[0] ?? '',
          caller,
          reason,
          permitted: false,
        })),
      );
    const ids = await write(denied('p-again', REPEATED_DENIALS, 1));
    await write(denied('p-once', 2, REPEATED_DENIALS));
    // A member who opens the whole view meets what was not granted, each time.
    for (const reason of ['NOT_GRANTED', 'WITHDRAWN', 'PROTECTED'])
      await write(denied('p-member', REPEATED_DENIALS, 1, reason));
    await write(denied('p-member', REPEATED_DENIALS - 1, 1));
    expect((await review('REPEATED_DENIALS', start, later(start, 59 * MINUTE))).findings).toEqual([
      several(ids, start, { youths: 1 }),
    ]);
  });
});

test('a review is for auditors and managers alone, and is an entry that names its kind', async () => {
  const variables = { kind: 'NO_SEAT', filter: { from: ago(1).toISOString(), to: ago(0).toISOString() } };
  const refused = await ask(CALLERS.caseworker, QUERY, variables);
  expect([refused.data, refused.errors[0]?.extensions]).toEqual([{ accessReview: null }, { code: 'FORBIDDEN' }]);
  const { requestId } = await ask(CALLERS.schoolManager, QUERY, variables);
  const { database } = await sharedRegistry();
  const { rows } = await database.admin.query('SELECT name, fields FROM registry.entry WHERE request_id = $1', [
    requestId,
  ]);
  expect(rows).toEqual([{ name: 'accessReview', fields: 'kind:NO_SEAT' }]);
});
