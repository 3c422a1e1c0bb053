import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { verifyAssertion, verifyRouterAssertion } from '../../schema/caller.ts';
import { newAssertionKeys } from '../../test/setup/assertion-keys.ts';
import { CALLER, CANARY, gateway, serve } from '../../test/setup/gateway-app.ts';

const SECRET = 's'.repeat(43);
const ROUTER = `Basic ${Buffer.from(`router:${SECRET}`).toString('base64')}`;
const EXCHANGE = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token: 'good',
  subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
};

let keys: Awaited<ReturnType<typeof newAssertionKeys>>;
beforeAll(async () => {
  keys = await newAssertionKeys();
});

const trusting = () => serve(undefined, { secret: SECRET, key: keys.signing, audiences: () => ['registry', 'school'] });

interface Asked {
  readonly form?: Readonly<Record<string, string>> | string;
  readonly authorization?: string | null;
  readonly contentType?: string;
  readonly method?: string;
}

async function exchange({
  form = EXCHANGE,
  authorization = ROUTER,
  contentType = 'application/x-www-form-urlencoded',
  method = 'POST',
}: Asked = {}) {
  const response = await fetch(gateway.url.replace('/graphql', '/assertion'), {
    method,
    headers: { 'content-type': contentType, ...(authorization === null ? {} : { authorization }) },
    ...(method === 'GET' ? {} : { body: typeof form === 'string' ? form : new URLSearchParams(form).toString() }),
  });
  const text = await response.text();
  expect(text).not.toContain(CANARY);
  return { response, status: response.status, text, body: JSON.parse(text) as Record<string, unknown> };
}

/** Everything of an answer but the number of its request and the time. */
async function bytesOf(asked: Asked) {
  const { response, status, text } = await exchange(asked);
  const headers = [...response.headers].filter(([name]) => !['samsyn-request-id', 'date'].includes(name));
  const id = response.headers.get('samsyn-request-id') ?? '';
  return { status, text: text.replaceAll(id, 'the request'), headers };
}

describe('a router that authenticates itself', () => {
  beforeEach(async () => {
    await gateway.close();
    await trusting();
  });

  test('gets an assertion of the token’s caller for all subgraphs, that is not the gateway’s own', async () => {
    const { status, body, response } = await exchange();
    const assertion = String(body.access_token);
    expect([status, body]).toEqual([
      200,
      {
        access_token: assertion,
        issued_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_type: 'Bearer',
        expires_in: 3,
      },
    ]);
    expect(response.headers.get('cache-control')).toBe('no-store');
    for (const audience of ['registry', 'school']) {
      expect(await verifyRouterAssertion(keys.verifying, audience, assertion, 0)).toEqual({
        caller: CALLER,
        requestId: response.headers.get('samsyn-request-id'),
      });
      await expect(verifyAssertion(keys.verifying, audience, assertion, 0)).rejects.toThrow();
    }
    await expect(verifyRouterAssertion(keys.verifying, 'police', assertion, 0)).rejects.toThrow();
    const { iat = 0, exp = 0, waits } = decodeJwt(assertion);
    expect(exp - iat).toBeCloseTo(3);
    expect(waits).toBeUndefined();
  });

  test.each([
    ['the token is not accepted', { ...EXCHANGE, subject_token: 'bad' }, 'invalid_request'],
    ['the token is missing', { ...EXCHANGE, subject_token: '' }, 'invalid_request'],
    ['the grant is another', { ...EXCHANGE, grant_type: 'client_credentials' }, 'unsupported_grant_type'],
    ['the token has another type', { ...EXCHANGE, subject_token_type: 'x' }, 'invalid_request'],
    ['another type is requested', { ...EXCHANGE, requested_token_type: 'x' }, 'invalid_request'],
    ['an actor is added', { ...EXCHANGE, actor_token: 'x' }, 'invalid_request'],
    ['an audience is chosen', { ...EXCHANGE, audience: 'police' }, 'invalid_request'],
    ['a parameter comes twice', `${new URLSearchParams(EXCHANGE)}&subject_token=good`, 'invalid_request'],
  ])('gets an error if %s', async (_, form, error) => {
    const { status, body } = await exchange({ form });
    expect([status, body]).toEqual([400, { error, error_description: expect.any(String) }]);
  });

  test('gets an error for JSON', async () => {
    const { status, body } = await exchange({ form: JSON.stringify(EXCHANGE), contentType: 'application/json' });
    expect([status, body.error]).toEqual([400, 'invalid_request']);
  });

  test('leaves no token and no caller in the log', async () => {
    const { body } = await exchange();
    await exchange({ form: { ...EXCHANGE, subject_token: 'bad-canary-token' } });
    const log = JSON.stringify(gateway.log);
    expect(log).toContain('assertion made for a router');
    for (const secret of [String(body.access_token), 'bad-canary-token', SECRET, CALLER.subject, CALLER.agency]) {
      expect(log).not.toContain(secret);
    }
  });
});

/** What somebody may send who is no router. */
const NO_ROUTERS: readonly (readonly [string, Asked])[] = [
  ['nobody', { authorization: null }],
  ['a client with a right token', { authorization: 'Bearer good' }],
  [
    'a router with a wrong secret',
    { authorization: `Basic ${Buffer.from(`router:${'t'.repeat(43)}`).toString('base64')}` },
  ],
  ['another name with the right secret', { authorization: `Basic ${Buffer.from(`me:${SECRET}`).toString('base64')}` }],
  ['the secret as a bearer token', { authorization: `Bearer ${SECRET}` }],
  ['a router by GET', { method: 'GET' }],
  ['nobody with a malformed form', { authorization: null, form: '%', contentType: 'application/json' }],
];

test.each(NO_ROUTERS)('for %s there is nothing at the address, whether or not it is configured', async (_, asked) => {
  const unconfigured = await bytesOf(asked);
  await gateway.close();
  await trusting();
  const configured = await bytesOf(asked);
  expect(configured).toEqual(unconfigured);
  expect([configured.status, JSON.parse(configured.text)]).toEqual([
    404,
    {
      errors: [
        expect.objectContaining({
          message: 'There is nothing at this address. Send operations to POST /graphql.',
          extensions: expect.objectContaining({ code: 'BAD_REQUEST' }),
        }),
      ],
    },
  ]);
});

test('a router gets 404 too while nothing is configured', async () => {
  const { status } = await exchange();
  expect(status).toBe(404);
});
