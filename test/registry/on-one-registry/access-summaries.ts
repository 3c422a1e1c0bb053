import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { ask, CALLERS, fieldOf, sharedRegistry, type Written, write } from './shared-registry.ts';

/** Around the last Sunday of October, when a day in Sweden has 25 hours; the year before last, where no other part is. */
const YEAR = new Date().getUTCFullYear() - 2;
const sunday = new Date(Date.UTC(YEAR, 9, 31));
sunday.setUTCDate(31 - sunday.getUTCDay());
const DAY = sunday.toISOString().slice(0, 10);
const INTERVAL = { from: `${YEAR}-10-01T00:00:00Z`, to: `${YEAR}-12-01T00:00:00Z` };
const QUERY = `query Summary($filter: AccessLogFilter!, $groupBy: [AccessDimension!]!) {
  accessSummary(filter: $filter, groupBy: $groupBy) { values entries }
}`;
const YOUTH = DEMO_YOUTHS.everything.id;
const GROUP = `10000000${YOUTH.slice(8)}`;
const SCHOOL = { source: 'school:skovde', category: 'school.attendance', youth: YOUTH, group: GROUP };

const [RELEASED, WITHHELD] = [randomUUID(), randomUUID()];
const WRITTEN: readonly Written[] = [
  { at: new Date(`${DAY}T00:30:01Z`), kind: 'RELEASED', answer: RELEASED, name: 'school', elapsed: 5 },
  { at: new Date(`${DAY}T01:30:01Z`), kind: 'WITHHELD', answer: WITHHELD, name: 'school', elapsed: 5 },
  // The hour from two to three comes twice: at 00:30 and at 01:30 UTC.
  { at: new Date(`${DAY}T00:30:00Z`), ...SCHOOL, reason: 'CONSENT', answer: RELEASED },
  { at: new Date(`${DAY}T01:30:00Z`), ...SCHOOL, reason: 'CONSENT', answer: WITHHELD },
  { at: new Date(`${DAY}T22:59:59Z`), ...SCHOOL, reason: 'OWN' },
  { at: new Date(`${DAY}T23:00:00Z`), ...SCHOOL, reason: 'NO_SEAT', permitted: false },
  // In Sweden it is December by then.
  { at: new Date(`${YEAR}-11-30T23:30:00Z`), ...SCHOOL, reason: 'NO_SEAT', permitted: false },
  ...Array.from({ length: 5 }, () => ({
    at: new Date(`${YEAR}-11-10T10:00:00Z`),
    caller: CALLERS.schoolAuditor.subject,
    ...SCHOOL,
    reason: 'WITHDRAWN',
    permitted: false,
  })),
];

beforeAll(async () => {
  await write(WRITTEN);
});

const summary = (caller: (typeof CALLERS)[keyof typeof CALLERS], groupBy: readonly string[], filter: object = {}) =>
  fieldOf<readonly { values: (string | null)[]; entries: number | null }[]>(caller, 'accessSummary', QUERY, {
    filter: { ...INTERVAL, ...filter },
    groupBy,
  });
const rows = async (...asked: Parameters<typeof summary>) =>
  (await summary(...asked)).map(({ values, entries }) => [...values, entries]);
const dayAfter = new Date(sunday.getTime() + 86_400_000).toISOString().slice(0, 10);

test('hours, days and months are Sweden’s', async () => {
  expect(await rows(CALLERS.hubAuditor, ['HOUR'], { to: `${YEAR}-11-09T00:00:00Z` })).toEqual([
    [`${DAY}T00:00:00Z`, 1],
    [`${DAY}T01:00:00Z`, 1],
    [`${DAY}T22:00:00Z`, 1],
    [`${DAY}T23:00:00Z`, 1],
  ]);
  expect(await rows(CALLERS.hubAuditor, ['DAY'], { to: `${YEAR}-11-09T00:00:00Z` })).toEqual([
    [DAY, 3],
    [dayAfter, 1],
  ]);
  expect((await rows(CALLERS.hubAuditor, ['MONTH'])).at(-1)).toEqual([`${YEAR}-12`, 1]);
});

test('entries are counted by up to three dimensions', async () => {
  const programme = (await rows(CALLERS.hubAuditor, ['PROGRAMME']))[0]?.[0];
  expect(await rows(CALLERS.hubAuditor, ['CATEGORY', 'DECISION', 'REASON'])).toEqual([
    ['school.attendance', 'DENY', 'NO_SEAT', 2],
    ['school.attendance', 'DENY', 'WITHDRAWN', 5],
    ['school.attendance', 'PERMIT', 'CONSENT', 2],
    ['school.attendance', 'PERMIT', 'OWN', 1],
  ]);
  expect(await rows(CALLERS.hubAuditor, ['AGENCY', 'SOURCE', 'GROUP'])).toEqual([
    ['school:skovde', 'school:skovde', GROUP, 10],
  ]);
  expect(await rows(CALLERS.hubAuditor, ['CALLER', 'DISCLOSURE'])).toEqual([
    ['p-1001', 'POSSIBLE', 1],
    ['p-1001', 'RELEASED', 1],
    ['p-1001', 'WITHHELD', 1],
    ['p-1001', null, 2],
    ['p-3901', null, 5],
  ]);
  expect(programme).toBeNull();
});

test('a manager learns no number below five, and an auditor not why the auditor was denied', async () => {
  expect(await rows(CALLERS.schoolManager, ['REASON'])).toEqual([
    ['CONSENT', null],
    ['NO_SEAT', null],
    ['OWN', null],
    ['WITHDRAWN', 5],
  ]);
  expect(await rows(CALLERS.schoolAuditor, ['REASON', 'SOURCE', 'GROUP'], { decision: 'DENY' })).toEqual([
    ['NO_SEAT', 'school:skovde', GROUP, 2],
    [null, null, null, 5],
  ]);
});

test('what became of answers is counted when it is asked for by its kind, by who had asked', async () => {
  expect(await rows(CALLERS.hubAuditor, ['CALLER', 'DECISION', 'AGENCY'], { kind: 'RELEASED' })).toEqual([
    ['p-1001', 'PERMIT', 'school:skovde', 1],
  ]);
  expect(await rows(CALLERS.schoolAuditor, ['DAY'], { kind: 'WITHHELD' })).toEqual([[DAY, 1]]);
  expect(await rows(CALLERS.leisureManager, ['DAY'], { kind: 'WITHHELD' })).toEqual([]);
  expect(await rows(CALLERS.hubAuditor, ['DISCLOSURE'], { kind: 'DECISION' })).toEqual([
    ['POSSIBLE', 1],
    ['RELEASED', 1],
    ['WITHHELD', 1],
    [null, 7],
  ]);
});

test.each([[[]], [['DAY', 'DAY']], [['DAY', 'CALLER', 'AGENCY', 'SOURCE']]])(
  'groupBy %j is refused',
  async (groupBy) => {
    const { errors } = await ask(CALLERS.hubAuditor, QUERY, { filter: INTERVAL, groupBy });
    expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_USER_INPUT', field: 'groupBy' }]);
  },
);

test('counting is an entry that names by what', async () => {
  const { requestId } = await ask(CALLERS.schoolManager, QUERY, { filter: INTERVAL, groupBy: ['DAY', 'CALLER'] });
  const { database } = await sharedRegistry();
  const found = await database.admin.query('SELECT name, fields FROM registry.entry WHERE request_id = $1', [
    requestId,
  ]);
  expect(found.rows).toEqual([{ name: 'accessSummary', fields: 'by:DAY,by:CALLER' }]);
});
