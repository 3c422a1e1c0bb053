import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import Provider from 'oidc-provider';
import { type Caller, mintAssertion } from '../../schema/caller.ts';
import { CONSTANT_MESSAGES } from '../../schema/errors.ts';
import { describeFault } from '../log.ts';
import { createAuthenticate, type TokenRules } from './authenticate.ts';

const KID = 'k1';
let key: CryptoKey;
let other: CryptoKey;
let edKey: CryptoKey;
let server: Server;
let issuer: string;
let rules: TokenRules;

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const ed = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  [key, other, edKey] = [pair.privateKey, (await generateKeyPair('ES256')).privateKey, ed.privateKey];
  const jwks = {
    keys: [
      { ...(await exportJWK(pair.publicKey)), kid: KID },
      { ...(await exportJWK(ed.publicKey)), kid: 'ed' },
    ],
  };
  server = createServer((request, response) => {
    const documents: Record<string, unknown> = {
      '/jwks': jwks,
      '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/jwks` },
      '/impostor/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/jwks` },
    };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(documents[request.url ?? ''] ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  rules = {
    issuer,
    audience: 'samsyn',
    algorithms: ['ES256'],
    toleranceSeconds: 5,
    agencyClaim: 'agency',
    rolesClaim: 'roles',
    jwksUrl: `${issuer}/jwks`,
  };
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const now = () => Math.floor(Date.now() / 1000);

interface Token {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  signer?: 'issuer' | 'ed' | 'other';
}

/** A correct token, except for the given parts. A claim that is undefined is left out. */
function tokenOf({ claims = {}, header = {}, signer = 'issuer' }: Token = {}): Promise<string> {
  const payload = {
    iss: issuer,
    aud: 'samsyn',
    sub: 'p-1001',
    exp: now() + 60,
    agency: 'school:skovde',
    roles: ['CASEWORKER'],
    ...claims,
  };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: KID, ...header })
    .sign({ issuer: key, ed: edKey, other }[signer]);
}

/** The caller, or the one error that a client gets. */
async function callerOf(
  authorization: string | undefined,
  changed: Partial<TokenRules> = {},
): Promise<Caller | 'refused'> {
  try {
    return await createAuthenticate({ ...rules, ...changed })(authorization);
  } catch (fault) {
    expect(fault).toMatchObject({
      message: CONSTANT_MESSAGES.UNAUTHENTICATED,
      extensions: { code: 'UNAUTHENTICATED' },
    });
    expect(JSON.stringify(describeFault(fault))).not.toMatch(/199001012385|p-1001|school:/);
    return 'refused';
  }
}

/** Expects the answer to a token that could not be checked. */
async function expectUnchecked(authorization: string, changed: Partial<TokenRules>): Promise<void> {
  const fault: unknown = await createAuthenticate({ ...rules, ...changed })(authorization).catch(
    (error: unknown) => error,
  );
  expect(fault).toMatchObject({
    message: CONSTANT_MESSAGES.IDENTITY_PROVIDER_UNAVAILABLE,
    extensions: { code: 'IDENTITY_PROVIDER_UNAVAILABLE' },
  });
  expect(JSON.stringify(describeFault(fault))).not.toMatch(/199001012385|p-1001|school:/);
}

const RIGHT: Caller = { subject: 'p-1001', actor: null, agency: 'school:skovde', roles: ['CASEWORKER'] };

describe('C1 accepted tokens', () => {
  test.each<[string, Token, Caller]>([
    ['as RFC 9068 has it', {}, RIGHT],
    ['with typ JWT', { header: { typ: 'JWT' } }, RIGHT],
    ['with typ application/at+jwt', { header: { typ: 'application/at+JWT' } }, RIGHT],
    ['for several audiences', { claims: { aud: ['other', 'samsyn'] } }, RIGHT],
    ['expired within the tolerance', { claims: { exp: now() - 2 } }, RIGHT],
    [
      'with unknown roles beside',
      { claims: { roles: ['admin', 'MENTOR', 7, 'CASEWORKER', 'MENTOR'] } },
      { ...RIGHT, roles: ['MENTOR', 'CASEWORKER'] },
    ],
    ['with a nonce beside the type of access tokens', { claims: { nonce: 'n-0S6_WzA2Mj' } }, RIGHT],
    [
      'with roles in one text',
      { claims: { roles: 'MENTOR CASEWORKER' } },
      { ...RIGHT, roles: ['MENTOR', 'CASEWORKER'] },
    ],
    ['with roles as RFC 7643 has them', { claims: { roles: [{ value: 'CASEWORKER', primary: true }] } }, RIGHT],
    ['with one role as a text', { claims: { roles: 'SYSTEM' } }, { ...RIGHT, roles: ['SYSTEM'] }],
    ['of an auditor', { claims: { roles: ['AUDITOR', 'admin'] } }, { ...RIGHT, roles: ['AUDITOR'] }],
    ['with its one agency in a list', { claims: { agency: ['school:skovde'] } }, RIGHT],
    ['of a system on behalf of somebody', { claims: { act: { sub: 'system-1' } } }, { ...RIGHT, actor: 'system-1' }],
    [
      'with a number that is no identity number',
      { claims: { sub: '199001012384' } },
      { ...RIGHT, subject: '199001012384' },
    ],
  ])('accepts a token %s', async (_, token, caller) => {
    expect(await callerOf(`Bearer ${await tokenOf(token)}`)).toEqual(caller);
  });

  test('takes the claims that the configuration names', async () => {
    const claims = {
      agency: undefined,
      roles: undefined,
      'https://id.example/agency': 'school:skovde',
      realm_access: { roles: ['CASEWORKER'] },
    };
    const changed = { agencyClaim: 'https://id.example/agency', rolesClaim: 'realm_access.roles' };
    expect(await callerOf(`Bearer ${await tokenOf({ claims })}`, changed)).toEqual(RIGHT);
  });

  test('takes the keys that the discovery document names', async () => {
    expect(await callerOf(`bearer ${await tokenOf()}`, { jwksUrl: null })).toEqual(RIGHT);
  });
});

describe('C1 rejected tokens', () => {
  test.each<[string, Token]>([
    ['of another issuer', { claims: { iss: 'https://elsewhere.example' } }],
    ['without issuer', { claims: { iss: undefined } }],
    ['for another audience', { claims: { aud: 'other' } }],
    ['without audience', { claims: { aud: undefined } }],
    ['that has expired', { claims: { exp: now() - 10 } }],
    ['without expiry', { claims: { exp: undefined } }],
    ['that is not valid yet', { claims: { nbf: now() + 60 } }],
    ['without subject', { claims: { sub: undefined } }],
    ['with an empty subject', { claims: { sub: '' } }],
    ['with a subject of two words', { claims: { sub: 'p 1001' } }],
    ['with a subject like an import’s', { claims: { sub: 'import:p-1001' } }],
    ['with an actor like an import', { claims: { act: { sub: 'import:system' } } }],
    ['with a personal identity number', { claims: { sub: '199001012385' } }],
    ['with a personal identity number of ten digits', { claims: { sub: '900101-2385' } }],
    ['with a coordination number', { claims: { sub: '197010632391' } }],
    ['with a personal identity number behind a prefix', { claims: { sub: 'bankid|199001012385' } }],
    ['with the subject of a certificate', { claims: { sub: 'PNOSE-199001012385' } }],
    ['with the subject of a certificate, with a hyphen', { claims: { sub: 'PNOSE-19900101-2385' } }],
    ['with a personal identity number behind a hyphen', { claims: { sub: 'bankid-199001012385' } }],
    ['with a coordination number of an unknown day', { claims: { sub: 'id:201003602396' } }],
    ['with the subject of a certificate as actor', { claims: { act: { sub: 'PNOSE-199001012385' } } }],
    ['with a personal identity number as agency', { claims: { agency: 'school:19900101-2385' } }],
    ['with a personal identity number as actor', { claims: { act: { sub: '199001012385' } } }],
    ['with an actor without subject', { claims: { act: {} } }],
    ['with an actor that is a text', { claims: { act: 'system-1' } }],
    ['without agency', { claims: { agency: undefined } }],
    ['with two agencies', { claims: { agency: ['school:skovde', 'police:nationell'] } }],
    ['with no agency in its list', { claims: { agency: [] } }],
    ['with an agency of no known shape', { claims: { agency: 'Skövde' } }],
    ['without roles', { claims: { roles: undefined } }],
    ['with unknown roles alone', { claims: { roles: ['admin', 'caseworker'] } }],
    ['of an auditor with another role in one text', { claims: { roles: 'CASEWORKER,AUDITOR' } }],
    ['of an auditor with another role', { claims: { roles: ['AUDITOR', 'CASEWORKER'] } }],
    [
      'signed by somebody else',
      {
        signer: 'other',
      },
    ],
    [
      'with an algorithm that is not allowed',
      {
        header: { alg: 'EdDSA', kid: 'ed' },
        signer: 'ed',
      },
    ],
    ['with an unknown key', { header: { kid: 'k2' } }],
    ['that is an ID token', { header: { typ: 'JWT' }, claims: { nonce: 'n' } }],
    ['that says it is an ID token', { header: { typ: 'JWT' }, claims: { typ: 'ID' } }],
    ['with the hash of an access token', { claims: { at_hash: 'h' } }],
    ['without typ', { header: { typ: undefined } }],
    ['that is another kind of token', { header: { typ: 'logout+jwt' } }],
    ['of the kind that subgraphs are shown', { header: { typ: 'samsyn-caller+jwt' } }],
    ['with a critical header that is not understood', { header: { crit: ['x'], x: 1 } }],
  ])('rejects a token %s', async (_, token) => {
    const text = await tokenOf(token).catch(() => 'a.b.c');
    expect(await callerOf(`Bearer ${text}`)).toBe('refused');
  });

  test('rejects a token that the hub itself made', async () => {
    const operation = { hash: 'ab', name: null, requestId: 'r' };
    const assertion = await mintAssertion({ key: edKey, kid: 'ed' }, 'samsyn', RIGHT, operation, 3_000);
    const trusting = { issuer: 'samsyn-gateway', algorithms: ['EdDSA'] };
    expect(await callerOf(`Bearer ${assertion}`, trusting)).toBe('refused');
    const disguised = await tokenOf({
      claims: { iss: 'samsyn-gateway' },
      header: { alg: 'EdDSA', kid: 'ed' },
      signer: 'ed',
    });
    expect(await callerOf(`Bearer ${disguised}`, trusting)).toBe('refused');
  });

  test('rejects an unsigned token, and no token at all', async () => {
    const [header, payload] = [
      { alg: 'none', typ: 'at+jwt' },
      { iss: issuer, aud: 'samsyn', sub: 'p-1001', exp: now() + 60 },
    ];
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `Bearer ${part(header)}.${part(payload)}.`;
    for (const authorization of [undefined, '', 'Bearer', 'Bearer x', 'Basic cDpw', unsigned, `${await tokenOf()}`]) {
      expect(await callerOf(authorization)).toBe('refused');
    }
  });

  test('rejects every token when the issuer’s keys cannot be fetched, and says that this is not the token’s fault', async () => {
    const authorization = `Bearer ${await tokenOf()}`;
    await expectUnchecked(authorization, { jwksUrl: `${issuer}/nothing` });
    const impostor = `${issuer}/impostor`;
    const theirs = `Bearer ${await tokenOf({ claims: { iss: impostor } })}`;
    await expectUnchecked(theirs, { jwksUrl: null, issuer: impostor });
  });
});

/** The provider's memory: it keeps nothing, because its tokens are JWTs. */
class Shelf {
  async find(): Promise<undefined> {}
  async upsert(): Promise<void> {}
  async destroy(): Promise<void> {}
}

test('accepts an OpenID provider’s token unchanged', async () => {
  const http = createServer();
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const provider = new Provider(origin, {
    adapter: Shelf,
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'rs' }] },
    ttl: { ClientCredentials: 600 },
    clients: [
      {
        client_id: 'school-system',
        client_secret: 'a-secret-of-the-test-alone',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    extraTokenClaims: () => ({ agency: 'school:skovde', roles: ['SYSTEM'] }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'urn:samsyn',
        getResourceServerInfo: () => ({
          scope: 'read',
          audience: 'samsyn',
          accessTokenFormat: 'jwt' as const,
          jwt: { sign: { alg: 'RS256' as const } },
        }),
      },
    },
  });
  http.on('request', provider.callback());
  try {
    const response = await fetch(`${origin}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('school-system:a-secret-of-the-test-alone').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token } = (await response.json()) as { access_token?: string };
    const caller = await callerOf(`Bearer ${token}`, { issuer: origin, jwksUrl: null, algorithms: ['RS256'] });
    expect(caller).toEqual({ subject: 'school-system', actor: null, agency: 'school:skovde', roles: ['SYSTEM'] });
  } finally {
    http.close();
    http.closeAllConnections();
  }
});
