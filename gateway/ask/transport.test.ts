import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ReleaseHandle } from '../../process/release.ts';
import { verifyAssertion } from '../../schema/caller.ts';
import { CONSTANT_MESSAGES } from '../../schema/errors.ts';
import { newAssertionKeys } from '../../test/setup/assertion-keys.ts';
import type { SubgraphAnswer } from '../engine/fetch/fetch.ts';
import { SubgraphPools } from './subgraph-pools.ts';
import { createTransport, type GatewayContext } from './transport.ts';

const CANARY = 'canary-transport-90ce';
const REQUEST = {
  subgraph: 'school',
  operation: '{a}',
  operationName: 'A',
  head: '{"query":"{a}","operationName":"A","variables":',
  variables: { x: 1 },
  kind: 'query',
} as const;
const CALLER = { subject: 'p-1', actor: 'system-1', agency: 'school:skovde', roles: ['CASEWORKER'] as const };
const OPERATION = { hash: 'ab', name: null, requestId: '00000000-0000-4000-8000-000000000000' };

let keys: Awaited<ReturnType<typeof newAssertionKeys>>;
beforeAll(async () => {
  keys = await newAssertionKeys();
});

const closers: (() => unknown)[] = [];
afterEach(() => Promise.all(closers.splice(0).map((close) => close())));

/** A release with a clock that stands still. */
class Limit implements ReleaseHandle {
  lowered: number[] = [];

  constructor(readonly left: number) {}

  elapsed(): number {
    return 0;
  }

  limit(): number {
    return this.left;
  }

  timeLeft(): number {
    return this.left;
  }

  limitTo(ms: number): void {
    this.lowered.push(ms);
  }

  exempt(): void {}

  onOutcome(): void {}
}

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

interface Sent {
  readonly answer: SubgraphAnswer | null;
  /** The error that the client would get if there is no answer. */
  readonly told: unknown;
  readonly lowered: readonly number[];
  readonly failures: readonly string[];
}

async function sendTo(
  url: string,
  given: { left?: number; gone?: AbortSignal; maxAnswerBytes?: number } = {},
): Promise<Sent> {
  const failures: string[] = [];
  const pools = new SubgraphPools(null, given.maxAnswerBytes);
  pools.route({ school: url });
  closers.push(() => pools.close());
  const send = createTransport({
    pools,
    assertionKey: keys.signing,
    onFailure: (subgraph, why, requestId) => failures.push(`${subgraph} ${why} ${requestId === OPERATION.requestId}`),
  });
  const release = new Limit(given.left ?? 2_000);
  const gone = given.gone ?? new AbortController().signal;
  const context: GatewayContext = {
    caller: CALLER,
    operation: OPERATION,
    fenced: false,
    release,
    gone,
    retryAfter: () => undefined,
  };
  try {
    const answer = await send(REQUEST, context);
    return { answer, told: null, lowered: release.lowered, failures };
  } catch (fault) {
    const { message, extensions } = fault as { message: string; extensions: unknown };
    return { answer: null, told: { message, extensions }, lowered: release.lowered, failures };
  }
}

const UNAVAILABLE = {
  message: CONSTANT_MESSAGES.SUBGRAPH_UNAVAILABLE,
  extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
};

/** A subgraph that gives every request the same answer. */
const constant =
  (status: number, body: unknown, headers: Record<string, string> = { 'samsyn-time-left': '900' }): RequestListener =>
  (_, response) =>
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));

test('sends a subgraph the operation and an assertion for itself alone', async () => {
  let asked: { request: IncomingMessage; body: string } | undefined;
  const url = await listen(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    asked = { request, body: Buffer.concat(chunks).toString() };
    constant(200, { data: { a: 1 } })(request, response as ServerResponse<IncomingMessage> & { req: IncomingMessage });
  });
  const { answer, lowered, failures } = await sendTo(url);
  expect([answer, lowered, failures]).toEqual([{ data: { a: 1 }, errors: [] }, [900], []]);
  expect(JSON.parse(asked?.body ?? '')).toEqual({ query: '{a}', operationName: 'A', variables: { x: 1 } });
  const assertion = asked?.request.headers.authorization?.replace('Bearer ', '') ?? '';
  expect(await verifyAssertion(keys.verifying, 'school', assertion, 0)).toEqual({
    caller: CALLER,
    operation: OPERATION,
    gatewayWaits: false,
  });
  await expect(verifyAssertion(keys.verifying, 'police', assertion, 0)).rejects.toThrow();
});

describe('the time left', () => {
  test.each([undefined, '', '-5', '1.5', '10ms', 'NaN', '99999999999'])(
    'is 0 when the header is %p',
    async (header) => {
      const headers: Record<string, string> = header === undefined ? {} : { 'samsyn-time-left': header };
      const { lowered } = await sendTo(await listen(constant(200, { data: { a: 1 } }, headers)));
      expect(lowered).toEqual([0]);
    },
  );

  test('does not matter for an answer without data', async () => {
    const late = { errors: [{ message: CANARY, extensions: { code: 'DEADLINE_EXCEEDED' } }] };
    const { answer, lowered } = await sendTo(await listen(constant(503, late, {})));
    expect([answer, lowered]).toEqual([late, []]);
  });
});

