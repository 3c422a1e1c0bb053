import { createHash, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import type { Hub } from '../../../hub/hub.ts';
import { mintAssertion, signingKey } from '../../../schema/caller.ts';
import { RELEASE_DEADLINE_MS } from '../../../schema/deadline.ts';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { CONSTANT_MESSAGES } from '../../../schema/errors.ts';
import { operationHash } from '../../../schema/operation-hash.ts';
import { ask, post, tokenOf } from '../../setup/ask.ts';
import { newAssertionKeys } from '../../setup/assertion-keys.ts';
import { leaksInLogs } from '../logs.ts';
import { assertionFor, assertionKeys, callerOf, portOf, SUBGRAPHS, subgraphUrl } from '../subgraph.ts';
import { sharedHub } from './shared-hub.ts';

const SDL = '{ _service { sdl } }';
const BARE = 'query ($id: ID!) { youth(id: $id) { id } }';
const ATTENDANCE = 'query ($id: ID!) { youth(id: $id) { attendance { id minutesPresent } } }';
const YOUTH = { id: DEMO_YOUTHS.everything.id };
const REFUSED = JSON.stringify({
  errors: [{ message: CONSTANT_MESSAGES.UNAUTHENTICATED, extensions: { code: 'UNAUTHENTICATED' } }],
});

let hub: Hub;

beforeAll(async () => {
  hub = await sharedHub();
}, 120_000);

const operation = () => ({ hash: operationHash(''), name: null, requestId: randomUUID() });
/** The tolerance of the demo’s subgraphs: SAMSYN_CLOCK_TOLERANCE_SECONDS is unset. */
const TOLERANCE_SECONDS = 2;

/** An assertion of the gateway with other claims or another header, under the gateway’s own key. */
async function resigned(
  subgraph: string,
  { claims = {}, header = {} }: { readonly claims?: object; readonly header?: object },
): Promise<string> {
  const { key, kid } = await signingKey(assertionKeys(hub).assertionPrivateKey);
  const [, payload = ''] = (await assertionFor(hub, subgraph, 'social-coordinator')).split('.');
  const made = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const jwt = new SignJWT({ ...made, ...claims });
  return `Bearer ${await jwt.setProtectedHeader({ alg: 'EdDSA', kid, typ: 'samsyn-caller+jwt', ...header }).sign(key)}`;
}

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** What somebody might send instead of an assertion of the gateway for this subgraph. */
const NO_ASSERTIONS: Readonly<Record<string, (subgraph: string) => Promise<string | null>>> = {
  nothing: async () => null,
  'the client’s own token': async () => `Bearer ${await tokenOf(hub, 'social-coordinator')}`,
  'an expired assertion': async (subgraph) =>
    `Bearer ${await assertionFor(hub, subgraph, 'social-coordinator', randomUUID(), -10_000)}`,
  'another subgraph’s assertion': async (subgraph) => {
    const other = SUBGRAPHS.find((name) => name !== subgraph) ?? '';
    return `Bearer ${await assertionFor(hub, other, 'social-coordinator')}`;
  },
  'an assertion signed by another key': async (subgraph) => {
    const { kid } = await signingKey(assertionKeys(hub).assertionPrivateKey);
    const { key } = (await newAssertionKeys()).signing;
    return `Bearer ${await mintAssertion({ key, kid }, subgraph, callerOf('social-coordinator'), operation(), 3_000)}`;
  },
  'an assertion without a signature': async (subgraph) => {
    const [, claims] = (await assertionFor(hub, subgraph, 'social-coordinator')).split('.');
    return `Bearer ${encoded({ alg: 'none', typ: 'samsyn-caller+jwt' })}.${claims}.`;
  },
  'an assertion signed with the public key as a secret': async (subgraph) => {
    const [, claims] = (await assertionFor(hub, subgraph, 'social-coordinator')).split('.');
    const payload = JSON.parse(Buffer.from(claims ?? '', 'base64url').toString()) as Record<string, unknown>;
    const forged = new SignJWT(payload).setProtectedHeader({ alg: 'HS256', typ: 'samsyn-caller+jwt' });
    return `Bearer ${await forged.sign(Buffer.from(assertionKeys(hub).assertionPublicKey))}`;
  },
  'an assertion for several subgraphs': (subgraph) => resigned(subgraph, { claims: { aud: [subgraph, 'another'] } }),
  'an assertion for this subgraph in a list': (subgraph) => resigned(subgraph, { claims: { aud: [subgraph] } }),
  'an assertion older than the release deadline, with an exp ahead': (subgraph) => {
    const iat = Date.now() / 1000 - RELEASE_DEADLINE_MS / 1000 - TOLERANCE_SECONDS - 0.1;
    return resigned(subgraph, { claims: { iat, exp: iat + 3_600 } });
  },
  'an assertion made ahead of now': (subgraph) => {
    const iat = Date.now() / 1000 + 10;
    return resigned(subgraph, { claims: { iat, exp: iat + 3 } });
  },
  'an assertion that states no kid': (subgraph) => resigned(subgraph, { header: { kid: undefined } }),
  'an assertion that states another kid': (subgraph) => resigned(subgraph, { header: { kid: 'another' } }),
  'an assertion whose claims were changed': async (subgraph) => {
    const [head, claims, signature] = (await assertionFor(hub, subgraph, 'police-outsider')).split('.');
    const payload = JSON.parse(Buffer.from(claims ?? '', 'base64url').toString()) as object;
    return `Bearer ${head}.${encoded({ ...payload, sub: callerOf('social-coordinator').subject })}.${signature}`;
  },
  'an assertion under another scheme': async (subgraph) =>
    `Basic ${await assertionFor(hub, subgraph, 'social-coordinator')}`,
};

describe.each(SUBGRAPHS)('%s', (subgraph) => {
  test.each(Object.keys(NO_ASSERTIONS))('refuses %s, whatever is asked', async (what) => {
    const authorization = await NO_ASSERTIONS[what]?.(subgraph);
    const headers: Record<string, string> = authorization == null ? {} : { authorization };
    for (const query of [SDL, BARE, 'this is not GraphQL']) {
      const { status, text } = await post(subgraphUrl(hub, subgraph), headers, { query, variables: YOUTH });
      expect({ status, text }).toEqual({ status: 401, text: REFUSED });
    }
  });

  test('answers the gateway’s assertion', async () => {
    const authorization = `Bearer ${await assertionFor(hub, subgraph, 'social-coordinator')}`;
    const { data, errors } = await post(
      subgraphUrl(hub, subgraph),
      { authorization },
      { query: BARE, variables: YOUTH },
    );
    expect({ data, errors }).toEqual({ data: { youth: YOUTH }, errors: [] });
  });

  test('answers an assertion that was signed again as it is', async () => {
    const authorization = await resigned(subgraph, {});
    const { status } = await post(subgraphUrl(hub, subgraph), { authorization }, { query: BARE, variables: YOUTH });
    expect(status).toBe(200);
  });

  test('answers its SDL to the gateway’s assertion', async () => {
    const authorization = `Bearer ${await assertionFor(hub, subgraph, 'social-coordinator')}`;
    const { data, errors } = await post(subgraphUrl(hub, subgraph), { authorization }, { query: SDL });
    expect({ data, errors }).toEqual({
      data: { _service: { sdl: expect.stringContaining('type Youth @key(fields: "id")') } },
      errors: [],
    });
  });

  test('keeps no persisted query', async () => {
    const sha256Hash = createHash('sha256').update(BARE).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    const send = async (query?: string) => {
      const authorization = `Bearer ${await assertionFor(hub, subgraph, 'social-coordinator')}`;
      const response = await fetch(subgraphUrl(hub, subgraph), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ query, variables: YOUTH, extensions }),
      });
      return (await response.json()) as { data?: unknown; errors?: { extensions?: { code?: string } }[] };
    };
    for (const { data, errors } of [await send(BARE), await send()]) {
      expect([data, errors?.map(({ extensions }) => extensions?.code)]).toEqual([undefined, ['BAD_REQUEST']]);
    }
  });

  test('suggests no names', async () => {
    const authorization = `Bearer ${await assertionFor(hub, subgraph, 'social-coordinator')}`;
    const { errors } = await post(subgraphUrl(hub, subgraph), { authorization }, { query: '{ youht { id } }' });
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(JSON.stringify(errors)).not.toContain('Did you mean');
  });

  test('does not even say that it is well to somebody without an assertion', async () => {
    const response = await fetch(`http://127.0.0.1:${portOf(hub, subgraph)}/health`);
    expect(response.status).toBe(404);
  });
});

