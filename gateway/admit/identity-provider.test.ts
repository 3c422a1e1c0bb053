import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from '@jest/globals';
import { generateKeyPair, SignJWT } from 'jose';
import { codeOf } from '../answer/errors.ts';
import { createAuthenticate } from './authenticate.ts';

const closers: (() => unknown)[] = [];
afterAll(() => Promise.all(closers.map((close) => close())));

/** The origin of a server that answers everything alike, or where nobody listens. */
async function served(status: number | null, body = ''): Promise<string> {
  const http = createServer((_, response) => response.writeHead(status ?? 500).end(body));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  if (status !== null) {
    closers.push(() => http.close());
    return origin;
  }
  http.close();
  await once(http, 'close');
  return origin;
}

async function codeFor(authorization: string, issuer: string, jwksUrl: string | null): Promise<unknown> {
  const rules = { issuer, jwksUrl, audience: 'samsyn', algorithms: ['ES256'], toleranceSeconds: 5 };
  const authenticate = createAuthenticate({ ...rules, agencyClaim: 'agency', rolesClaim: 'roles' });
  return authenticate(authorization).catch(codeOf);
}

async function tokenFrom(issuer: string): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256');
  const claims = { iss: issuer, aud: 'samsyn', sub: 'p-1001', agency: 'school:skovde', roles: ['CASEWORKER'] };
  return new SignJWT(claims)
    .setExpirationTime('1m')
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'one' })
    .sign(privateKey);
}

test.each<[string, number | null, string]>([
  ['cannot be reached', null, ''],
  ['is out of order', 503, 'no'],
  ['answers something else', 200, '{"issuer":"https://elsewhere.example"}'],
])('an identity provider that %s is no fault of the token', async (_, status, body) => {
  const origin = await served(status, body);
  const authorization = `Bearer ${await tokenFrom(origin)}`;
  for (const jwksUrl of [null, `${origin}/jwks`]) {
    expect(await codeFor(authorization, origin, jwksUrl)).toBe('IDENTITY_PROVIDER_UNAVAILABLE');
  }
});

test('an identity provider that has no such key has answered: the token is refused', async () => {
  const origin = await served(200, '{"keys":[]}');
  expect(await codeFor(`Bearer ${await tokenFrom(origin)}`, origin, `${origin}/jwks`)).toBe('UNAUTHENTICATED');
});

test('an identity provider is not needed to refuse what is no token', async () => {
  const origin = await served(null);
  expect(await codeFor('Bearer x', origin, `${origin}/jwks`)).toBe('UNAUTHENTICATED');
});
