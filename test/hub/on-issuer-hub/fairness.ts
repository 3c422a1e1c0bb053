import { beforeAll, describe, expect, test } from '@jest/globals';
import { FENCE_MS } from '../../../schema/deadline.ts';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { until } from '../../faults/until.ts';
import { type Answer, sql } from '../../setup/ask.ts';
import { operation } from '../log-pages.ts';
import { askAs, type Claims, type Place } from '../mutate.ts';
import { sharedPlace } from './shared-place.ts';

const COORDINATOR = { sub: 'p-1001', agency: 'social-services:skovde', roles: ['COORDINATOR'] };
const COUNSELLOR = { sub: 'p-3001', agency: 'school:skovde', roles: ['CASEWORKER'] };
const OFFICER = { sub: 'p-2001', agency: 'police:nationell', roles: ['CASEWORKER'] };
const MANAGER = { sub: 'p-3900', agency: 'school:skovde', roles: ['MANAGER'] };
/** Nothing else in this suite is about it. */
const CONSENT = `20000000${DEMO_YOUTHS.attendanceOnly.id.slice(8)}`;
const OWNER = 'SAMSYN_REGISTRY_OWNER_URL';
const SUBGRAPH_CONNECTIONS = 64;
const LATE: readonly unknown[] = ['DEADLINE_EXCEEDED', 'SUBGRAPH_UNAVAILABLE'];

let place: Place;
beforeAll(async () => {
  place = await sharedPlace();
});

/** A bar of somebody who has never asked: its answer waits for the fence like every bar's. */
function bar(by: Claims, ground: string, subject: string): Promise<Answer> {
  return askAs(place, by, 'mutation ($input: BarCallerInput!) { barCaller(input: $input) { id } }', {
    input: { subject, ground },
  });
}

async function bars(ground: string): Promise<number> {
  const text = 'SELECT count(*)::int AS n FROM registry.bar WHERE ground = $1';
  return (await sql<{ n: number }>(place.hub, OWNER, text, [ground]))[0]?.n ?? 0;
}

/** The withdrawal of a consent by the youth, which ends something. */
function withdrawal(by: Claims): Promise<Answer> {
  return askAs(place, by, 'mutation ($input: StatementInput!) { withdrawConsent(input: $input) { outcome } }', {
    input: { consentId: CONSENT, toldAt: '2026-01-01T00:00:00Z', channel: 'PHONE' },
  });
}

describe('while one caller’s 200 fenced mutations wait', () => {
  const FLOOD = 200;
  const FLOODING = 'A bar among many.';
  /** What ended, in that order. */
  const ended: string[] = [];
  const noted = <T>(name: string, work: Promise<T>): Promise<T> => work.finally(() => ended.push(name));
  let flood: Answer[];
  let other: { answer: Answer; tookMs: number };
  let reads: Answer[];

  beforeAll(async () => {
    const flooding = Promise.all(
      Array.from({ length: FLOOD }, (_, n) => noted('flood', bar(MANAGER, FLOODING, `p-flood-${n}`))),
    );
    const beganAt = performance.now();
    const withdrawing = noted('other', withdrawal(COUNSELLOR)).then((answer) => ({
      answer,
      tookMs: performance.now() - beganAt,
    }));
    reads = [];
    for (let read = 0; read < 30; read += 1)
      reads.push(await noted('read', askAs(place, OFFICER, '{ me { subject } }')));
    [flood, other] = await Promise.all([flooding, withdrawing]);
  }, 60_000);

  test('no bound refuses any of them, though there are more than connections', async () => {
    const done = flood.filter(({ data }) => data?.barCaller !== null && data?.barCaller !== undefined);
    // On a busy machine the last are recorded too late to wait for the fence.
    const codes = new Set(flood.flatMap(({ errors }) => errors.map(({ extensions }) => extensions?.code)));
    expect([...codes].filter((code) => !LATE.includes(code))).toEqual([]);
    expect(done.length).toBeGreaterThan(SUBGRAPH_CONNECTIONS);
    expect(await bars(FLOODING)).toBeGreaterThanOrEqual(done.length);
  });

  test('another caller reads from the same subgraph', () => {
    expect(reads.map(({ data }) => data)).toEqual(Array(reads.length).fill({ me: { subject: OFFICER.sub } }));
    // One after the other, and each before the first of them had its answer.
    expect(ended.slice(0, reads.length)).toEqual(Array(reads.length).fill('read'));
  });

  test('another caller’s withdrawal takes its normal time', () => {
    expect([other.answer.data, other.answer.errors]).toEqual([{ withdrawConsent: { outcome: 'CREATED' } }, []]);
    expect(other.tookMs).toBeGreaterThanOrEqual(FENCE_MS);
    // It is among the first, though it was sent last.
    expect(ended.indexOf('other')).toBeLessThan(reads.length + FLOOD / 2);
  });
});

