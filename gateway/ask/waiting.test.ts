import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { verifyAssertion } from '../../schema/caller.ts';
import { FENCE_MS } from '../../schema/deadline.ts';
import { UnboundRelease } from '../../test/chassis/example-schema.ts';
import { newAssertionKeys } from '../../test/setup/assertion-keys.ts';
import { SubgraphPools } from './subgraph-pools.ts';
import { createTransport } from './transport.ts';

const REQUEST = {
  subgraph: 'school',
  operation: '{a}',
  head: '{"query":"{a}","variables":',
  variables: {},
  kind: 'query',
} as const;
const OPERATION = { hash: 'ab', name: null, requestId: '00000000-0000-4000-8000-000000000000' };
const DATA = { a: 1 };
/** More than a fence and its mutation take. */
const LEFT_MS = 10_000;

let keys: Awaited<ReturnType<typeof newAssertionKeys>>;
beforeAll(async () => {
  keys = await newAssertionKeys();
});

const closers: (() => unknown)[] = [];
afterEach(() => Promise.all(closers.splice(0).map((close) => close())));

/** A response with time left that does not pass. */
class Left extends UnboundRelease {
  constructor(readonly left: number) {
    super();
  }

  override timeLeft(): number {
    return this.left;
  }
}

interface Given {
  readonly subject?: string;
  readonly fenced?: boolean;
  readonly left?: number;
}

/** A gateway's way to a subgraph. */
async function wayTo(handler: RequestListener) {
  const server = createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pools = new SubgraphPools();
  pools.route({ school: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` });
  closers.push(() => {
    server.close();
    server.closeAllConnections();
    return pools.close();
  });
  const send = createTransport({ pools, assertionKey: keys.signing, onFailure: () => undefined });
  return ({ subject = 'p-1', fenced = false, left = LEFT_MS }: Given) => {
    const gone = new AbortController();
    const caller = { subject, actor: null, agency: 'school:skovde', roles: ['CASEWORKER'] as const };
    const retryAfter = () => undefined;
    const context = { caller, operation: OPERATION, fenced, release: new Left(left), gone: gone.signal, retryAfter };
    return { answer: send(REQUEST, context).then(({ data }) => data, codeOf), leave: () => gone.abort() };
  };
}

const codeOf = (fault: unknown) => (fault as { extensions?: { code?: unknown } }).extensions?.code;

/** The statements of a request's assertion. */
const assertedBy: (request: IncomingMessage) => ReturnType<typeof verifyAssertion> = ({ headers }) =>
  verifyAssertion(keys.verifying, 'school', headers.authorization?.replace('Bearer ', '') ?? '', 0);

const answering =
  (headers: Readonly<Record<string, string>>): RequestListener =>
  (_, response) =>
    response.writeHead(200, { 'samsyn-time-left': '9000', ...headers }).end(JSON.stringify({ data: DATA }));

describe('C14 for a fenced mutation the gateway', () => {
  const timed = async (headers: Readonly<Record<string, string>>, given: Given = {}) => {
    let waits: boolean | undefined;
    let answeredAt = Number.NaN;
    const ask = await wayTo(async (request, response) => {
      ({ gatewayWaits: waits } = await assertedBy(request));
      answeredAt = performance.now();
      answering(headers)(request, response);
    });
    const answer = await ask({ fenced: true, ...given }).answer;
    return { answer, waits, waitedMs: performance.now() - answeredAt };
  };

  test('says that it waits, and hands on the answer only after the fence, unless the subgraph states exactly none', async () => {
    const [waited, unknown, none] = await Promise.all([
      timed({}),
      timed({ 'samsyn-fence': 'None' }),
      timed({ 'samsyn-fence': 'none' }),
    ]);
    for (const { answer, waits, waitedMs } of [waited, unknown]) {
      expect([answer, waits]).toEqual([DATA, true]);
      expect(waitedMs).toBeGreaterThanOrEqual(FENCE_MS - 1);
    }
    expect([none.answer, none.waits]).toEqual([DATA, true]);
    expect(none.waitedMs).toBeLessThan(FENCE_MS);
  });

  test('has it done though no time is left for the fence, and then says nothing of it', async () => {
    const { answer, waits, waitedMs } = await timed({}, { left: FENCE_MS });
    expect([answer, waits]).toEqual(['DEADLINE_EXCEEDED', true]);
    expect(waitedMs).toBeLessThan(FENCE_MS);
  });

  test('stops waiting when the client is gone, and holds no connection while it waits', async () => {
    let answered = 0;
    let seen = (): void => undefined;
    const ask = await wayTo((request, response) => {
      response.once('finish', () => {
        answered += 1;
        seen();
      });
      answering({})(request, response);
    });
    // More than the connections to a subgraph.
    const many = Array.from({ length: 100 }, (_, index) => ask({ fenced: true, subject: `p-${index % 20}` }));
    while (answered < many.length) await new Promise<void>((resolve) => (seen = resolve));
    for (const { leave } of many) leave();
    expect(new Set(await Promise.all(many.map(({ answer }) => answer)))).toEqual(new Set(['SUBGRAPH_UNAVAILABLE']));
  });
});

describe('one caller', () => {
  /** A subgraph that holds every request until it is let go, and the subjects of those who asked. */
  async function holding() {
    const asked: string[] = [];
    const held: (() => void)[] = [];
    let arrived = (): void => undefined;
    const ask = await wayTo(async (request, response) => {
      asked.push((await assertedBy(request)).caller.subject);
      held.push(() => answering({ 'samsyn-fence': 'none' })(request, response));
      arrived();
    });
    const until = async (count: number) => {
      while (asked.length < count) await new Promise<void>((resolve) => (arrived = resolve));
      return [...asked];
    };
    const letGo = () => {
      for (const answer of held.splice(0)) answer();
    };
    return { ask, until, letGo };
  }

  test('holds a share of the connections, and the others pass', async () => {
    const { ask, until, letGo } = await holding();
    const many = Array.from({ length: 20 }, () => ask({ subject: 'many' }));
    await until(6);
    const other = ask({ subject: 'other' });
    expect(await until(7)).toEqual([...Array(6).fill('many'), 'other']);
    letGo();
    expect(await other.answer).toEqual(DATA);
    for (const count of [13, 19, 21]) {
      await until(count);
      letGo();
    }
    expect(await Promise.all(many.map(({ answer }) => answer))).toEqual(Array(20).fill(DATA));
  });

  test('withdraws beside as much reading as one may do', async () => {
    const { ask, until, letGo } = await holding();
    const reads = Array.from({ length: 7 }, () => ask({}));
    await until(6);
    const withdrawal = ask({ fenced: true });
    await until(7);
    letGo();
    expect(await withdrawal.answer).toEqual(DATA);
    await until(8);
    letGo();
    await Promise.all(reads.map(({ answer }) => answer));
  });

  test('waits no longer than the answer is of use, and leaves the queue when gone; the subgraph is not to blame', async () => {
    const { ask, until, letGo } = await holding();
    const first = Array.from({ length: 6 }, () => ask({}));
    await until(6);
    const [late, given] = [ask({ left: 310 }), ask({})];
    given.leave();
    expect(await Promise.all([late.answer, given.answer])).toEqual(['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED']);
    letGo();
    await Promise.all(first.map(({ answer }) => answer));
    expect(await until(6)).toHaveLength(6);
  });
});
