import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { importPKCS8, SignJWT } from 'jose';
import { operationHash } from '../../../gateway/admit/operations.ts';
import type { Hub } from '../../../hub/hub.ts';
import { mintAssertion } from '../../../schema/caller.ts';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { CONSTANT_MESSAGES } from '../../../schema/errors.ts';
import { ask, post, tokenOf } from '../../setup/ask.ts';
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
    const { privateKey } = generateKeyPairSync('ed25519', {
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const key = await importPKCS8(privateKey, 'EdDSA');
    return `Bearer ${await mintAssertion(key, subgraph, callerOf('social-coordinator'), operation(), 3_000)}`;
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
