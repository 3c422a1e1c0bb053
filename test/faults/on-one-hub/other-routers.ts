import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import { FENCE_MS } from '../../../schema/deadline.ts';
import { DEMO_YOUTHS, PERSONAS, type PersonaName } from '../../../schema/demo-world.ts';
import { CONSTANT_MESSAGES } from '../../../schema/errors.ts';
import { type Answer, ask, post, sql, tokenOf } from '../../setup/ask.ts';
import { type HoldingProxy, holdingProxy } from '../routers/holding-proxy.ts';
import { ROUTERS, type RouterName, type RouterProcess, startRouter } from '../routers/router-process.ts';
import { portOf } from '../subgraph.ts';
import { sharedHub, TRUST } from './shared-hub.ts';

/** `npm run test:all` runs as many as the promise names; `npm test` fewer. */
const IS_WHOLE = process.env.SAMSYN_TESTS === 'whole';
const PAIRS = IS_WHOLE ? 200 : 20;
const ROUNDS = IS_WHOLE ? 200 : 3;

const ATTENDANCE = 'query ($id: ID!) { youth(id: $id) { id attendance { id minutesPresent } } }';
const EVERYTHING = DEMO_YOUTHS.everything.id;

let hub: Hub;
let school: HoldingProxy;
const routers = new Map<RouterName, RouterProcess>();

beforeAll(async () => {
  hub = await sharedHub();
  school = await holdingProxy(() => portOf(hub, 'school'));
  await Promise.all(
    ROUTERS.map(async (name) => routers.set(name, await startRouter(name, hub, TRUST, { school: school.url }))),
  );
}, 120_000);

afterAll(async () => {
  await Promise.all([...routers.values()].map((router) => router.stop()));
  school.close();
});

const routerOf = (name: RouterName): RouterProcess => {
  const router = routers.get(name);
  if (router === undefined) throw new Error(`${name} has not been started.`);
  return router;
};

