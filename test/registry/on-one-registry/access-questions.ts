import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { ago, ask, CALLERS, fieldOf, MINUTE, sharedRegistry, type Written, write } from './shared-registry.ts';

const START = ago(100);
const INTERVAL = { from: START.toISOString(), to: new Date(START.getTime() + 600 * MINUTE).toISOString() };
const at = (minute: number) => new Date(START.getTime() + minute * MINUTE);
const QUERY = `query Log($filter: AccessLogFilter!, $first: Int! = 200, $after: String) {
  accessLog(filter: $filter, first: $first, after: $after) {
    edges { node { id kind reason source { code } groupId consentId protected disclosure why elapsedMs } }
    pageInfo { hasNextPage endCursor }
  }
}`;
const EVERYTHING = DEMO_YOUTHS.everything.id;
const GROUP = `10000000${EVERYTHING.slice(8)}`;
const CONSENT = `20000000${EVERYTHING.slice(8)}`;
const HASH = 'ab'.repeat(32);
const [RELEASED, WITHHELD, LATE, UNKNOWN] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
const SYSTEM = 'system-school-skovde';
const SCHOOL = { source: 'school:skovde', category: 'school.attendance' };
const GRANTED = { ...SCHOOL, youth: EVERYTHING, group: GROUP, consent: CONSENT, reason: 'CONSENT' };
const outcome = (kind: string, answer: string, more: object = {}) => ({
  kind,
  answer,
  name: 'school',
  elapsed: 5,
  ...more,
});

/** Entries of all sorts, several of them of one instant, as the entries of one statement are. */
const WRITTEN: readonly Written[] = [
  { at: at(1), ...GRANTED, agency: 'police:nationell', answer: RELEASED },
  { at: at(1), ...GRANTED, agency: 'police:nationell', answer: WITHHELD },
  { at: at(1), ...GRANTED, agency: 'police:nationell', answer: LATE },
  { at: at(1), ...GRANTED, agency: 'police:nationell', answer: UNKNOWN },
  { at: at(2), ...outcome('RELEASED', RELEASED) },
  { at: at(2), ...outcome('WITHHELD', WITHHELD, { why: 'DEADLINE', elapsed: 3000 }) },
  { at: at(2), ...outcome('LATE', LATE) },
  {
    at: at(3),
    ...SCHOOL,
    caller: 'p-3001',
    actor: SYSTEM,
    reason: 'NO_SEAT',
    permitted: false,
    operation: 'full-view',
  },
  { at: at(3), ...SCHOOL, caller: SYSTEM, roles: 8, reason: 'OWN', hash: HASH },
  { at: at(4), source: 'police:nationell', agency: 'police:nationell', category: 'police.suspicion', reason: 'OWN' },
  { at: at(5), kind: 'CHANGE', name: 'withdrawConsent', youth: EVERYTHING, group: GROUP, consent: CONSENT },
  {
    at: at(6),
    ...GRANTED,
    caller: CALLERS.schoolAuditor.subject,
    reason: 'WITHDRAWN',
    permitted: false,
    protected: true,
  },
];
let ids: string[];

beforeAll(async () => {
  ids = await write(WRITTEN);
});

