import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ago, ask, CALLERS, fieldOf, MINUTE, sharedRegistry, write } from './shared-registry.ts';

type CallerName = keyof typeof CALLERS;

const START = ago(120);
const INTERVAL = { from: START.toISOString(), to: new Date(START.getTime() + 60 * MINUTE).toISOString() };
const REVIEWS = `query Reviews($from: DateTime!, $to: DateTime!, $outcome: ReviewOutcome, $entryId: ID, $first: Int, $after: String) {
  recordedReviews(from: $from, to: $to, outcome: $outcome, entryId: $entryId, first: $first, after: $after) {
    edges { node { id agency { code } entryIds erasedEntryIds outcome note seed recordedAt recordedBy } } pageInfo { hasNextPage endCursor }
  }
}`;
const ALARMS = `query Alarms($from: DateTime!, $to: DateTime!, $kind: AlarmKind, $first: Int, $after: String) {
  alarms(from: $from, to: $to, kind: $kind, first: $first, after: $after) {
    edges { node { id kind raisedAt deliveredAt entryErased entry { id caller } } } pageInfo { hasNextPage endCursor }
  }
}`;
const NOTE = 'Asked the unit: the reads belong to the follow-up.';

interface Page {
  readonly edges: readonly { readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

const at = (minutes: number) => new Date(START.getTime() + minutes * MINUTE);
const reviews = { school: randomUUID(), followUp: randomUUID(), police: randomUUID(), ofManager: randomUUID() };
const alarms = {
  schoolCaller: randomUUID(),
  policeCaller: randomUUID(),
  schoolSource: randomUUID(),
  ofManager: randomUUID(),
};
let school: string[];

beforeAll(async () => {
  const { admin } = (await sharedRegistry()).database;
  const entry = (minutes: number, more: object) => ({
    at: at(minutes),
    source: 'school:skovde',
    reason: 'OWN',
    ...more,
  });
  school = await write([entry(0, {}), entry(1, {})]);
  const [police, own] = await write([
    entry(2, { agency: 'police:nationell', caller: 'p-2001' }),
    entry(3, { caller: CALLERS.schoolManager.subject }),
  ]);
  const reviewed = async (
    id: string,
    agency: string,
    outcome: string,
    minutes: number,
    entries: (string | undefined)[],
  ) => {
    await admin.query(
      `INSERT INTO registry.review (id, agency, outcome, note, seed, recorded_at, recorded_by)
       SELECT $1, a.id, $3, $4, 'november-1', $5, 'p-3902' FROM registry.agency a WHERE a.code = $2`,
      [id, agency, outcome, NOTE, at(minutes)],
    );
    await admin.query('INSERT INTO registry.review_entry SELECT $1, unnest($2::uuid[])', [id, entries]);
  };
  await reviewed(reviews.school, 'school:skovde', 'JUSTIFIED', 10, school);
  await reviewed(reviews.followUp, 'school:skovde', 'FOLLOW_UP', 11, [school[0]]);
  await reviewed(reviews.police, 'police:nationell', 'JUSTIFIED', 12, [police]);
  await reviewed(reviews.ofManager, 'school:skovde', 'NOT_JUSTIFIED', 13, [school[1], own]);
  const raised = (id: string, kind: string, minutes: number, about: string | undefined) =>
    admin.query(
      `INSERT INTO registry.alarm (id, kind, occasion, entry, request_id, agency, source, raised_at)
       SELECT $1::uuid, $2, $1::uuid::text, e.id, $1::uuid, e.agency, e.source, $4 FROM registry.entry e WHERE e.id = $3`,
      [id, kind, about, at(minutes)],
    );
  await raised(alarms.schoolCaller, 'MANY_YOUTHS', 20, school[0]);
  await raised(alarms.policeCaller, 'DENIED_UNITS', 21, police);
  await raised(alarms.schoolSource, 'RELEASED_AFTER_END', 22, police);
  await raised(alarms.ofManager, 'MANY_YOUTHS', 23, own);
});

const page = (caller: CallerName, field: string, query: string, more: object = {}) =>
  fieldOf<Page>(CALLERS[caller], field, query, { ...INTERVAL, first: 50, ...more });
const ids = async (...asked: Parameters<typeof page>) => (await page(...asked)).edges.map(({ node }) => node.id);

describe('what came out of reviews', () => {
  test('is read whole, with its entries', async () => {
    const { edges } = await page('schoolAuditor', 'recordedReviews', REVIEWS, { outcome: 'JUSTIFIED' });
    expect(edges.map(({ node }) => node)).toEqual([
      {
        id: reviews.school,
        agency: { code: 'school:skovde' },
        entryIds: [...school].sort(),
        erasedEntryIds: [],
        outcome: 'JUSTIFIED',
        note: NOTE,
        seed: 'november-1',
        recordedAt: at(10).toISOString(),
        recordedBy: 'p-3902',
      },
    ]);
  });

  test('is read by the hub’s auditors all, by an agency’s what the agency made, by nobody what is about the reader', async () => {
    const { school: justified, followUp, police, ofManager } = reviews;
    const asked = (caller: CallerName, more?: object) => ids(caller, 'recordedReviews', REVIEWS, more);
    expect(await asked('hubAuditor')).toEqual([ofManager, police, followUp, justified]);
    expect(await asked('schoolAuditor')).toEqual([ofManager, followUp, justified]);
    expect(await asked('schoolManager')).toEqual([followUp, justified]);
    expect(await asked('leisureManager')).toEqual([]);
    expect(await asked('schoolAuditor', { entryId: school[0] })).toEqual([followUp, justified]);
  });
});

describe('alarms', () => {
  test('are read with the entry that they rest on', async () => {
    const { edges } = await page('hubAuditor', 'alarms', ALARMS, { kind: 'DENIED_UNITS' });
    expect(edges.map(({ node }) => node)).toEqual([
      {
        id: alarms.policeCaller,
        kind: 'DENIED_UNITS',
        raisedAt: at(21).toISOString(),
        deliveredAt: null,
        entryErased: false,
        entry: { id: expect.any(String), caller: 'p-2001' },
      },
    ]);
  });

  test('are read by the hub’s auditors all, by an agency’s those about its callers and its information', async () => {
    const { schoolCaller, policeCaller, schoolSource, ofManager } = alarms;
    const asked = (caller: CallerName) => ids(caller, 'alarms', ALARMS);
    expect(await asked('hubAuditor')).toEqual([ofManager, schoolSource, policeCaller, schoolCaller]);
    expect(await asked('schoolAuditor')).toEqual([ofManager, schoolSource, schoolCaller]);
    expect(await asked('schoolManager')).toEqual([schoolSource, schoolCaller]);
    expect(await asked('leisureManager')).toEqual([]);
  });
});

describe.each([
  ['recordedReviews', REVIEWS],
  ['alarms', ALARMS],
] as const)('%s', (field, query) => {
  test('comes page by page', async () => {
    const whole = await ids('hubAuditor', field, query);
    const first = await page('hubAuditor', field, query, { first: 3 });
    const rest = await page('hubAuditor', field, query, { first: 3, after: first.pageInfo.endCursor });
    expect([...first.edges, ...rest.edges].map(({ node }) => node.id)).toEqual(whole);
    expect([first, rest].map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, false]);
  });

  test('is not for others, nor for an auditor with another role', async () => {
    for (const caller of [CALLERS.caseworker, CALLERS.coordinator, CALLERS.mixedAuditor]) {
      const { data, errors } = await ask(caller, query, INTERVAL);
      expect([data, errors.map(({ extensions }) => extensions?.code)]).toEqual([{ [field]: null }, ['FORBIDDEN']]);
    }
  });

  test('is asked for within an interval of at most a year', async () => {
    const longer = { ...INTERVAL, from: ago(500).toISOString() };
    const { errors } = await ask(CALLERS.hubAuditor, query, longer);
    expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_USER_INPUT', field: 'from' }]);
  });

  test('is an entry when it is read, and when it was tried', async () => {
    const { admin } = (await sharedRegistry()).database;
    const permitted = [];
    for (const caller of [CALLERS.schoolManager, CALLERS.mixedAuditor]) {
      const { requestId } = await ask(caller, query, INTERVAL);
      const { rows } = await admin.query('SELECT kind, name, permitted FROM registry.entry WHERE request_id = $1', [
        requestId,
      ]);
      permitted.push(rows);
    }
    expect(permitted).toEqual([true, false].map((each) => [{ kind: 'READ', name: field, permitted: each }]));
  });
});

test('what is not an entry’s id is refused, and not repeated', async () => {
  const { errors, text } = await ask(CALLERS.hubAuditor, REVIEWS, { ...INTERVAL, entryId: 'CANARY' });
  expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_USER_INPUT', field: 'entryId' }]);
  expect(text).not.toContain('CANARY');
});