/** Asks a router as a persona. A connection that is cut carries nothing. */
async function through(
  name: RouterName,
  persona: PersonaName,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Answer | null> {
  const authorization = `Bearer ${await tokenOf(hub, persona)}`;
  return post(routerOf(name).url, { authorization }, { query, variables }).catch(() => null);
}

const codesOf = (answer: Answer | null) => answer?.errors.map(({ extensions }) => extensions?.code);

/** True if an answer shows a record of attendance. */
function shows(answer: Answer | null): boolean {
  return answer?.text.includes('"minutesPresent":') === true;
}

/** What no answer of a router shows: URLs, subgraphs' names beside categories, traces, and what routers add to errors. */
const LEAKS =
  /https?:|127\.0\.0\.1|localhost|stacktrace|serviceName|\bat \w+ \(|SUBREQUEST|DOWNSTREAM|node_modules|Did you mean/;

describe.each(ROUTERS)('behind %s', (name) => {
  test('a caller gets the answer that the hub’s own gateway gives', async () => {
    const own = await ask(hub, 'social-coordinator', ATTENDANCE, { id: EVERYTHING });
    const other = await through(name, 'social-coordinator', ATTENDANCE, { id: EVERYTHING });
    expect(own.errors).toEqual([]);
    expect([other?.status, other?.data, other?.errors]).toEqual([200, own.data, []]);
    expect(shows(other)).toBe(true);
  });

  test('a denied caller gets the same error as from the hub’s own gateway', async () => {
    const own = await ask(hub, 'police-outsider', ATTENDANCE, { id: EVERYTHING });
    const other = await through(name, 'police-outsider', ATTENDANCE, { id: EVERYTHING });
    const { message, path, extensions } = own.errors[0] ?? { message: '' };
    const { category } = extensions ?? {};
    expect([other?.data, other?.errors]).toEqual([
      own.data,
      [{ message, path, extensions: { code: 'CONSENT_REQUIRED', category } }],
    ]);
  });

  test('its decisions are in the log, of the caller, under the number of the exchange', async () => {
    const before = await decisions('p-2009');
    await through(name, 'police-outsider', ATTENDANCE, { id: EVERYTHING });
    expect(await decisions('p-2009')).toBe(before + 1);
  });

  test(`no answer of one caller gets to another in ${PAIRS} pairs of equal, simultaneous operations`, async () => {
    let mixed = 0;
    let read = 0;
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const callers: PersonaName[] = ['social-coordinator', 'police-outsider'];
      if (pair % 2 === 1) callers.reverse();
      const answers = await Promise.all(
        callers.map((persona) => through(name, persona, ATTENDANCE, { id: EVERYTHING })),
      );
      const [coordinator, outsider] = pair % 2 === 1 ? answers.reverse() : answers;
      if (shows(outsider ?? null) || codesOf(outsider ?? null)?.[0] !== 'CONSENT_REQUIRED') mixed += 1;
      if (!shows(coordinator ?? null)) mixed += 1;
      else read += 1;
    }
    expect({ mixed, read }).toEqual({ mixed: 0, read: PAIRS });
  }, 120_000);

  test('nobody is answered without a token of the identity provider', async () => {
    for (const authorization of [undefined, 'Bearer a.b.c', `Basic ${TRUST.secret}`]) {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      const { status, text } = await post(routerOf(name).url, headers, {
        query: ATTENDANCE,
        variables: { id: EVERYTHING },
      });
      expect([status, JSON.parse(text)]).toEqual([
        401,
        { errors: [{ message: CONSTANT_MESSAGES.UNAUTHENTICATED, extensions: { code: 'UNAUTHENTICATED' } }] },
      ]);
    }
  });

  test('errors carry no URL, no name of a subgraph, no trace and no suggestion', async () => {
    const wrong: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
      ['{ youht { id } }', {}],
      ['{', {}],
      ['query A { me { subject } } query B { me { subject } }', {}],
      [ATTENDANCE, {}],
      ['mutation { schoolUnlinkYouth(input: { youthId: "x" }) { id } }', {}],
      ['{ __schema { types { name } } }', {}],
      [ATTENDANCE, { id: { a: 1 } }],
    ];
    for (const [query, variables] of wrong) {
      const answer = await through(name, 'social-coordinator', query, variables);
      expect(answer?.errors.length).toBeGreaterThan(0);
      expect(answer?.text).not.toMatch(LEAKS);
      for (const { extensions } of answer?.errors ?? []) {
        expect(Object.keys(extensions ?? {}).filter((key) => !['code', 'category', 'field'].includes(key))).toEqual([]);
      }
    }
  });
});

/** Youths whose attendance both readers may read, until the school's manager bars one of them. */
const LANES = (['everything', 'attendanceOnly', 'turning15', 'turning18', 'heldPoliceRecord'] as const).map(
  (youth) => DEMO_YOUTHS[youth].id,
);

/** The reader behind each router, so that both can be tried at once. */
const READERS: Readonly<Record<RouterName, PersonaName>> = {
  'hive-gateway': 'social-coordinator',
  'apollo-gateway': 'social-mentor',
};

/** What was seen of one ending behind a router. */
interface Round {
  readonly outcome: unknown;
  /** From the mutation's request to its answer. */
  readonly waitedMs: number;
  /** Free reads that showed a record, and that were denied. */
  readonly shown: number;
  readonly denied: number;
  /** Answers with a record that arrived after the mutation's. */
  readonly late: number;
  /** What became of the read whose subgraph's answer came after the mutation's. */
  readonly held: 'kept back' | 'released';
}

