import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { denialMessage } from '../../chassis/decide/denial.ts';
import type { Hub } from '../../hub/hub.ts';
import { FENCE_MS } from '../../schema/deadline.ts';
import { DEMO_YOUTHS, PERSONAS } from '../../schema/demo-world.ts';
import { type Answer, ask, sql } from '../setup/ask.ts';
import { startTestHub } from '../setup/hub.ts';
import { ENDINGS, type Ending, prepareEndings } from './endings.ts';
import { leaksInLogs } from './logs.ts';
import { inTime, until } from './until.ts';

const REGISTRY = 'SAMSYN_REGISTRY_OWNER_URL';

/** An answer, with when it was asked for and when its last byte had come, on this process's monotonic clock. */
interface Timed {
  readonly askedAt: number;
  readonly receivedAt: number;
  /** The same by the clock on the wall, which the database shares. */
  readonly receivedTime: number;
  readonly answer: Answer;
}

/** What was seen of one ending. */
interface Course {
  readonly before: Timed;
  /** Asked for while the mutation had not answered, and after the database showed its change. */
  readonly afterCommit: Timed;
  /** The status of what ended, read at that time. */
  readonly statusWhileEnding: string | null;
  readonly mutation: Timed;
  readonly retry: Timed;
  /** One after the other, from before the mutation until after its answer. */
  readonly reads: readonly Timed[];
}

interface Decided {
  readonly request: string;
  readonly at: Date;
  readonly reason: string;
}

let hub: Hub;
let end: () => Promise<void>;
let untouchedBefore: Answer;
const courses = new Map<string, Course>();

const courseOf = (name: string): Course => {
  const course = courses.get(name);
  if (course === undefined) throw new Error(`${name} has not been run.`);
  return course;
};

beforeAll(async () => {
  ({ hub, end } = await startTestHub());
  await prepareEndings(hub);
  untouchedBefore = await inTime(untouched);
  // All at once, each on a youth or a record of its own: every fence takes its seconds.
  await Promise.all(ENDINGS.map(async (ending) => courses.set(ending.name, await run(ending))));
}, 120_000);
afterAll(() => end());

describe.each(ENDINGS)('C14 $name', (ending) => {
  test('what it ends was read before', () => {
    expect(ending.shows(courseOf(ending.name).before.answer)).toBe(true);
  });

  test('a read is denied as soon as the change is committed, while the mutation still waits', async () => {
    const { afterCommit, mutation } = courseOf(ending.name);
    expect(ending.shows(afterCommit.answer)).toBe(false);
    expect(afterCommit.receivedAt).toBeLessThan(mutation.receivedAt);
    expect(afterCommit.answer.errors).toEqual(
      ending.reason === null
        ? []
        : [
            {
              message: denialMessage('CONSENT_REQUIRED', 'school.attendance', PERSONAS[ending.reader]),
              path: ['youth', 'attendance'],
              extensions: { code: 'CONSENT_REQUIRED', category: 'school.attendance' },
            },
          ],
    );
  });

  test('the log has the reason, later than the change', async () => {
    const { afterCommit, mutation } = courseOf(ending.name);
    const decisions = await decisionsOn([afterCommit.answer]);
    expect(decisions.map(({ reason }) => reason)).toEqual([ending.reason ?? ending.permit]);
    const changedAt = await changeAt(mutation.answer.requestId);
    for (const { at } of decisions) expect(at.getTime()).toBeGreaterThanOrEqual(changedAt);
  });

  test('it answers success, and not before the fence has passed', async () => {
    const { mutation } = courseOf(ending.name);
    expect(mutation.answer.errors).toEqual([]);
    expect(mutation.answer.data).toEqual({ done: { outcome: ending.outcomes[0] } });
    expect(mutation.receivedTime - (await changeAt(mutation.answer.requestId))).toBeGreaterThanOrEqual(FENCE_MS - 1);
  });

  test('a retry answers success, and waits as long', async () => {
    const { retry } = courseOf(ending.name);
    expect(retry.answer.errors).toEqual([]);
    expect(retry.answer.data).toEqual({ done: { outcome: ending.outcomes[1] } });
    expect(retry.receivedTime - (await changeAt(retry.answer.requestId))).toBeGreaterThanOrEqual(FENCE_MS - 1);
  });

  test('nothing decided under the permission arrives after the answer', async () => {
    const { reads, mutation } = courseOf(ending.name);
    expect(reads.some(({ receivedAt }) => receivedAt > mutation.receivedAt)).toBe(true);
    const late = reads.filter(({ answer, receivedAt }) => receivedAt > mutation.receivedAt && ending.shows(answer));
    expect(late).toEqual([]);
    // What a response shows was decided before, once, and its decision is in the log.
    const shown = reads.filter(({ answer }) => ending.shows(answer));
    const decisions = await decisionsOn(shown.map(({ answer }) => answer));
    for (const { answer, receivedTime } of shown) {
      const own = decisions.filter(({ request }) => request === answer.requestId);
      expect(own.map(({ reason }) => reason)).toEqual([ending.permit]);
      for (const { at } of own) expect(at.getTime()).toBeLessThanOrEqual(receivedTime + 1);
    }
  });

  test('once denied it stays denied', () => {
    const { reads } = courseOf(ending.name);
    const denied = reads.findIndex(({ answer }) => isTaken(ending, answer));
    expect(denied).toBeGreaterThan(-1);
    expect(reads.slice(denied).filter(({ answer }) => ending.shows(answer))).toEqual([]);
  });

  if (ending.status !== undefined) {
    test('it is shown as ending until then, and as ended later', async () => {
      expect(courseOf(ending.name).statusWhileEnding).toBe('ENDING');
      const later = await until(
        'the end',
        async () => {
          const status = await statusOf(ending);
          return status === 'ENDING' ? undefined : status;
        },
        15_000,
      );
      expect(later).toBe(ending.status?.later);
    });
  }
});