describe('a subgraph is unavailable, and nobody gets its words, when it', () => {
  const unavailable = async (sent: Promise<Sent>, why: RegExp) => {
    const { answer, told, failures } = await sent;
    expect([answer, told]).toEqual([null, UNAVAILABLE]);
    expect(failures).toEqual([expect.stringMatching(why)]);
    expect(JSON.stringify(failures)).not.toContain(CANARY);
  };

  test('refuses connections', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    await unavailable(sendTo(`http://127.0.0.1:${port}/graphql`), /ECONNREFUSED/);
  });

  test('hangs, before or within its answer', async () => {
    const silent = await listen(() => undefined);
    const halfway = await listen(
      (_, response) => void response.writeHead(200, { 'samsyn-time-left': '900' }).write('{'),
    );
    await unavailable(sendTo(silent, { left: 400 }), /Timeout/);
    await unavailable(sendTo(halfway, { left: 400 }), /Timeout/);
  });

  test('hangs, and leaves time to release what the others answered', async () => {
    const silent = await listen(() => undefined);
    const late = new Promise((resolve) => {
      const timer = setTimeout(resolve, 1_000, 'late');
      closers.push(() => clearTimeout(timer));
    });
    const sent = sendTo(silent, { left: 1_000 });
    expect(await Promise.race([sent.then(() => 'in time'), late])).toBe('in time');
    await unavailable(sent, /Timeout/);
  });

  test('breaks off', async () => {
    await unavailable(sendTo(await listen((request) => request.socket.destroy())), /SOCKET/);
  });

  test('answers more than fits', async () => {
    const url = await listen(constant(200, { data: { a: CANARY.repeat(1_000) } }));
    await unavailable(sendTo(url, { maxAnswerBytes: 10_000 }), /UND_ERR_RES_EXCEEDED_MAX_SIZE/);
  });

  test.each<[string, number, unknown]>([
    ['text', 200, CANARY],
    ['half of JSON', 200, `{"data":{"a":"${CANARY}"`],
    ['a list', 200, [CANARY]],
    ['null', 200, 'null'],
    ['data that is no object', 200, { data: CANARY }],
    ['errors that are no list', 200, { data: {}, errors: CANARY }],
    ['an error without message', 200, { data: {}, errors: [{ extensions: { code: CANARY } }] }],
    ['status 401', 401, { errors: [{ message: CANARY, extensions: { code: 'FORBIDDEN' } }] }],
    ['UNAUTHENTICATED', 200, { data: null, errors: [{ message: CANARY, extensions: { code: 'UNAUTHENTICATED' } }] }],
    [
      'that the hub asked wrongly',
      400,
      { errors: [{ message: CANARY, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] },
    ],
    ['status 500 with data', 500, { data: { a: CANARY } }],
    ['a redirection', 302, { data: { a: CANARY } }],
  ])('answers %s', async (_, status, body) => {
    await unavailable(
      sendTo(await listen(constant(status, body))),
      /school status|school the answer|school data|school err|school an err/,
    );
  });
});

test('passes errors on with a code of the closed set, but not data of a failure', async () => {
  const errors = [
    { message: 'Held.', path: ['a', 0], extensions: { code: 'CONFLICT', field: 'x' } },
    { message: 'Odd.', path: [{}], extensions: { code: CANARY } },
  ];
  const expected = [
    { message: 'Held.', path: ['a', 0], extensions: { code: 'CONFLICT', field: 'x' } },
    { message: 'Odd.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
  ];
  expect((await sendTo(await listen(constant(200, { data: null, errors })))).answer).toEqual({
    data: null,
    errors: expected,
  });
  expect((await sendTo(await listen(constant(500, { data: { a: CANARY }, errors })))).answer).toEqual({
    errors: expected,
  });
});

test('sends nothing when too little time is left to join, and nothing twice', async () => {
  let asked = 0;
  const url = await listen((request) => {
    asked += 1;
    request.socket.destroy();
  });
  expect((await sendTo(url, { left: 300 })).told).toMatchObject({ extensions: { code: 'DEADLINE_EXCEEDED' } });
  expect(asked).toBe(0);
  expect((await sendTo(url)).told).toEqual(UNAVAILABLE);
  expect(asked).toBe(1);
});

test('ends the subgraph’s request when the client is gone', async () => {
  const gone = new AbortController();
  const ended = new Promise<void>((resolve) => {
    void listen((request) => {
      request.socket.once('close', () => resolve());
      gone.abort();
    }).then(async (url) => expect((await sendTo(url, { gone: gone.signal })).told).toEqual(UNAVAILABLE));
  });
  await ended;
});
