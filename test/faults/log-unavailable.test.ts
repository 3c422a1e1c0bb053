import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Hub } from '../../hub/hub.ts';
import { RELEASE_DEADLINE_MS } from '../../schema/deadline.ts';
import { DEMO_YOUTHS, type PersonaName, testIdentityNumber } from '../../schema/demo-world.ts';
import { CONSTANT_MESSAGES } from '../../schema/errors.ts';
import { demoConsentId } from '../../subgraphs/registry/seed.ts';
import { VIEW } from '../hub/demo-expectations.ts';
import { type Answer, ask, sql } from '../setup/ask.ts';
import { startTestHub } from '../setup/hub.ts';
import { leaksInLogs } from './logs.ts';
import { askSubgraph } from './subgraph.ts';
import { inTime, until } from './until.ts';

const FULL_VIEW = readFileSync(new URL('../../schema/operations/full-view.graphql', import.meta.url), 'utf8');
const YOUTH = DEMO_YOUTHS.everything.id;
const GUARDED = Object.keys(VIEW);
const SECTORS = [...new Set(Object.values(VIEW).map(({ sector }) => sector))];
const fieldsOf = (sector: string) => GUARDED.filter((field) => VIEW[field]?.sector === sector).sort();
const SUSPECTED = '2026-01-05';
const done = (name: string, input: string) => `mutation ($input: ${input}!) { done: ${name}(input: $input) { id } }`;
const said = { consentId: demoConsentId('everything'), toldAt: '2026-01-02T03:04:05Z', channel: 'by phone (typed)' };
const MUTATIONS: { name: string; by: PersonaName; input: string; given: object }[] = [
  { name: 'withdrawConsent', by: 'school-counsellor', input: 'StatementInput', given: said },
  { name: 'refuseConsent', by: 'police-officer', input: 'StatementInput', given: said },
  {
    name: 'barCaller',
    by: 'school-manager',
    input: 'BarCallerInput',
    given: { subject: 'p-1001', ground: 'a ground that was typed' },
  },
  {
    name: 'recordSuspicion',
    by: 'police-officer',
    input: 'RecordSuspicionInput',
    given: { youthId: YOUTH, offenceGroup: 'THEFT', date: SUSPECTED, status: 'REPORTED', idempotencyKey: 'x' },
  },
  { name: 'schoolUnlinkYouth', by: 'school-counsellor', input: 'SchoolUnlinkYouthInput', given: { youthId: YOUTH } },
  {
    name: 'leisureLinkYouth',
    by: 'leisure-worker',
    input: 'LeisureLinkYouthInput',
    given: { youthId: YOUTH, identityNumber: testIdentityNumber('2009-01-05', '239') },
  },
];

let hub: Hub;
let end: () => Promise<void>;
let before: Answer;
let pids: readonly number[];

const view = () => ask(hub, 'social-coordinator', FULL_VIEW, { youthId: YOUTH });
const allPids = () => [...hub.processes.values()].map(({ pid }) => pid);

beforeAll(async () => {
  ({ hub, end } = await startTestHub());
  before = await inTime(view);
  pids = allPids();
}, 120_000);
afterAll(() => end());

test('the view is whole before', () => {
  expect(before.errors).toEqual([]);
});

