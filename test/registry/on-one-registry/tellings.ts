import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller } from '../../../schema/caller.ts';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { CONSTANT_MESSAGES } from '../../../schema/errors.ts';
import { COORDINATOR, type Report, reportOf } from './access-report.ts';
import { ago, ask, CALLERS, fieldOf, MINUTE, sharedRegistry, type Written, write } from './shared-registry.ts';

const YOUTH = DEMO_YOUTHS.twoSchools.id;
const START = ago(120);
const INTERVAL = { from: START.toISOString(), to: new Date(START.getTime() + 60 * MINUTE).toISOString() };
const QUIET = { from: ago(118).toISOString(), to: ago(117).toISOString() };
const POLICE = 'police:nationell';
const policeManager: Caller = { ...CALLERS.schoolManager, subject: 'p-2900', agency: POLICE };
const LEAD = COORDINATOR.agency;
const leadManager: Caller = { ...COORDINATOR, subject: 'p-1900', roles: ['MANAGER'] };

const DECIDE = `mutation Decide($input: DecideTellingInput!) { decideTelling(input: $input) { id outcome revision } }`;
const GROUND = 'OSL 18 kap. 1 §: det kan skada en utredning.';
const TELLINGS = `query Tellings($youthId: ID!, $first: Int! = 50, $after: String) {
  tellings(youthId: $youthId, first: $first, after: $after) {
    edges { node { entryId agency { code } decision ground revision recordedBy } }
    pageInfo { hasNextPage endCursor }
  }
}`;

const granted = {
  youth: YOUTH,
  reason: 'CONSENT',
  version: 1,
  programme: 'skovde-sig',
  source: 'school:skovde',
  category: 'school.attendance',
  agency: POLICE,
};
const WRITTEN: readonly Written[] = [
  granted,
  { ...granted, agency: 'social-services:skovde' },
  { ...granted, caller: policeManager.subject },
  { ...granted, category: 'school.health' },
  { ...granted, category: 'school.incident' },
  { ...granted, permitted: false, reason: 'NOT_GRANTED' },
  { ...granted, kind: 'READ', name: 'group' },
  { ...granted, action: 2 },
].map((entry, minute) => ({ at: new Date(START.getTime() + minute * MINUTE), ...entry }));

let ids: readonly string[];
/** The request by which the police told of an entry that nobody had left out. */
let unchanged: string;
beforeAll(async () => {
  ids = await write(WRITTEN);
});
const id = (place: number): string => ids[place] ?? '';

const decide = (by: Caller, entryId: string, decision: 'LEAVE_OUT' | 'TELL', more: object = {}) =>
  ask(by, DECIDE, { input: { entryId, decision, ground: GROUND, ...more } });
/** What a decision did, or why not. */
const said = async (...asked: Parameters<typeof decide>) => {
  const { data, errors } = await decide(...asked);
  return errors.length === 0 ? data?.decideTelling : errors.map(({ extensions }) => extensions?.code);
};

/**
 * An extract without what differs anyway between two: when it was made, and of how much of the log. Its summary and days say
 * what its rows say, and nothing more.
 */
const comparable = async (interval: object) => {
  const { madeAt, checkpoint, summary, days, ...report } = await reportOf(YOUTH, interval);
  expect([typeof madeAt, typeof checkpoint]).toEqual(['string', 'object']);
  const { rows, readings } = report;
  // Each row is of a request of its own.
  const kinds = grouped(rows, ({ agency, category, source }) => [agency.code, category, source.code]);
  const told = summary.map(({ agency, category, source, times }) => [[agency.code, category, source.code], times]);
  expect(told.map((each) => JSON.stringify(each)).sort()).toEqual(kinds);
  expect(days.map(({ agency, times }) => JSON.stringify([[agency.code], times])).sort()).toEqual(
    grouped(rows, ({ agency }) => [agency.code]),
  );
  expect([readings, rows.map(({ number }) => number)]).toEqual([rows.length, rows.map((_, place) => place + 1)]);
  return { ...report, readings: undefined, rows: rows.map(({ number, ...row }) => row) };
};

/** How many rows there are of each key. */
function grouped(rows: Report['rows'], keyOf: (row: Report['rows'][number]) => readonly string[]): string[] {
  const keys = rows.map((row) => JSON.stringify(keyOf(row)));
  return [...new Set(keys)].map((key) => `[${key},${keys.filter((each) => each === key).length}]`).sort();
}