describe('a caller whose budget is spent', () => {
  const SPENDER = { sub: 'p-spender', agency: 'police:nationell', roles: ['CASEWORKER'] };
  const VIEW = 'query ($id: ID!) { youth(id: $id) { attendance { id } suspicions { id } } }';
  const view = (by: Claims) => askAs(place, by, VIEW, { id: DEMO_YOUTHS.noConsent.id });
  const codes = ({ errors }: Answer) => errors.map(({ path, extensions }) => [path?.join('.'), extensions?.code]);

  beforeAll(async () => {
    // All of this hour's and the next one's, of the school alone.
    await sql(
      place.hub,
      OWNER,
      `INSERT INTO registry.lease (hour, sector, agency, caller, units)
       SELECT date_trunc('hour', registry.clock(), 'UTC') + n * interval '1 hour', 'school', $2, $1, 20000 FROM generate_series(0, 1) n`,
      [SPENDER.sub, SPENDER.agency],
    );
  });

  test('learns when to ask again, for that sector’s fields alone, and nothing is decided', async () => {
    const answer = await view(SPENDER);
    expect(codes(answer).sort()).toEqual([
      ['youth.attendance', 'RATE_LIMITED'],
      ['youth.suspicions', 'CONSENT_REQUIRED'],
    ]);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    const decided = await sql(
      place.hub,
      OWNER,
      "SELECT name FROM registry.log_row WHERE request_id = $1 AND kind = 'DECISION'",
      [answer.requestId],
    );
    expect(decided).toEqual([{ name: 'police' }]);
  });

  test('costs nobody else anything', async () => {
    const answer = await view({ ...SPENDER, sub: 'p-other' });
    expect(codes(answer).map(([, code]) => code)).toEqual(['CONSENT_REQUIRED', 'CONSENT_REQUIRED']);
    expect(answer.headers.get('retry-after')).toBeNull();
  });

  test('is counted: the registry learns how many units were refused', async () => {
    const refused = await until(
      'the refused units',
      async () => {
        const text = "SELECT sum(refused)::int AS n FROM registry.lease WHERE caller = $1 AND sector = 'school'";
        const [row] = await sql<{ n: number }>(place.hub, OWNER, text, [SPENDER.sub]);
        return row !== undefined && row.n > 0 ? row.n : undefined;
      },
      20_000,
    );
    expect(refused).toBe(1);
  });
});

test('one who sends 200 new operations at once holds up nobody’s first', async () => {
  const newOne = (by: Claims, n: number) => askAs(place, by, `{ me { a${n}: subject } }`);
  // All have their tokens before.
  await Promise.all([newOne(COORDINATOR, 2_000), newOne(COUNSELLOR, 2_001), newOne(OFFICER, 2_002)]);
  let over = 0;
  const flooding = Promise.all(
    Array.from({ length: 200 }, (_, n) => newOne(COORDINATOR, n).finally(() => (over += 1))),
  );
  // A published operation is known though nobody has sent it since the start.
  const [first, published] = await Promise.all([
    newOne(COUNSELLOR, 1_000),
    askAs(place, OFFICER, operation('who-am-i')),
  ]);
  expect([first.data, published.errors]).toEqual([{ me: { a1000: COUNSELLOR.sub } }, []]);
  expect(over).toBeLessThan(150);
  await flooding;
}, 60_000);
