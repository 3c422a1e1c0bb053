import { beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { newKeyPair } from '../process/key-pair.ts';
import {
  type AssertionKey,
  mintAssertion,
  mintRouterAssertion,
  signingKey,
  verifyAssertion,
  verifyingKey,
  verifyRouterAssertion,
} from './caller.ts';
import { RELEASE_DEADLINE_MS } from './deadline.ts';

const CALLER = { subject: 'p-1', actor: 'system-1', agency: 'school:skovde', roles: ['CASEWORKER'] as const };
const OPERATION = { hash: 'ab', name: null, requestId: '00000000-0000-4000-8000-000000000000' };
const TOLERANCE_SECONDS = 2;
const MOST_SECONDS = RELEASE_DEADLINE_MS / 1000 + TOLERANCE_SECONDS;

let signing: AssertionKey;
let verifying: AssertionKey;
beforeAll(async () => {
  const { privateKey, publicKey } = newKeyPair();
  [signing, verifying] = [await signingKey(privateKey), await verifyingKey(publicKey)];
});

const now = () => Date.now() / 1000;

/** A right assertion for the school, except for these claims and header parameters; undefined leaves one out. */
function assertion(claims: object = {}, header: object = {}): Promise<string> {
  const { subject: sub, agency, roles } = CALLER;
  const right = { iss: 'samsyn-gateway', aud: 'school', sub, agency, roles, op: OPERATION, jti: 'j' };
  return new SignJWT({ ...right, iat: now(), exp: now() + 3, ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid: signing.kid, typ: 'samsyn-caller+jwt', ...header })
    .sign(signing.key);
}

const verified = (text: string, key = verifying) => verifyAssertion(key, 'school', text, TOLERANCE_SECONDS);

test('states what was minted, to its one audience', async () => {
  const minted = await mintAssertion(signing, 'school', CALLER, OPERATION, 3_000);
  expect(await verified(minted)).toEqual({ caller: CALLER, operation: OPERATION, gatewayWaits: false });
  await expect(verifyAssertion(verifying, 'police', minted, TOLERANCE_SECONDS)).rejects.toThrow();
});

test('is right as the cases below begin', async () => {
  expect(await verified(await assertion())).toEqual({
    caller: { ...CALLER, actor: null },
    operation: OPERATION,
    gatewayWaits: false,
  });
});

test('derives one kid from both halves of a pair, and another from another pair', async () => {
  expect(signing.kid).toBe(verifying.kid);
  expect((await signingKey(newKeyPair().privateKey)).kid).not.toBe(signing.kid);
});

describe('refuses an assertion', () => {
  test.each([
    ['for this subgraph and others', { aud: ['school', 'police'] }],
    ['for a list of this subgraph alone', { aud: ['school'] }],
    ['for nobody', { aud: undefined }],
    ['without iat', { iat: undefined }],
    ['without jti', { jti: undefined }],
    ['without exp', { exp: undefined }],
    ['of another issuer', { iss: 'another' }],
  ])('%s', async (_, claims) => {
    await expect(verified(await assertion(claims))).rejects.toThrow();
  });

  test.each([
    ['without kid', { kid: undefined }],
    ['with another kid', { kid: 'another' }],
    ['with the kid in another case', { kid: 'A'.repeat(43) }],
    ['of another type', { typ: 'at+jwt' }],
  ])('%s', async (_, header) => {
    await expect(verified(await assertion({}, header))).rejects.toThrow();
  });

  test('under another key that takes the right kid', async () => {
    const { key } = await signingKey(newKeyPair().privateKey);
    const forged = await mintAssertion({ key, kid: signing.kid }, 'school', CALLER, OPERATION, 3_000);
    await expect(verified(forged)).rejects.toThrow();
  });

  test('under an algorithm that its header chooses', async () => {
    const jwt = new SignJWT({ aud: 'school' }).setProtectedHeader({ alg: 'HS256', kid: signing.kid });
    await expect(verified(await jwt.sign(new TextEncoder().encode(signing.kid)))).rejects.toThrow();
  });
});

describe('holds an assertion’s age against the release deadline and the tolerance', () => {
  test.each([
    ['younger by a little, whose exp is over within the tolerance', MOST_SECONDS - 0.5, 3, true],
    ['older by a little, whose exp lies far ahead', MOST_SECONDS + 0.01, 3_600, false],
    ['older by an hour, whose exp lies further ahead', 3_600, 7_200, false],
    ['made ahead of now within the tolerance', -(TOLERANCE_SECONDS - 0.5), 3, true],
    ['made ahead of now by more', -(TOLERANCE_SECONDS + 0.5), 3, false],
  ])('%s', async (_, ageSeconds, lifetimeSeconds, isTaken) => {
    const iat = now() - ageSeconds;
    const text = await assertion({ iat, exp: iat + lifetimeSeconds });
    expect(
      await verified(text).then(
        () => true,
        () => false,
      ),
    ).toBe(isTaken);
  });
});

describe('a router’s assertion', () => {
  const made = () => mintRouterAssertion(signing, ['registry', 'school'], CALLER, OPERATION.requestId);
  const asRouters = (text: string, audience = 'school') =>
    verifyRouterAssertion(verifying, audience, text, TOLERANCE_SECONDS);

  test('states caller and request to each of its audiences', async () => {
    for (const audience of ['registry', 'school']) {
      expect(await asRouters(await made(), audience)).toEqual({ caller: CALLER, requestId: OPERATION.requestId });
    }
    await expect(asRouters(await made(), 'police')).rejects.toThrow();
  });

  test('is not taken for the gateway’s, nor the gateway’s for a router’s, even under one key', async () => {
    await expect(verified(await made())).rejects.toThrow();
    await expect(verified(await assertion({ aud: 'school' }, { typ: 'samsyn-router-caller+jwt' }))).rejects.toThrow();
    // With every claim that a router's has, its type alone keeps it apart.
    await expect(asRouters(await assertion({ request: 'r' }))).rejects.toThrow();
  });

  test('is refused after the release deadline, whatever its exp states', async () => {
    const iat = now() - MOST_SECONDS - 0.1;
    const claims = { iat, exp: iat + 3_600, aud: ['school'], request: 'r' };
    await expect(asRouters(await assertion(claims, { typ: 'samsyn-router-caller+jwt' }))).rejects.toThrow();
  });
});