test('another youth’s consent is untouched', async () => {
  const after = await inTime(untouched);
  expect(after.text).toBe(untouchedBefore.text);
  expect(after.errors).toEqual([]);
});

test('no log carries a value, an identity number, a token or what was typed', () => {
  expect(leaksInLogs(hub, ['by phone (typed)', 'a ground that was typed'])).toEqual([]);
});

async function run(ending: Ending): Promise<Course> {
  const view = () => ask(hub, ending.reader, ending.read, { youthId: DEMO_YOUTHS[ending.youth].id });
  const read = () => timed(view);
  const change = () => timed(async () => ask(hub, ending.by, ending.mutation, await ending.variables(hub)));
  const before = await timed(() => inTime(view));
  let isOver = false;
  const reads: Timed[] = [];
  const reading = (async () => {
    while (!isOver) reads.push(await read());
    reads.push(await read());
  })();
  const changing = change();
  await until(`${ending.name} in the database`, () => ending.isCommitted(hub));
  const afterCommit = await timed(() => inTime(view));
  const statusWhileEnding = await statusOf(ending);
  const mutation = await changing;
  const retry = await change();
  isOver = true;
  await reading;
  return { before, afterCommit, statusWhileEnding, mutation, retry, reads };
}

/** Is what the ending takes away gone, and not merely late or unreachable? */
function isTaken(ending: Ending, answer: Answer): boolean {
  const isPlain = answer.errors.every(({ extensions }) => extensions?.code === 'CONSENT_REQUIRED');
  return answer.data != null && isPlain && !ending.shows(answer);
}

async function timed(asking: () => Promise<Answer>): Promise<Timed> {
  const askedAt = performance.now();
  const answer = await asking();
  return { askedAt, receivedAt: performance.now(), receivedTime: Date.now(), answer };
}

async function statusOf({ status, youth }: Ending): Promise<string | null> {
  if (status === undefined) return null;
  return status.of(await ask(hub, 'social-coordinator', status.read, { youthId: DEMO_YOUTHS[youth].id }));
}

/** The time of the entry by which the registry permitted or recorded a mutation: the change is committed later. */
async function changeAt(requestId: string): Promise<number> {
  const [entry] = await sql<{ at: Date }>(
    hub,
    REGISTRY,
    'SELECT max(at) AS at FROM registry.entry WHERE request_id = $1 AND permitted',
    [requestId],
  );
  if (entry?.at == null) throw new Error('The mutation is not in the log.');
  return entry.at.getTime();
}

function decisionsOn(answers: readonly Answer[]): Promise<Decided[]> {
  return sql<Decided & Record<string, unknown>>(
    hub,
    REGISTRY,
    `SELECT request_id AS request, at, reason FROM registry.entry
     WHERE request_id = ANY ($1::uuid[]) AND kind = 'DECISION'`,
    [answers.map(({ requestId }) => requestId)],
  );
}

function untouched(): Promise<Answer> {
  return ask(
    hub,
    'orebro-coordinator',
    'query ($id: ID!) { youth(id: $id) { consents { id status } attendance { id minutesPresent } suspicions { id } } }',
    { id: DEMO_YOUTHS.orebro.id },
  );
}