/** Puts a decision on record, as one that was made before. */
async function decided(place: number, agency: string, recordedBy: string, revision = 1): Promise<void> {
  const { admin } = (await sharedRegistry()).database;
  await admin.query(
    `INSERT INTO registry.telling (entry, youth, agency, revision, decision, ground, recorded_by)
     SELECT $1, $2, id, $3, 'LEAVE_OUT', $4, $5 FROM registry.agency WHERE code = $6`,
    [id(place), YOUTH, revision, GROUND, recordedBy, agency],
  );
}

test('an entry is left out by its source or recipient, until each that left it out tells of it', async () => {
  const all = await comparable(INTERVAL);
  expect(all.rows.map(({ entryId }) => entryId)).toEqual([id(4), id(3), id(2), id(1), id(0)]);

  await decided(1, 'school:skovde', 'p-3901');
  await decided(1, LEAD, 'p-1900');
  await decided(3, POLICE, 'p-2900');
  await decided(4, 'hub:samsyn', 'p-9901');
  // The rest reads as if nothing had been there.
  const without = (...places: readonly number[]) => ({
    ...all,
    rows: all.rows.filter(({ entryId }) => !places.map(id).includes(entryId)),
  });
  expect(await comparable(INTERVAL)).toEqual(without(1, 3, 4));

  // At once, since each answers after the fence.
  const key = { idempotencyKey: 'leave out' };
  const [unmade, ...done] = await Promise.all([
    decide(policeManager, id(4), 'TELL'),
    said(policeManager, id(0), 'LEAVE_OUT', key),
    said(policeManager, id(0), 'LEAVE_OUT', key),
    said(CALLERS.schoolAuditor, id(0), 'LEAVE_OUT'),
    said(leadManager, id(1), 'TELL'),
    said(policeManager, id(1), 'TELL'),
    said(policeManager, id(3), 'TELL', { expectedRevision: 1 }),
    said(CALLERS.hubAuditor, id(4), 'TELL', { expectedRevision: 2 }),
    said(CALLERS.hubAuditor, id(4), 'LEAVE_OUT'),
  ]);
  const receipt = (place: number, revision: number | null, outcome = 'CHANGED') => ({
    id: id(place),
    outcome,
    revision,
  });
  expect(done).toEqual([
    receipt(0, 1),
    receipt(0, 1),
    receipt(0, 1),
    receipt(1, 2),
    ['FORBIDDEN'],
    receipt(3, 2),
    ['CONFLICT'],
    receipt(4, 1, 'UNCHANGED'),
  ]);
  unchanged = unmade.requestId;
  expect(unmade.data).toEqual({ decideTelling: receipt(4, null, 'UNCHANGED') });
  // The school still leaves out what the lead agency tells of.
  expect(await comparable(INTERVAL)).toEqual(without(0, 1, 4));
}, 60_000);