describe('C13 with the registry’s database stopped', () => {
  let stopped: Answer;

  beforeAll(async () => {
    await hub.postgres.registry.stop();
    stopped = await view();
  });
  afterAll(async () => {
    await hub.postgres.registry.start();
  });

  test('every guarded field is null with LOG_UNAVAILABLE, whoever’s it is', () => {
    expect(stopped.data).toEqual({
      youth: { id: YOUTH, ...Object.fromEntries(GUARDED.map((field) => [field, null])) },
    });
    expect(stopped.errors).toEqual(GUARDED.toSorted().map((field) => unavailable('youth', field)));
  });

  test('the hub’s own matters about a youth are not given either', async () => {
    const { data, errors } = await ask(
      hub,
      'social-coordinator',
      'query ($id: ID!) { youth(id: $id) { id consents { id } groups { id } } }',
      { id: YOUTH },
    );
    expect(data).toEqual({ youth: { id: YOUTH, consents: null, groups: null } });
    expect(errors).toEqual([unavailable('youth', 'consents'), unavailable('youth', 'groups')]);
  });

  test.each(SECTORS)('nothing protected leaves %s when it is asked itself', async (sector) => {
    const fields = fieldsOf(sector);
    const selection = fields.map((field) => `${field} { id agency }`).join(' ');
    const query = `query ($id: ID!) { _entities(representations: [{ __typename: "Youth", id: $id }]) { ... on Youth { ${selection} } } }`;
    for (const persona of ['social-coordinator', 'police-officer', 'school-counsellor', 'leisure-worker'] as const) {
      const { data, errors } = await askSubgraph(hub, sector, persona, query, { id: YOUTH });
      expect(data).toEqual({ _entities: [Object.fromEntries(fields.map((field) => [field, null]))] });
      expect([...errors].sort(byPath)).toEqual(fields.map((field) => unavailable('_entities', 0, field)));
    }
  });

  test.each(MUTATIONS)('$name answers LOG_UNAVAILABLE', async ({ name, by, input, given }) => {
    const { data, errors } = await ask(hub, by, done(name, input), { input: given });
    expect(data).toEqual({ done: null });
    expect(errors).toEqual([unavailable('done')]);
  });

  test('what is open and needs no database is answered', async () => {
    const { data, errors } = await ask(
      hub,
      'police-officer',
      `query ($id: ID!) { me { subject } youth(id: $id) { id } }`,
      {
        id: YOUTH,
      },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ me: { subject: 'p-2001' }, youth: { id: YOUTH } });
  });
});

test('when it is back the same processes answer as before, and nothing was changed', async () => {
  expect(await until('the whole view', wholeView)).toBe(true);
  expect(allPids()).toEqual(pids);
  const { data, errors } = await ask(
    hub,
    'social-coordinator',
    'query ($id: ID!) { youth(id: $id) { consents { status } } }',
    {
      id: YOUTH,
    },
  );
  expect(errors).toEqual([]);
  expect(data).toEqual({ youth: { consents: [{ status: 'EFFECTIVE' }] } });
  expect(
    await sql(hub, 'SAMSYN_POLICE_OWNER_URL', 'SELECT FROM agency.suspicion WHERE date = $1', [SUSPECTED]),
  ).toEqual([]);
});

test('C13 a registry that hangs costs every guarded field within the deadline, and none is given', async () => {
  const servers = await serverPids();
  for (const pid of servers) process.kill(pid, 'SIGSTOP');
  const asked = performance.now();
  // More at once than one statement takes.
  const answers = await Promise.all(Array.from({ length: 5 }, view));
  const elapsed = performance.now() - asked;
  const withdrawal = await ask(hub, 'police-officer', done('withdrawConsent', 'StatementInput'), { input: said });
  for (const pid of servers) process.kill(pid, 'SIGCONT');

  expect(elapsed).toBeLessThan(2 * RELEASE_DEADLINE_MS);
  for (const { data, errors } of answers) {
    expect(Object.values(data?.youth ?? {}).filter((value) => value !== null && value !== YOUTH)).toEqual([]);
    expect(errors.length).toBeGreaterThan(0);
    for (const { extensions } of errors) {
      expect(['LOG_UNAVAILABLE', 'SUBGRAPH_UNAVAILABLE', 'DEADLINE_EXCEEDED']).toContain(extensions?.code);
    }
  }
  expect(withdrawal.errors).toEqual([unavailable('done')]);
  expect(await until('the whole view', wholeView)).toBe(true);
  expect(allPids()).toEqual(pids);
}, 60_000);

test('no log carries a value, an identity number, a token or what was typed', () => {
  expect(leaksInLogs(hub, ['by phone (typed)', 'a ground that was typed'])).toEqual([]);
});

async function wholeView(): Promise<true | undefined> {
  return (await view()).text === before.text ? true : undefined;
}

function unavailable(...path: (string | number)[]) {
  return { message: CONSTANT_MESSAGES.LOG_UNAVAILABLE, path, extensions: { code: 'LOG_UNAVAILABLE' } };
}

/** The registry’s PostgreSQL: the server and every process that it has made, for connections and for itself. */
async function serverPids(): Promise<number[]> {
  const client = new pg.Client({ connectionString: hub.postgres.registry.adminUrl });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>(
    'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
  );
  await client.end();
  return [hub.postgres.registry.pid, ...rows.map(({ pid }) => pid)];
}

function byPath(a: { path?: readonly unknown[] }, b: { path?: readonly unknown[] }): number {
  return JSON.stringify(a.path) < JSON.stringify(b.path) ? -1 : 1;
}
