import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { ask, CALLERS, fieldOf, sharedRegistry } from './shared-registry.ts';

const YOUTH = DEMO_YOUTHS.everything.id;
const GROUND = 'Is a neighbour of the family.';
const LIST = `query List($first: Int, $after: String) {
  bars(first: $first, after: $after) {
    edges { node { id subject youthId ground recordedBy } } pageInfo { hasNextPage endCursor }
  }
}`;
const LIFT = 'mutation Lift($input: LiftBarInput!) { liftBar(input: $input) { id outcome revision } }';

interface Page {
  readonly edges: readonly { readonly node: Bar }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}
interface Bar {
  readonly id: string;
  readonly subject: string;
  readonly youthId: string | null;
}

/** The bars there are: by whom they were recorded tells which. */
const barred: Record<'one' | 'all' | 'manager' | 'fresh' | 'lifted' | 'police', string> = {
  one: randomUUID(),
  all: randomUUID(),
  manager: randomUUID(),
  fresh: randomUUID(),
  lifted: randomUUID(),
  police: randomUUID(),
};

beforeAll(async () => {
  const { admin } = (await sharedRegistry()).database;
  const bars: [string, string, string, string | null, number, boolean][] = [
    [barred.one, 'school:skovde', 'p-2001', YOUTH, 60, false],
    [barred.all, 'school:skovde', 'p-2001', null, 60, false],
    [barred.manager, 'school:skovde', CALLERS.schoolManager.subject, YOUTH, 60, false],
    // As one that will not have been told of for as long as the test takes.
    [barred.fresh, 'school:skovde', 'p-2001', YOUTH, -600, false],
    [barred.lifted, 'school:skovde', 'p-2001', YOUTH, 60, true],
    [barred.police, 'police:nationell', 'p-3001', YOUTH, 60, false],
  ];
  for (const [id, agency, subject, youth, seconds, lifted] of bars) {
    await admin.query(
      `INSERT INTO registry.bar (id, agency, subject, youth, ground, recorded_by, recorded_at, lifted_at)
       SELECT $1, a.id, $3, $4, $5, 'p-3800', registry.clock() - make_interval(secs => $6),
         CASE WHEN $7 THEN registry.clock() END
       FROM registry.agency a WHERE a.code = $2`,
      [id, agency, subject, youth, GROUND, seconds, lifted],
    );
  }
});

const list = (first?: number, after?: string) =>
  fieldOf<Page>(CALLERS.schoolManager, 'bars', LIST, { first: first ?? 200, after: after ?? null });
const lift = async (caller: (typeof CALLERS)[keyof typeof CALLERS], barId: string, more: object = {}) => {
  const { data, errors, requestId } = await ask(caller, LIFT, { input: { barId, ...more } });
  return { said: data?.liftBar ?? errors.map(({ extensions }) => extensions?.code), requestId };
};
const entriesOf = async (requestId: string) => {
  const { admin } = (await sharedRegistry()).database;
  const { rows } = await admin.query(
    `SELECT e.kind, e.permitted, e.name, e.thing, e.youth, s.code AS source FROM registry.entry e
     LEFT JOIN registry.agency s ON s.id = e.source WHERE e.request_id = $1 ORDER BY e.xid, e.thing, e.id`,
    [requestId],
  );
  return rows;
};

test('a manager lists the bars of the agency that stand, page by page, but not those on the manager', async () => {
  const all = await list();
  const bar = { subject: 'p-2001', ground: GROUND, recordedBy: 'p-3800' };
  const expected = [
    { ...bar, id: barred.one, youthId: YOUTH },
    { ...bar, id: barred.all, youthId: null },
  ].sort((a, b) => (a.id < b.id ? -1 : 1));
  expect(all.edges.map(({ node }) => node)).toEqual(expected);
  const first = await list(1);
  const second = await list(1, first.pageInfo.endCursor);
  expect([...first.edges, ...second.edges].map(({ node }) => node)).toEqual(expected);
  expect([first, second].map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, false]);
});

test('each bar that is listed is an entry, and so is a list of none', async () => {
  const { requestId } = await ask(CALLERS.schoolManager, LIST, { first: 1 });
  const [only] = (await list(1)).edges;
  const entry = { kind: 'READ', permitted: true, name: 'bars', source: null };
  expect(await entriesOf(requestId)).toEqual([{ ...entry, thing: only?.node.id, youth: only?.node.youthId }]);
  const none = await ask(CALLERS.leisureManager, LIST, { first: 1 });
  expect(none.data?.bars).toEqual({ edges: [], pageInfo: { hasNextPage: false, endCursor: null } });
  expect(await entriesOf(none.requestId)).toEqual([{ ...entry, thing: null, youth: null }]);
});

test('nobody but a manager lists bars', async () => {
  for (const caller of [CALLERS.schoolAuditor, CALLERS.caseworker, CALLERS.mixedAuditor]) {
    const { data, errors } = await ask(caller, LIST, { first: 200 });
    expect([data?.bars, errors.map(({ extensions }) => extensions?.code)]).toEqual([null, ['FORBIDDEN']]);
  }
});

test('a bar is lifted by a manager of the agency that barred alone, and never by whom it keeps out', async () => {
  const refused = ['FORBIDDEN'];
  expect((await lift(CALLERS.schoolManager, barred.police)).said).toEqual(refused);
  expect((await lift(CALLERS.schoolManager, barred.manager)).said).toEqual(refused);
  expect((await lift(CALLERS.schoolManager, randomUUID())).said).toEqual(refused);
  expect((await lift(CALLERS.caseworker, barred.one)).said).toEqual(refused);
  expect((await lift(CALLERS.mixedAuditor, barred.one)).said).toEqual(refused);
  const { admin } = (await sharedRegistry()).database;
  const { rows } = await admin.query('SELECT id FROM registry.bar WHERE lifted_at IS NOT NULL');
  expect(rows).toEqual([{ id: barred.lifted }]);
});

test('a bar is lifted once, with an entry, and a key is answered the same again', async () => {
  const key = { idempotencyKey: 'lift-1' };
  const first = await lift(CALLERS.schoolManager, barred.all, key);
  const again = await lift(CALLERS.schoolManager, barred.all, key);
  const anew = await lift(CALLERS.schoolManager, barred.all);
  const other = await lift(CALLERS.schoolManager, barred.one, key);
  expect([first, again, anew, other].map(({ said }) => said)).toEqual([
    { id: barred.all, outcome: 'CHANGED', revision: null },
    { id: barred.all, outcome: 'CHANGED', revision: null },
    { id: barred.all, outcome: 'UNCHANGED', revision: null },
    ['BAD_USER_INPUT'],
  ]);
  const entry = { kind: 'CHANGE', permitted: true, name: 'liftBar', thing: barred.all, youth: null };
  expect(await entriesOf(first.requestId)).toEqual([
    { ...entry, source: null },
    { ...entry, source: 'school:skovde' },
  ]);
  expect((await list()).edges.map(({ node }) => node.id)).toEqual([barred.one]);
});
