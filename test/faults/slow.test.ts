import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Hub } from '../../hub/hub.ts';
import { DEMO_YOUTHS, type DemoYouthName, type PersonaName } from '../../schema/demo-world.ts';
import { demoConsentId } from '../../subgraphs/registry/seed.ts';
import { type Answer, ask, sql, tokenOf } from '../setup/ask.ts';
import { startTestHub } from '../setup/hub.ts';
import { type Lock, lockTables } from './lock.ts';
import { leaksInLogs } from './logs.ts';
import { askSubgraph, assertionFor, signal, subgraphUrl } from './subgraph.ts';
import { inTime, until } from './until.ts';
import { request, type Wire, wire } from './wire.ts';

const SCHOOL = 'SAMSYN_SCHOOL_OWNER_URL';
const WITHDRAW = 'mutation ($input: StatementInput!) { withdrawConsent(input: $input) { outcome } }';
/** The school holds the enrolments; attendance is read beside them, and waits in the process. */
const VIEW = 'query ($id: ID!) { youth(id: $id) { attendance { id } enrolments { schoolUnit } suspicions { id } } }';
const OF_SCHOOL = 'query ($id: ID!) { youth(id: $id) { attendance { id } enrolments { schoolUnit } } }';
const NOTES = 'query ($id: ID!) { youth(id: $id) { fieldNotes { note } } }';
/** A response far larger than what the kernel takes of it, in and out. */
const NOTE_BYTES = 16_000;
const NOTES_COUNT = 700;

let hub: Hub;
let end: () => Promise<void>;

beforeAll(async () => {
  ({ hub, end } = await startTestHub());
}, 120_000);
afterAll(() => end());

/** An answer and when its last byte came, on this process's monotonic clock. */
interface Arrived {
  readonly answer: Answer | null;
  readonly at: number;
}

/** When the answer comes; without an answer when the connection ends instead. */
async function arrival(asking: Promise<Answer>): Promise<Arrived> {
  const answer = await asking.catch(() => null);
  return { answer, at: performance.now() };
}

const idOf = (youth: DemoYouthName) => ({ id: DEMO_YOUTHS[youth].id });
const saying = (youth: DemoYouthName) => ({
  input: { consentId: demoConsentId(youth), toldAt: '2026-01-02T03:04:05Z', channel: 'by phone (typed)' },
});

/** The values that a youth's reader saw before: none of them may arrive after the withdrawal's answer. */
async function valuesOf(youth: DemoYouthName, reader: PersonaName): Promise<string[]> {
  const { data, errors } = await inTime(() => ask(hub, reader, VIEW, idOf(youth)));
  expect(errors).toEqual([]);
  const { attendance, enrolments, suspicions } =
    (data as { youth?: Record<string, Record<string, string>[]> } | null)?.youth ?? {};
  const values = [...(attendance ?? []), ...(enrolments ?? []), ...(suspicions ?? [])].flatMap((row) =>
    Object.values(row),
  );
  expect(values.length).toBeGreaterThanOrEqual(4);
  return values;
}

/** A reader of the notes that has stopped reading when the answer had begun, in time, to arrive. */
function slowReader(token: string, youth: DemoYouthName): Promise<Wire> {
  return until('an answer that begins in time', async () => {
    const each = wire(hub.url, request(hub.url, token, NOTES, idOf(youth)), { pausing: true });
    await each.begun;
    return each.text().startsWith('HTTP/1.1 200') ? each : undefined;
  });
}

async function decided(requestId: string): Promise<true | undefined> {
  const rows = await sql(hub, 'SAMSYN_REGISTRY_OWNER_URL', 'SELECT FROM registry.entry WHERE request_id = $1', [
    requestId,
  ]);
  return rows.length > 0 ? true : undefined;
}

