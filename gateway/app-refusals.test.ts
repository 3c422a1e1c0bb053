import { describe, expect, test } from '@jest/globals';
import { CONSTANT_MESSAGES } from '../schema/errors.ts';
import { answerTo, CANARY, gateway, HEADERS, post } from '../test/setup/gateway-app.ts';

describe('a caller without a valid token', () => {
  test.each([{}, { authorization: 'Bearer bad' }])('gets the constant 401, whatever it asked: %p', async (headers) => {
    for (const body of [{ query: '{hello}' }, '{', 'x'.repeat(200_000)]) {
      const response = await post(body, { 'content-type': 'application/json', ...headers });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(await response.json()).toEqual({
        errors: [
          {
            message: CONSTANT_MESSAGES.UNAUTHENTICATED,
            extensions: { code: 'UNAUTHENTICATED', requestId: response.headers.get('samsyn-request-id') },
          },
        ],
      });
    }
    expect(gateway.seen).toEqual([]);
  });
});

test('a token that cannot be checked gets 503, not the advice to get another, and operators an error', async () => {
  const response = await post({ query: '{hello}' }, { ...HEADERS, authorization: 'Bearer unchecked' });
  expect([response.status, response.headers.get('www-authenticate'), await response.json()]).toEqual([
    503,
    null,
    {
      errors: [
        {
          message: CONSTANT_MESSAGES.IDENTITY_PROVIDER_UNAVAILABLE,
          extensions: { code: 'IDENTITY_PROVIDER_UNAVAILABLE', requestId: expect.any(String) },
        },
      ],
    },
  ]);
  expect(gateway.seen).toEqual([]);
  expect(gateway.log).toContainEqual(
    expect.objectContaining({ level: 50, code: 'IDENTITY_PROVIDER_UNAVAILABLE', msg: 'refused' }),
  );
});

describe('a malformed request', () => {
  const codes = async (body: unknown, headers?: Record<string, string>) => {
    const answer = await answerTo(body, headers);
    expect(JSON.stringify(answer)).not.toContain(CANARY);
    return [answer.status, answer.body.errors?.map(({ extensions }) => extensions), answer.body.data];
  };
  const refused = (status: number, code: string) => [status, [{ code }], undefined];

  test('gets BAD_REQUEST for broken JSON', async () => {
    expect(await codes(`{"${CANARY}`)).toEqual(refused(400, 'BAD_REQUEST'));
    expect(await codes('')).toEqual(refused(400, 'BAD_REQUEST'));
    expect(await codes({ query: 7 })).toEqual(refused(400, 'BAD_REQUEST'));
    expect(await codes([{ query: '{hello}' }])).toEqual(refused(400, 'BAD_REQUEST'));
    expect(await codes({ extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } })).toEqual(
      refused(200, 'BAD_REQUEST'),
    );
  });

  test('gets BAD_REQUEST for a wrong media type', async () => {
    expect(await codes('{hello}', { ...HEADERS, 'content-type': 'text/plain' })).toEqual(refused(415, 'BAD_REQUEST'));
  });

  test('gets BAD_REQUEST for an answer in a form that is not served', async () => {
    for (const accept of ['text/html', 'x']) {
      expect(await codes({ query: '{hello}' }, { ...HEADERS, accept })).toEqual(refused(406, 'BAD_REQUEST'));
    }
  });

  test('gets an error for its grammar, names or operation', async () => {
    expect(await codes({ query: `{ "${CANARY}" ` })).toEqual(refused(400, 'GRAPHQL_PARSE_FAILED'));
    expect(await codes({ query: `{ hell }` })).toEqual(refused(400, 'GRAPHQL_VALIDATION_FAILED'));
    expect(await codes({ query: 'query A {hello} query B {hello}', operationName: CANARY })).toEqual(
      refused(400, 'BAD_REQUEST'),
    );
  });

  test.each([
    { query: '{hello}', operationName: '' },
    { query: '{hello}', operationName: 'B' },
    { query: 'query A {hello}', operationName: 'B' },
    { query: 'query A {hello}', operationName: 7 },
    { query: 'query A {hello} query B {hello}' },
    { query: 'query A {hello} query B {hello}', operationName: null },
    { query: 'fragment F on Query {hello}' },
  ])('gets BAD_REQUEST if it means no operation of its document: %p', async (body) => {
    expect(await codes(body)).toEqual(refused(400, 'BAD_REQUEST'));
    expect(gateway.seen).toEqual([]);
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

  test('learns what to send instead of a subscription, whichever operation of its document is meant', async () => {
    const refusal = refusedFor('Subscriptions are not served: poll groupUpdates, or the news of a sector.');
    expect(await answerTo({ query: 'subscription {hello}' })).toEqual(refusal);
    const query = 'query A {hello} subscription B {hello}';
    for (const operationName of ['A', 'B']) expect(await answerTo({ query, operationName })).toEqual(refusal);
    expect(gateway.seen).toEqual([]);
  });

  test('gets an error when it asks for parts of the answer later', async () => {
    const refusal = refusedFor('There is no such directive.');
    expect(await answerTo({ query: '{... @defer {hello}}' })).toEqual(refusal);
    expect(await answerTo({ query: '{hello @stream}' })).toEqual(refusal);
    expect(gateway.seen).toEqual([]);
  });

  test('gets LIMIT_EXCEEDED when it is too large', async () => {
    expect(await codes({ query: `{hello} #${'x'.repeat(100_000)}` })).toEqual(refused(413, 'LIMIT_EXCEEDED'));
    expect(await codes({ query: `{${'hello '.repeat(21)}}` })).toEqual(refused(400, 'LIMIT_EXCEEDED'));
    expect(await codes({ query: 'mutation {end begin}' })).toEqual(refused(400, 'LIMIT_EXCEEDED'));
  });
});