interface Node {
  readonly id: string;
}
interface Page {
  readonly edges: readonly { readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const nodes = async (caller: (typeof CALLERS)[keyof typeof CALLERS], filter: object) =>
  (await fieldOf<Page>(caller, 'accessLog', QUERY, { filter: { ...INTERVAL, ...filter } })).edges.map(
    ({ node }) => node,
  );

/** The places in WRITTEN of what was read, in the order of WRITTEN. */
const placesOf = (read: readonly Node[]) => read.map(({ id }) => ids.indexOf(id)).sort((a, b) => a - b);

const FILTERS: Readonly<Record<string, readonly [object, readonly number[]]>> = {
  'nothing more': [{}, [0, 1, 2, 3, 7, 8, 9, 10, 11]],
  'a kind': [{ kind: 'CHANGE' }, [10]],
  'a frequent kind': [{ kind: 'RELEASED' }, [4]],
  'what had not left': [{ kind: 'WITHHELD', decision: 'DENY', recipient: 'police:nationell' }, [5]],
  'what was cut off, of who had asked': [{ kind: 'LATE', caller: 'p-1001' }, [6]],
  'what became of answers to somebody else': [{ kind: 'RELEASED', caller: 'p-3001' }, []],
  'what became of answers about a youth, who is in no outcome': [{ kind: 'RELEASED', youthId: EVERYTHING }, []],
  'a published operation': [{ operation: 'full-view' }, [7]],
  'the hash of an operation': [{ operation: HASH }, [8]],
  'what was released': [{ disclosure: 'RELEASED' }, [0]],
  'what was withheld': [{ disclosure: 'WITHHELD' }, [1]],
  'what may have been disclosed': [{ disclosure: 'POSSIBLE', youthId: EVERYTHING }, [2, 3]],
  'a group': [{ groupId: GROUP }, [0, 1, 2, 3, 10, 11]],
  'a version of a consent': [{ consentId: CONSENT }, [0, 1, 2, 3, 10, 11]],
  'a group that is not there': [{ groupId: randomUUID() }, []],
  'a caller, or the system that acts': [{ caller: SYSTEM }, [7, 8]],
  'a pair of agencies': [{ source: 'school:skovde', recipient: 'police:nationell' }, [0, 1, 2, 3]],
  'an agency that is not there': [{ source: 'school:nowhere' }, []],
  'a reason': [{ reason: 'WITHDRAWN' }, [11]],
  'a decision': [{ decision: 'DENY', category: 'school.attendance' }, [7, 11]],
};

test.each(Object.keys(FILTERS))('%s selects exactly those', async (name) => {
  const [filter, expected] = FILTERS[name] ?? [{}, []];
  expect(placesOf(await nodes(CALLERS.hubAuditor, filter))).toEqual(expected);
});

test('pages lose and repeat nothing where entries share an instant', async () => {
  const read: string[] = [];
  for (let after: string | null = null; ; ) {
    const page: Page = await fieldOf(CALLERS.hubAuditor, 'accessLog', QUERY, { filter: INTERVAL, first: 3, after });
    read.push(...page.edges.map(({ node }) => node.id));
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  const latestFirst = ids
    .map((id, place) => ({ id, at: WRITTEN[place]?.at.getTime() ?? 0 }))
    .filter((_, place) => ![4, 5, 6].includes(place))
    .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
  expect(read).toEqual(latestFirst.map(({ id }) => id));
});

test('a decision shows what became of its answer, and the outcome itself who had asked', async () => {
  const shown = (read: readonly object[]) =>
    read.map((node) => {
      const { kind, disclosure, why, elapsedMs } = node as Readonly<Record<string, unknown>>;
      return { kind, disclosure, why, elapsedMs };
    });
  const decisions = await nodes(CALLERS.hubAuditor, { recipient: 'police:nationell', category: 'school.attendance' });
  const [released, withheld, late, unknown] = shown(
    decisions.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id)),
  );
  const decision = { kind: 'DECISION', why: null };
  expect([released, withheld, late, unknown]).toEqual([
    { ...decision, disclosure: 'RELEASED', elapsedMs: 5 },
    { ...decision, disclosure: 'WITHHELD', why: 'DEADLINE', elapsedMs: 3000 },
    { ...decision, disclosure: 'POSSIBLE', elapsedMs: 5 },
    { ...decision, disclosure: 'POSSIBLE', elapsedMs: null },
  ]);
  expect(shown(await nodes(CALLERS.hubAuditor, { kind: 'WITHHELD' }))).toEqual([
    { kind: 'WITHHELD', disclosure: null, why: 'DEADLINE', elapsedMs: 3000 },
  ]);
});

describe('an agency', () => {
  test('reads what it is source or recipient of, each once', async () => {
    for (const caller of [CALLERS.schoolAuditor, CALLERS.schoolManager]) {
      expect(placesOf(await nodes(caller, {}))).toEqual([0, 1, 2, 3, 7, 8, 10, 11]);
      expect(placesOf(await nodes(caller, { caller: 'p-1001' }))).toEqual([0, 1, 2, 3, 10]);
      expect(placesOf(await nodes(caller, { kind: 'RELEASED' }))).toEqual([]);
    }
  });

  test('learns nothing of why its reader was denied, by reading or by asking', async () => {
    const own = {
      id: ids[11],
      kind: 'DECISION',
      reason: null,
      source: null,
      groupId: null,
      consentId: null,
      protected: null,
      disclosure: null,
      why: null,
      elapsedMs: null,
    };
    expect(await nodes(CALLERS.schoolAuditor, { caller: CALLERS.schoolAuditor.subject, decision: 'DENY' })).toEqual([
      own,
    ]);
    const asked = [{ reason: 'WITHDRAWN' }, { consentId: CONSENT }, { groupId: GROUP }, { source: 'school:skovde' }];
    for (const filter of asked) {
      expect(placesOf(await nodes(CALLERS.schoolAuditor, filter))).not.toContain(11);
      expect(placesOf(await nodes(CALLERS.schoolManager, filter))).toContain(11);
    }
  });
});

test('an auditor with another role, and whoever is neither auditor nor manager, reads nothing', async () => {
  const answers = await Promise.all(
    [CALLERS.mixedAuditor, CALLERS.caseworker].map((caller) => ask(caller, QUERY, { filter: INTERVAL })),
  );
  expect(answers.map(({ data, errors }) => [data, errors.map(({ extensions }) => extensions)])).toEqual(
    answers.map(() => [{ accessLog: null }, [{ code: 'FORBIDDEN' }]]),
  );
});

test('a read that asks about a group is an entry about its youth', async () => {
  const { requestId } = await ask(CALLERS.hubAuditor, QUERY, { filter: { ...INTERVAL, groupId: GROUP } });
  const { database } = await sharedRegistry();
  const { rows } = await database.admin.query(
    'SELECT kind, name, youth, group_id, permitted FROM registry.entry WHERE request_id = $1',
    [requestId],
  );
  expect(rows).toEqual([{ kind: 'READ', name: 'accessLog', youth: EVERYTHING, group_id: GROUP, permitted: true }]);
});