async function endOnce(name: RouterName, youth: string): Promise<Round> {
  const reader = READERS[name];
  const alias = `held${randomUUID().slice(0, 8)}`;
  const holding = school.hold(alias);
  const heldRead = through(
    name,
    reader,
    `query ($id: ID!) { youth(id: $id) { ${alias}: attendance { id minutesPresent } } }`,
    { id: youth },
  );
  const unheld = heldRead.then((answer) => {
    throw new Error(`Expected the school's answer to be held; the router answered ${answer?.status} ${answer?.text}.`);
  });
  await Promise.race([holding.answered, unheld]);
  unheld.catch(() => undefined);
  let isOver = false;
  const reads: { readonly answer: Answer | null; readonly at: number }[] = [];
  const read = async () => {
    const answer = await through(name, reader, ATTENDANCE, { id: youth });
    reads.push({ answer, at: performance.now() });
  };
  await read();
  const reading = (async () => {
    while (!isOver) await read();
    await read();
  })();
  const askedAt = performance.now();
  const mutation = 'mutation ($input: BarCallerInput!) { barCaller(input: $input) { id outcome } }';
  const input = { subject: PERSONAS[reader].subject, youthId: youth, ground: 'a ground of this test' };
  const ended = await through(name, 'school-manager', mutation, { input });
  const endedAt = performance.now();
  holding.release();
  const heldAnswer = await heldRead;
  isOver = true;
  await reading;
  const { id, outcome } = (ended?.data?.barCaller ?? {}) as { id?: string; outcome?: string };
  await through(name, 'school-manager', 'mutation ($input: LiftBarInput!) { liftBar(input: $input) { outcome } }', {
    input: { barId: id },
  });
  return {
    outcome,
    waitedMs: endedAt - askedAt,
    shown: reads.filter(({ answer }) => shows(answer)).length,
    denied: reads.filter(({ answer }) => codesOf(answer)?.[0] === 'CONSENT_REQUIRED').length,
    late: reads.filter(({ answer, at }) => at > endedAt && shows(answer)).length,
    held: shows(heldAnswer) ? 'released' : 'kept back',
  };
}

/** Ends permissions behind a router, in all lanes at once. */
async function endings(name: RouterName): Promise<Round[]> {
  const lanes = LANES.slice(0, Math.min(LANES.length, ROUNDS));
  const perLane = Math.ceil(ROUNDS / lanes.length);
  const seen = lanes.map(async (youth) => {
    const rounds: Round[] = [];
    for (let round = 0; round < perLane; round += 1) rounds.push(await endOnce(name, youth));
    return rounds;
  });
  return (await Promise.all(seen)).flat();
}

test(`after the answer that a permission has ended nothing decided under it leaves, in ${ROUNDS} rounds behind each router`, async () => {
  const rounds = await Promise.all(ROUTERS.map(endings));
  expect(rounds.map((behind) => behind.length >= ROUNDS)).toEqual([true, true]);
  expect(rounds.flat().filter(({ late }) => late > 0)).toEqual([]);
  // Each round held an answer that was decided before, and read freely before and after.
  for (const { outcome, waitedMs, shown, denied, held } of rounds.flat()) {
    const isSeen = shown > 0 && denied > 0;
    expect({ outcome, held, isSeen }).toEqual({ outcome: 'CREATED', held: 'kept back', isSeen: true });
    expect(waitedMs).toBeGreaterThanOrEqual(FENCE_MS - 1);
  }
}, 900_000);

async function decisions(subject: string): Promise<number> {
  const [row] = await sql<{ count: string }>(
    hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `SELECT count(*) FROM registry.entry e WHERE e.kind = 'DECISION' AND e.caller = $1`,
    [subject],
  );
  return Number(row?.count);
}

describe('a subgraph that is down costs', () => {
  // Without the youth's id: a router may ask the subgraph that is down for it, and then has no youth.
  const query = 'query ($id: ID!) { youth(id: $id) { attendance { id } fieldNotes { id } } }';

  beforeAll(() => hub.processes.get('leisure')?.kill('SIGKILL'));
  afterAll(() => hub.restart('leisure'));

  test.each(ROUTERS)('behind %s its own fields, and no others', async (name) => {
    const answer = await through(name, 'social-coordinator', query, { id: EVERYTHING });
    expect(answer?.data).toEqual({ youth: { attendance: expect.any(Array), fieldNotes: null } });
    expect(Reflect.get(answer?.data?.youth ?? {}, 'attendance')).not.toEqual([]);
    expect(codesOf(answer)).toEqual(['SUBGRAPH_UNAVAILABLE']);
    expect(answer?.text).not.toMatch(LEAKS);
  });
});
