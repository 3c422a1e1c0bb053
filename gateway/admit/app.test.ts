import { describe, expect, test } from '@jest/globals';
import { auditServer } from 'graphql-http';
import { CONSTANT_MESSAGES } from '../../schema/errors.ts';
import { operationHash } from '../../schema/operation-hash.ts';
import { answerTo, CALLER, CANARY, gateway, HEADERS, post, serve } from '../../test/setup/gateway-app.ts';

describe('the endpoint', () => {
  test('conforms to GraphQL over HTTP, without error and without warning', async () => {
    const results = await auditServer({
      url: gateway.url,
      fetchFn: (address: string, init: RequestInit = {}) =>
        fetch(address, { ...init, headers: { ...init.headers, authorization: 'Bearer good' } }),
    });
    const notOk = results.filter(({ status }) => status === 'error' || status === 'warn');
    expect(notOk.map(({ id, name, status }) => [status, id, name])).toEqual([]);
  });

  test('answers with a request id, and forbids everybody to store the answer', async () => {
    const { headers, status } = await post({ query: '{hello}' });
    expect([status, headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual([
      200,
      'no-store',
      'nosniff',
    ]);
    expect(headers.get('samsyn-request-id')).toBe(gateway.seen[0]?.operation.requestId);
  });

  test('takes no request id from the client', async () => {
    const { headers } = await post(
      { query: '{hello}' },
      { ...HEADERS, 'request-id': CANARY, 'samsyn-request-id': CANARY },
    );
    expect(headers.get('samsyn-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('names the caller and a published operation', async () => {
    await post({ query: '{hello}' });
    await post({ query: '{ greeting: hello }' });
    expect(gateway.seen.map(({ caller, operation }) => [caller, operation.hash, operation.name])).toEqual([
      [CALLER, operationHash('{hello}'), 'greeting'],
      [CALLER, operationHash('{ greeting: hello }'), null],
    ]);
  });

  test('answers only POST, and names the right method otherwise', async () => {
    const response = await fetch(`${gateway.url}?query={hello}`, { headers: HEADERS });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(gateway.seen).toEqual([]);
  });

  test('has a health check without details, and serves nothing else', async () => {
    expect(await (await fetch(gateway.url.replace('graphql', 'health'))).json()).toEqual({ status: 'ok' });
    expect((await fetch(gateway.url.replace('graphql', 'other'))).status).toBe(404);
  });
});

describe('an answer', () => {
  test('becomes the constant 503 when it is late', async () => {
    await gateway.close();
    await serve(300);
    const answer = await answerTo({ query: '{slow}' });
    expect([answer.status, answer.body.errors?.[0]?.extensions]).toEqual([503, { code: 'DEADLINE_EXCEEDED' }]);
    expect(JSON.stringify(answer)).not.toContain(CANARY);
  });

  test('may take longer for a fenced mutation, whichever operation of the document it is', async () => {
    expect((await answerTo({ query: 'mutation {end}' })).body).toEqual({ data: { end: 'true' } });
    const query = 'mutation A {end} query B {limit}';
    expect((await answerTo({ query, operationName: 'A' })).body).toEqual({ data: { end: 'true' } });
    expect((await answerTo({ query, operationName: 'B' })).body).toEqual({ data: { limit: '3000' } });
  });

  test('shows nothing of an unexpected fault', async () => {
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
  test('has one line for each request, without anything that the client sent or got', async () => {
    const query = `query ($n: String) { hello(name: $n) broken } #${CANARY}`;
    const response = await post({ query, variables: { n: CANARY } }, { ...HEADERS, 'x-note': CANARY });
    await response.text();
    await post({ query: CANARY }, { ...HEADERS, authorization: `Bearer ${CANARY}` });
    const requests = gateway.log.filter(({ msg }) => msg === 'request');
    expect(
      requests.map(({ operation, status, outcome, requestId }) => [operation, status, outcome, requestId]),
    ).toEqual([
      [operationHash(query), 200, 'RELEASED', response.headers.get('samsyn-request-id')],
      ['', 401, 'RELEASED', expect.any(String)],
    ]);
    expect(gateway.log.find(({ msg }) => msg === 'fault')).toMatchObject({
      fault: [{ name: 'Error', at: expect.any(String) }],
    });
    expect(JSON.stringify(gateway.log)).not.toContain(CANARY);
  });
});

test('aborts the work for a client that leaves', async () => {
  const controller = new AbortController();
  gateway.leave = () => controller.abort();
  const told = new Promise<void>((resolve) => {
    gateway.aborted = resolve;
  });
  const asked = fetch(gateway.url, {
    method: 'POST',
    headers: HEADERS,
    body: '{"query":"{hang}"}',
    signal: controller.signal,
  });
  await expect(asked).rejects.toThrow();
  await told;
});