describe('what was decided', () => {
  const decision = { ground: GROUND, revision: 1, decision: 'LEAVE_OUT' };
  const police = { ...decision, agency: { code: POLICE }, recordedBy: 'p-2900' };
  const school = { ...decision, agency: { code: 'school:skovde' }, recordedBy: 'p-3901' };
  const lead = { ...decision, agency: { code: LEAD }, recordedBy: 'p-1900' };
  const hub = { ...decision, agency: { code: 'hub:samsyn' }, recordedBy: 'p-9901' };
  interface Decision {
    readonly entryId: string;
    readonly recordedBy: string;
    readonly revision: number;
  }
  const keyOf = ({ entryId, recordedBy, revision }: Decision) => [entryId, recordedBy, revision].join();
  const inOrder = (nodes: readonly Decision[]) => [...nodes].sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
  interface Tellings {
    readonly edges: readonly { readonly node: Decision }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  }
  const read = async (by: Caller) => {
    const nodes: Decision[] = [];
    for (let after: string | null = null; ; ) {
      const page: Tellings = await fieldOf(by, 'tellings', TELLINGS, { youthId: YOUTH, first: 2, after });
      nodes.push(...page.edges.map(({ node }) => node));
      if (!page.pageInfo.hasNextPage) return inOrder(nodes);
      after = page.pageInfo.endCursor;
    }
  };

  test('is read by the agency that decided, and by the hub’s auditors', async () => {
    const ofPolice = [
      { entryId: id(0), ...police },
      { entryId: id(3), ...police },
      { entryId: id(3), ...police, decision: 'TELL', revision: 2 },
    ];
    const ofSchool = [
      { entryId: id(0), ...school },
      { entryId: id(1), ...school },
    ];
    const ofLead = [
      { entryId: id(1), ...lead },
      { entryId: id(1), ...lead, decision: 'TELL', revision: 2 },
    ];
    expect(await read(policeManager)).toEqual(inOrder(ofPolice));
    expect(await read(CALLERS.schoolManager)).toEqual(inOrder(ofSchool));
    expect(await read(leadManager)).toEqual(inOrder(ofLead));
    const ofHub = [{ entryId: id(4), ...hub }];
    expect(await read(CALLERS.hubAuditor)).toEqual(inOrder([...ofPolice, ...ofSchool, ...ofLead, ...ofHub]));
  });

  test('is read by nobody else', async () => {
    for (const reader of [COORDINATOR, CALLERS.caseworker, CALLERS.mixedAuditor]) {
      const { data, errors } = await ask(reader, TELLINGS, { youthId: YOUTH });
      expect([data, errors]).toEqual([
        { tellings: null },
        [{ message: CONSTANT_MESSAGES.FORBIDDEN, path: ['tellings'], extensions: { code: 'FORBIDDEN' } }],
      ]);
    }
  });

  test('stands in the log, with its entry', async () => {
    const { requestId: refused } = await decide(leadManager, id(4), 'LEAVE_OUT');
    const { database } = await sharedRegistry();
    const { rows } = await database.admin.query(
      `SELECT e.kind, e.name, e.permitted, e.caller, e.thing, e.youth, a.code FROM registry.entry e
       JOIN registry.agency a ON a.id = e.agency WHERE e.request_id IN ($1, $2) ORDER BY e.id`,
      [unchanged, refused],
    );
    const entry = { kind: 'CHANGE', name: 'decideTelling', caller: 'p-2900', thing: id(4), youth: YOUTH, code: POLICE };
    expect(rows).toEqual([
      { ...entry, permitted: true },
      { ...entry, permitted: true },
      { ...entry, permitted: false, caller: 'p-1900', youth: null, code: LEAD },
    ]);
  });
});

describe('nobody decides', () => {
  const school = CALLERS.schoolManager;
  test.each<[string, Caller, () => string]>([
    ['about what they read themselves', policeManager, () => id(2)],
    ['about what was denied', policeManager, () => id(5)],
    ['about what is no reading of information', policeManager, () => id(6)],
    ['about what was changed', policeManager, () => id(7)],
    ['about what there is not', CALLERS.hubAuditor, randomUUID],
    ['about what another agency read elsewhere', { ...school, agency: 'school:orebro' }, () => id(0)],
    ['as the coordinator', COORDINATOR, () => id(1)],
    ['as the lead agency’s manager, about what others share', leadManager, () => id(0)],
    ['as an auditor with another role', CALLERS.mixedAuditor, () => id(0)],
    ['as a manager of the hub', { ...CALLERS.hubAuditor, roles: ['MANAGER'] }, () => id(0)],
    ['as a member of staff', CALLERS.caseworker, () => id(0)],
  ])('%s', async (_, by, entryId) => {
    const { data, errors } = await decide(by, entryId(), 'LEAVE_OUT');
    expect([data, errors]).toEqual([
      { decideTelling: null },
      [{ message: CONSTANT_MESSAGES.FORBIDDEN, path: ['decideTelling'], extensions: { code: 'FORBIDDEN' } }],
    ]);
  });

  test('with a personal identity number in the ground', async () => {
    const { errors, text } = await decide(policeManager, id(0), 'LEAVE_OUT', { ground: 'Rör 20100101-2382 själv.' });
    expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_USER_INPUT', field: 'input.ground' }]);
    expect(text).not.toContain('2382');
  });
});

test('an extract from which everything is left out reads as one of a time in which nothing was read', async () => {
  for (const place of [0, 1, 2, 3, 4]) await decided(place, 'hub:samsyn', 'p-9901', 9);
  expect(await comparable(INTERVAL)).toEqual({ ...(await comparable(QUIET)), ...INTERVAL });
});