test('C15 no other header says who the caller is', async () => {
  const { subject, agency } = callerOf('social-coordinator');
  const claims = {
    'x-user': subject,
    'x-forwarded-user': subject,
    'x-agency': agency,
    'x-roles': 'COORDINATOR',
    'samsyn-caller': JSON.stringify(callerOf('social-coordinator')),
    'x-authorization': `Bearer ${await tokenOf(hub, 'social-coordinator')}`,
    'apollo-federation-include-trace': 'ftv1',
    cookie: `subject=${subject}`,
  };
  const toSchool = async () => ({ authorization: `Bearer ${await assertionFor(hub, 'school', 'police-outsider')}` });
  const toGateway = { authorization: `Bearer ${await tokenOf(hub, 'police-outsider')}` };
  for (const [url, headers] of [
    [subgraphUrl(hub, 'school'), await toSchool()],
    [hub.url, toGateway],
  ] as const) {
    const plain = await post(url, headers, { query: ATTENDANCE, variables: YOUTH });
    const claimed = await post(url, { ...headers, ...claims }, { query: ATTENDANCE, variables: YOUTH });
    expect(claimed.text).toBe(plain.text);
    expect(plain.errors.map(({ extensions }) => extensions?.code)).toEqual(['CONSENT_REQUIRED']);
  }
});

test.each([...SUBGRAPHS, 'samsyn', 'gateway'])('the gateway refuses its own assertion for %s', async (audience) => {
  const authorization = `Bearer ${await assertionFor(hub, audience, 'social-coordinator')}`;
  const { status, data, errors } = await post(hub.url, { authorization }, { query: BARE, variables: YOUTH });
  expect({ status, data }).toEqual({ status: 401, data: undefined });
  expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['UNAUTHENTICATED']);
});

test('C1 the gateway says only that it is well to somebody without a token', async () => {
  const response = await fetch(new URL('/health', hub.url));
  expect({ status: response.status, text: await response.text() }).toEqual({ status: 200, text: '{"status":"ok"}' });
  const { status, data } = await ask(hub, null, '{ __typename }');
  expect({ status, data }).toEqual({ status: 401, data: undefined });
});

test('no log carries a value, an identity number or a token', () => {
  expect(leaksInLogs(hub)).toEqual([]);
});