describe('C14 while the school’s database does not answer', () => {
  let values: string[];
  let answeredAt: number;
  let withdrawal: Answer;
  let throughGateway: Arrived;
  let toSubgraph: Arrived;
  let laterThroughGateway: Arrived;
  const wires: Record<'slowReader' | 'gateway' | 'subgraph', Wire | undefined> = {
    slowReader: undefined,
    gateway: undefined,
    subgraph: undefined,
  };
  const received: Record<string, { bytes: number; lastAt: number; gone: string | null }> = {};
  const [first, second] = [randomUUID(), randomUUID()];
  let cut: Answer;

  beforeAll(async () => {
    const youth = 'everything';
    values = await valuesOf(youth, 'social-coordinator');
    await growNotes(youth);
    const token = `Bearer ${await tokenOf(hub, 'social-coordinator')}`;
    wires.slowReader = await slowReader(token, youth);
    const lock = await lockTables(hub, SCHOOL, ['agency.enrolment']);

    const cutting = askSubgraph(hub, 'school', 'social-coordinator', OF_SCHOOL, idOf(youth));
    await lock.waiting(1);
    await lock.giveUp();
    cut = await cutting;
    const asked = arrival(ask(hub, 'social-coordinator', VIEW, idOf(youth)));
    const direct = arrival(askSubgraph(hub, 'school', 'social-coordinator', OF_SCHOOL, idOf(youth)));
    wires.gateway = wire(
      hub.url,
      request(hub.url, token, `${VIEW} # 1`, idOf(youth)) + request(hub.url, token, `${VIEW} # 2`, idOf(youth)),
    );
    wires.subgraph = await pipelinedToSchool(youth, [first, second]);
    await lock.waiting(4);

    withdrawal = await ask(hub, 'police-officer', WITHDRAW, saying(youth));
    answeredAt = performance.now();
    wires.slowReader.socket.resume();
    await lock.release();
    [throughGateway, toSubgraph] = await Promise.all([asked, direct]);
    for (const [name, each] of Object.entries(wires)) {
      if (each === undefined) continue;
      // Sent at the latest now, so that a connection that still lives ends as well.
      each.socket.end();
      const gone = await each.gone;
      received[name] = { bytes: each.bytes(), lastAt: each.lastAt(), gone };
    }
    laterThroughGateway = await arrival(ask(hub, 'social-coordinator', VIEW, idOf(youth)));
  }, 60_000);

  test('the withdrawal answers', () => {
    expect(withdrawal.errors).toEqual([]);
  });

  test('a view is given before the withdrawal’s answer, without what hangs', () => {
    for (const { answer, at } of [throughGateway, toSubgraph]) {
      expect(at).toBeLessThan(answeredAt);
      expect(answer?.text).not.toContain('schoolUnit":"');
      expect(answer?.errors).not.toEqual([]);
    }
  });

  test('a later view shows nothing', () => {
    for (const value of values) expect(laterThroughGateway.answer?.text).not.toContain(value);
  });

  test('a reader that stopped reading gets what the kernel had, and its connection is reset', async () => {
    const { bytes, gone } = received.slowReader ?? { bytes: Number.NaN, gone: null };
    expect(bytes).toBeLessThan((NOTE_BYTES * NOTES_COUNT) / 4);
    expect(gone).toBe('ECONNRESET');
    expect(readFileSync(hub.logFile('gateway'), 'utf8')).toContain('"outcome":"LATE","why":"DEADLINE"');
  });

  test('the log tells what left of it', async () => {
    expect(cut.data?.youth).toEqual({ attendance: expect.any(Array), enrolments: null });
    // What hung until its time was up left in time, or did not leave: as the reader has seen.
    const statuses = new Map([
      [cut.requestId, cut.status],
      [toSubgraph.answer?.requestId ?? 'ended', toSubgraph.answer?.status ?? Number.NaN],
      [first, Number(wires.subgraph?.text().slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length))],
    ]);
    const told = await until('the entries', async () => {
      const rows = await sql<{ request: string; kind: string; records: readonly string[] }>(
        hub,
        'SAMSYN_REGISTRY_OWNER_URL',
        `SELECT asked.request_id AS request, o.kind, ARRAY(SELECT jsonb_object_keys(o.records)) AS records
          FROM registry.log_row asked JOIN registry.answer_outcome o ON o.answer = asked.answer
          WHERE asked.name = 'school' AND o.name = 'school' AND asked.request_id::text = ANY ($1)`,
        [[...statuses.keys()]],
      );
      return rows.length < statuses.size ? undefined : rows;
    });
    const left = [...statuses].map(([id, status]) => [id, status === 200 ? 'RELEASED' : 'WITHHELD'] as const);
    expect(new Map(told.map(({ request: id, kind }) => [id, kind]))).toEqual(new Map(left));
    expect(told.find(({ request: id }) => id === cut.requestId)?.records).toEqual(['school.attendance']);
    for (const { kind, records } of told) expect(records).toEqual(kind === 'RELEASED' ? ['school.attendance'] : []);
  });

  test.each(['gateway', 'subgraph'])('on a pipelined connection to the %s nothing comes after it', (name) => {
    const { lastAt, gone } = received[name] ?? { lastAt: Number.NaN, gone: null };
    expect(lastAt).toBeLessThan(answeredAt);
    expect(gone).toBeNull();
    const text = wires[name as 'gateway']?.text() ?? '';
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(text).toMatch(/connection: close/i);
  });

  test('a request that came behind another on its connection is never decided', async () => {
    expect(await decided(second)).toBeUndefined();
    const { length } = await sql(
      hub,
      'SAMSYN_REGISTRY_OWNER_URL',
      `SELECT FROM registry.entry WHERE operation_hash = encode(sha256(convert_to($1, 'UTF8')), 'hex')`,
      [`${VIEW} # 2`],
    );
    expect(length).toBe(0);
  });
});

