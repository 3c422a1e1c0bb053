import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { buildSchema, execute } from 'graphql';
import { auditServer } from 'graphql-http';
import { pino } from 'pino';
import { FENCED_LIMIT_MS } from '../schema/deadline.ts';
import { CONSTANT_MESSAGES, HubError } from '../schema/errors.ts';
import { createApp } from './app.ts';
import type { Authenticate } from './authenticate.ts';
import type { GatewayInterface } from './engine/engine.ts';
import { operationHash } from './operations.ts';
import type { GatewayContext } from './transport.ts';

const CANARY = 'canary-app-51aa';
const CALLER = { subject: 'p-1', actor: null, agency: 'school:skovde', roles: ['CASEWORKER'] as const };

const schema = buildSchema(`
  directive @fenced on FIELD_DEFINITION
  type Query { hello(name: String): String  slow: String  hang: String  broken: String  limit: String }
  type Mutation { end: String @fenced  begin: String }
`);

/** Executes on the schema above instead of subgraphs. */
function engineOf(resolvers: Record<string, (args: never, context: GatewayContext) => unknown>): GatewayInterface {
  return {
    onSchemaLoadOrUpdate(listener) {
      listener({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => undefined;
    },
    load: async () => ({
      executor: async ({ document, context, request, operationName }) =>
        execute({
          schema,
          document,
          rootValue: resolvers,
          contextValue: context,
          variableValues: request.variables,
          operationName,
        }) as never,
    }),
    stop: async () => undefined,
  };
}

const authenticate: Authenticate = async (authorization) => {
  if (authorization === 'Bearer good') return CALLER;
  throw HubError.constant('UNAUTHENTICATED', new Error(CANARY));
};

/** Keeps the event loop from turning until it is too late for this request. */
function blockUntilLate({ release }: GatewayContext): void {
  while (release.elapsed() <= release.limit());
}

const published = new Map([[operationHash('{hello}'), 'greeting']]);
let log: Record<string, unknown>[] = [];
let seen: GatewayContext[] = [];
let leave: () => void;
let aborted: () => void;
let app: FastifyInstance;
let url: string;

async function serve(deadlineMs?: number): Promise<void> {
  log = [];
  seen = [];
  const lines = new Writable({
    write(chunk, _encoding, done) {
      log.push(JSON.parse(String(chunk)));
      done();
    },
  });
  app = await createApp({
    engine: engineOf({
      hello: ({ name }: { name?: string }, context) => {
        seen.push(context);
        return `hello ${name ?? 'you'}`;
      },
      slow: (_, context) => {
        blockUntilLate(context);
        return CANARY;
      },
      hang: async (_, { gone }) => {
        leave();
        await once(gone, 'abort');
        aborted();
      },
      broken: () => {
        throw new Error(CANARY);
      },
      limit: (_, { release }) => String(release.limit()),
      end: (_, { release }) => String(release.limit() === FENCED_LIMIT_MS),
    }),
    authenticate,
    published,
    introspection: true,
    log: pino(lines),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/graphql`;
}

beforeEach(() => serve());

afterEach(() => app.close());

const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/graphql-response+json',
  authorization: 'Bearer good',
};

function post(body: unknown, headers: Record<string, string> = HEADERS): Promise<Response> {
  return fetch(url, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
}

async function answerTo(body: unknown, headers?: Record<string, string>) {
  const response = await post(body, headers);
  return {
    status: response.status,
    body: (await response.json()) as { data?: unknown; errors?: { extensions: unknown }[] },
  };
}

describe('the endpoint', () => {
  test('conforms to GraphQL over HTTP, without error and without warning', async () => {
    const results = await auditServer({
      url,
      fetchFn: (address: string, init: RequestInit = {}) =>
        fetch(address, { ...init, headers: { ...init.headers, authorization: 'Bearer good' } }),
    });
    const notOk = results.filter(({ status }) => status === 'error' || status === 'warn');
    expect(notOk.map(({ id, name, status }) => [status, id, name])).toEqual([]);
  });

  test('answers with a request id, and lets nobody store the answer', async () => {
    const { headers, status } = await post({ query: '{hello}' });
    expect([status, headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual([
      200,
      'no-store',
      'nosniff',
    ]);
    expect(headers.get('samsyn-request-id')).toBe(seen[0]?.operation.requestId);
  });

  test('takes no request id from the client', async () => {
    const { headers } = await post(
      { query: '{hello}' },
      { ...HEADERS, 'request-id': CANARY, 'samsyn-request-id': CANARY },
    );
    expect(headers.get('samsyn-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('says who asks and names a published operation', async () => {
    await post({ query: '{hello}' });
    await post({ query: '{ greeting: hello }' });
    expect(seen.map(({ caller, operation }) => [caller, operation.hash, operation.name])).toEqual([
      [CALLER, operationHash('{hello}'), 'greeting'],
      [CALLER, operationHash('{ greeting: hello }'), null],
    ]);
  });

  test('is POST only, and says so', async () => {
    const response = await fetch(`${url}?query={hello}`, { headers: HEADERS });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(seen).toEqual([]);
  });

  test('has a health check that says nothing else, and nothing besides', async () => {
    expect(await (await fetch(url.replace('graphql', 'health'))).json()).toEqual({ status: 'ok' });
    expect((await fetch(url.replace('graphql', 'other'))).status).toBe(404);
  });
});

describe('a caller without a valid token', () => {
  test.each([{}, { authorization: 'Bearer bad' }])('gets the constant 401, whatever was asked: %p', async (headers) => {
    for (const body of [{ query: '{hello}' }, '{', 'x'.repeat(200_000)]) {
      const response = await post(body, { 'content-type': 'application/json', ...headers });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(await response.json()).toEqual({
        errors: [{ message: CONSTANT_MESSAGES.UNAUTHENTICATED, extensions: { code: 'UNAUTHENTICATED' } }],
      });
    }
    expect(seen).toEqual([]);
  });
});

describe('a request that is wrong', () => {
  const codes = async (body: unknown, headers?: Record<string, string>) => {
    const answer = await answerTo(body, headers);
    expect(JSON.stringify(answer)).not.toContain(CANARY);
    return [answer.status, answer.body.errors?.map(({ extensions }) => extensions), answer.body.data];
  };
  const refused = (status: number, code: string) => [status, [{ code }], undefined];

  test('in its JSON is told so', async () => {
    expect(await codes(`{"${CANARY}`)).toEqual(refused(400, 'BAD_REQUEST'));
    expect(await codes('')).toEqual(refused(400, 'BAD_REQUEST'));
    expect(await codes({ query: 7 })).toEqual(refused(400, 'BAD_REQUEST'));
    expect(await codes([{ query: '{hello}' }])).toEqual(refused(400, 'BAD_REQUEST'));
    expect(await codes({ extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } })).toEqual(
      refused(200, 'BAD_REQUEST'),
    );
  });

  test('in its media type is told so', async () => {
    expect(await codes('{hello}', { ...HEADERS, 'content-type': 'text/plain' })).toEqual(refused(415, 'BAD_REQUEST'));
  });

  test('in its grammar, names or operation is told so', async () => {
    expect(await codes({ query: `{ "${CANARY}" ` })).toEqual(refused(400, 'GRAPHQL_PARSE_FAILED'));
    expect(await codes({ query: `{ hell }` })).toEqual(refused(400, 'GRAPHQL_VALIDATION_FAILED'));
    expect(await codes({ query: 'query A {hello} query B {hello}', operationName: CANARY })).toEqual(
      refused(400, 'BAD_REQUEST'),
    );
  });

  const refusedFor = (message: string) => ({
    status: 400,
    body: {
      errors: [
        {
          message: `${message} Compare the place that locations names with the published schema.`,
          locations: [{ line: 1, column: expect.any(Number) }],
          extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
        },
      ],
    },
  });

  test('in that it subscribes is told what to do instead, whichever operation of its document is meant', async () => {
    const refusal = refusedFor('Subscriptions are not served: poll groupUpdates, or the news of a sector.');
    expect(await answerTo({ query: 'subscription {hello}' })).toEqual(refusal);
    const query = 'query A {hello} subscription B {hello}';
    for (const operationName of ['A', 'B']) expect(await answerTo({ query, operationName })).toEqual(refusal);
    expect(seen).toEqual([]);
  });

  test('in that it asks for parts of the answer later is told so', async () => {
    const refusal = refusedFor('There is no such directive.');
    expect(await answerTo({ query: '{... @defer {hello}}' })).toEqual(refusal);
    expect(await answerTo({ query: '{hello @stream}' })).toEqual(refusal);
    expect(seen).toEqual([]);
  });

  test('in its size is told so', async () => {
    expect(await codes({ query: `{hello} #${'x'.repeat(100_000)}` })).toEqual(refused(413, 'LIMIT_EXCEEDED'));
    expect(await codes({ query: `{${'hello '.repeat(21)}}` })).toEqual(refused(400, 'LIMIT_EXCEEDED'));
    expect(await codes({ query: 'mutation {end begin}' })).toEqual(refused(400, 'LIMIT_EXCEEDED'));
  });
});

describe('an answer', () => {
  test('that is late is the constant 503', async () => {
    await app.close();
    await serve(300);
    const answer = await answerTo({ query: '{slow}' });
    expect([answer.status, answer.body.errors?.[0]?.extensions]).toEqual([503, { code: 'DEADLINE_EXCEEDED' }]);
    expect(JSON.stringify(answer)).not.toContain(CANARY);
  });

  test('of a fenced mutation may take longer, whichever operation of the document it is', async () => {
    expect((await answerTo({ query: 'mutation {end}' })).body).toEqual({ data: { end: 'true' } });
    const query = 'mutation A {end} query B {limit}';
    expect((await answerTo({ query, operationName: 'A' })).body).toEqual({ data: { end: 'true' } });
    expect((await answerTo({ query, operationName: 'B' })).body).toEqual({ data: { limit: '3000' } });
  });

  test('with an unexpected fault says nothing of it', async () => {
    expect((await answerTo({ query: '{broken}' })).body).toEqual({
      data: { broken: null },
      errors: [
        {
          message: CONSTANT_MESSAGES.INTERNAL_SERVER_ERROR,
          path: ['broken'],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
      ],
    });
  });
});

describe('the log', () => {
  test('has one line for each request, and nothing of what came or left', async () => {
    const query = `query ($n: String) { hello(name: $n) broken } #${CANARY}`;
    const response = await post({ query, variables: { n: CANARY } }, { ...HEADERS, 'x-note': CANARY });
    await response.text();
    await post({ query: CANARY }, { ...HEADERS, authorization: `Bearer ${CANARY}` });
    const requests = log.filter(({ msg }) => msg === 'request');
    expect(
      requests.map(({ operation, status, outcome, requestId }) => [operation, status, outcome, requestId]),
    ).toEqual([
      [operationHash(query), 200, 'RELEASED', response.headers.get('samsyn-request-id')],
      ['', 401, 'RELEASED', expect.any(String)],
    ]);
    expect(log.find(({ msg }) => msg === 'fault')).toMatchObject({
      fault: [{ name: 'Error', at: expect.any(String) }],
    });
    expect(JSON.stringify(log)).not.toContain(CANARY);
  });
});

test('a client that leaves aborts what is done for it', async () => {
  const controller = new AbortController();
  leave = () => controller.abort();
  const told = new Promise<void>((resolve) => {
    aborted = resolve;
  });
  const asked = fetch(url, { method: 'POST', headers: HEADERS, body: '{"query":"{hang}"}', signal: controller.signal });
  await expect(asked).rejects.toThrow();
  await told;
});