describe('C14 while processes stand still', () => {
  let values: string[];
  let withdrawal: Answer;
  let throughGateway: Arrived;
  let toSubgraph: Arrived;
  let toStopped: Arrived;
  let answeredAt: number;

  beforeAll(async () => {
    const youth = 'heldPoliceRecord';
    values = await valuesOf(youth, 'social-coordinator');
    const lock: Lock = await lockTables(hub, SCHOOL, ['agency.enrolment']);
    const { asked, direct } = await until('requests that are in progress', () => stopWithin(youth, lock));
    const late = arrival(askSubgraph(hub, 'school', 'social-coordinator', OF_SCHOOL, idOf(youth)));
    await lock.release();

    // The gateway stands still, so the registry is asked itself.
    withdrawal = await askSubgraph(hub, 'registry', 'police-officer', WITHDRAW, saying(youth));
    answeredAt = performance.now();
    signal(hub, ['gateway', 'school'], 'SIGCONT');
    [throughGateway, toSubgraph, toStopped] = await Promise.all([asked, direct, late]);
  }, 60_000);

  /** Has gateway and school stand still while they answer; undefined when they had answered before, on a busy machine. */
  async function stopWithin(youth: DemoYouthName, lock: Lock) {
    const asked = arrival(ask(hub, 'social-coordinator', VIEW, idOf(youth)));
    const direct = arrival(askSubgraph(hub, 'school', 'social-coordinator', OF_SCHOOL, idOf(youth)));
    let isAnswered = false;
    void Promise.race([asked, direct]).then(() => {
      isAnswered = true;
    });
    await lock.waiting(2);
    // What the others answered to the gateway, and what the school read beside, has come when these have.
    await ask(hub, 'social-coordinator', '{ me { subject } youths { edges { node { id } } } }');
    await ask(
      hub,
      'social-coordinator',
      'query ($id: ID!) { youth(id: $id) { attendance { id } suspicions { id } } }',
      idOf(youth),
    );
    signal(hub, ['gateway', 'school'], 'SIGSTOP');
    // What has left by now has arrived when this has.
    await sql(hub, SCHOOL, 'SELECT');
    if (!isAnswered) return { asked, direct };
    signal(hub, ['gateway', 'school'], 'SIGCONT');
    await Promise.all([asked, direct]);
    return undefined;
  }

  test('the withdrawal answers', () => {
    expect(withdrawal.errors).toEqual([]);
  });

  test.each(['gateway', 'subgraph'])('what the %s held is not delivered when it goes on', (name) => {
    const { answer, at } = name === 'gateway' ? throughGateway : toSubgraph;
    expect(at).toBeGreaterThan(answeredAt);
    expect(values.filter((value) => answer?.text.includes(value))).toEqual([]);
    expect(answer?.data ?? null).toBeNull();
    if (answer !== null) expect(answer.errors.map(({ extensions }) => extensions?.code)).toEqual(['DEADLINE_EXCEEDED']);
  });

  test('what was asked of a process that stood still is decided when it goes on, and denied', () => {
    const { answer } = toStopped;
    expect(values.filter((value) => answer?.text.includes(value))).toEqual([]);
    for (const { extensions } of answer?.errors ?? []) {
      expect(['CONSENT_REQUIRED', 'UNAUTHENTICATED']).toContain(extensions?.code);
    }
  });
});

test('no log carries a value, an identity number, a token or what was typed', () => {
  expect(leaksInLogs(hub, ['by phone (typed)', 'a long note'])).toEqual([]);
});

/** More notes about a youth than any buffer takes. */
async function growNotes(youth: DemoYouthName): Promise<void> {
  await sql(
    hub,
    'SAMSYN_LEISURE_OWNER_URL',
    `INSERT INTO agency.field_note (id, link_id, agency, author, recorded_at, text_cleared, place_type, date, note)
     SELECT gen_random_uuid(), l.id, l.agency, 'p-4001', now(), true, 'OTHER', '2026-01-02', repeat('a long note ', $2)
     FROM agency.link l CROSS JOIN generate_series(1, $3) WHERE l.youth_id = $1`,
    [DEMO_YOUTHS[youth].id, Math.ceil(NOTE_BYTES / 12), NOTES_COUNT],
  );
}

async function pipelinedToSchool(youth: DemoYouthName, requestIds: readonly string[]): Promise<Wire> {
  const url = subgraphUrl(hub, 'school');
  const assertions = await Promise.all(requestIds.map((id) => assertionFor(hub, 'school', 'social-coordinator', id)));
  const both = assertions.map((assertion) => request(url, `Bearer ${assertion}`, OF_SCHOOL, idOf(youth)));
  return wire(url, both.join(''));
}
