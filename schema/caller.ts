import { createPublicKey, randomUUID } from 'node:crypto';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  importPKCS8,
  importSPKI,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import { RELEASE_DEADLINE_MS } from './deadline.ts';

/** The roles of persons and systems in the hub (docs/domain.md). A token's other roles are ignored. */
export const ROLES = ['COORDINATOR', 'MENTOR', 'CASEWORKER', 'SYSTEM', 'MANAGER', 'AUDITOR'] as const;
export type Role = (typeof ROLES)[number];

/** Roles that may read about youths (C1). */
export const READING_ROLES: readonly Role[] = ['COORDINATOR', 'MENTOR', 'CASEWORKER', 'SYSTEM'];

/** The first characters of every import's author. No subject begins so: what an import withdrew comes back with its file. */
export const IMPORT = 'import:';

/**
 * A subject that a token can carry: 1 to 255 visible ASCII characters, not beginning as the author of an import does. No other can hold
 * a seat or an assignment.
 */
export const SUBJECT = /^(?!import:)[\x21-\x7e]{1,255}$/;

/** The code of an agency, which is one authority: sector plus principal, for example `school:skovde`. */
export const AGENCY_CODE = /^[a-z][a-z-]{0,39}:[a-z0-9][a-z0-9-]{0,59}$/;

/** A caller: one subject, exactly one agency, at least one known role (C1). */
export interface Caller {
  /** The opaque subject of the identity provider; never a personal identity number. */
  readonly subject: string;
  /** The system that acts on the subject's behalf (`act.sub`, RFC 8693), or null. */
  readonly actor: string | null;
  readonly agency: string;
  readonly roles: readonly Role[];
}

/** Identifies a caller, who is one subject of one agency, in queues and counts. */
export function callerKey({ agency, subject }: Pick<Caller, 'agency' | 'subject'>): string {
  return `${agency} ${subject}`;
}

/** The client's operation, as named in the access log. */
export interface OperationIdentity {
  /** Lower-case hex SHA-256 of the operation's tokens without its literals (operation-hash.ts). */
  readonly hash: string;
  /** The name, if the operation is published; else null. */
  readonly name: string | null;
  /** The id that the hub makes for each client request. */
  readonly requestId: string;
}

const ISSUER = 'samsyn-gateway';
const ALGORITHM = 'EdDSA';
const TYPE = 'samsyn-caller+jwt';
const ROUTER_TYPE = 'samsyn-router-caller+jwt';

/**
 * An Ed25519 key of assertions, and the `kid` that they must state: the RFC 7638 thumbprint of its public part. Algorithm and
 * kid follow from the configured key, never from a token.
 */
export interface AssertionKey {
  readonly key: CryptoKey;
  readonly kid: string;
}

/** The key that signs assertions, from PKCS #8 in PEM. */
export async function signingKey(pem: string): Promise<AssertionKey> {
  return { key: await importPKCS8(pem, ALGORITHM), kid: await kidOf(pem) };
}

/** The key that verifies assertions, from SPKI in PEM. */
export async function verifyingKey(pem: string): Promise<AssertionKey> {
  return { key: await importSPKI(pem, ALGORITHM), kid: await kidOf(pem) };
}

/** True if two PEMs hold one key, or its public part, however they are written. */
export function isSameKey(pem: string, other: string): boolean {
  return createPublicKey(pem).equals(createPublicKey(other));
}

/** The public key of either PEM as a JWK, by its thumbprint. */
async function kidOf(pem: string): Promise<string> {
  return calculateJwkThumbprint(await exportJWK(createPublicKey(pem)));
}

/**
 * A caller assertion: a JWS for one subgraph, valid for `lifetimeMs` (at most the release deadline). The client's own token is
 * never passed on. With `gatewayWaits` it states that whoever made it waits for the fence in the subgraph's place (C14).
 */
export function mintAssertion(
  key: AssertionKey,
  audience: string,
  caller: Caller,
  operation: OperationIdentity,
  lifetimeMs: number,
  gatewayWaits = false,
): Promise<string> {
  const claims = { op: operation, ...(gatewayWaits ? { waits: true } : {}) };
  return signed(key, { typ: TYPE, audience, caller, claims, lifetimeMs });
}

/**
 * A caller assertion for another federation router: for all of these subgraphs, and as long as the release deadline. Whoever holds
 * it can use it at each of them, so it is of another type and under another key than the gateway's own, and a subgraph takes it
 * only where the operator has configured that key.
 */
export function mintRouterAssertion(
  key: AssertionKey,
  audiences: readonly string[],
  caller: Caller,
  requestId: string,
): Promise<string> {
  const claims = { request: requestId };
  return signed(key, { typ: ROUTER_TYPE, audience: [...audiences], caller, claims, lifetimeMs: RELEASE_DEADLINE_MS });
}

function signed(
  { key, kid }: AssertionKey,
  made: {
    readonly typ: string;
    readonly audience: string | string[];
    readonly caller: Caller;
    readonly claims: JWTPayload;
    readonly lifetimeMs: number;
  },
): Promise<string> {
  const now = Date.now() / 1000;
  const { subject, agency, roles, actor } = made.caller;
  return new SignJWT({ agency, roles, ...made.claims, ...(actor === null ? {} : { act: { sub: actor } }) })
    .setProtectedHeader({ alg: ALGORITHM, kid, typ: made.typ })
    .setIssuer(ISSUER)
    .setAudience(made.audience)
    .setSubject(subject)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + made.lifetimeMs / 1000)
    .sign(key);
}

/** The statements of a caller assertion. */
export interface Asserted {
  readonly caller: Caller;
  readonly operation: OperationIdentity;
  /** True if the gateway that made it waits for the fence itself. Then the subgraph answers at once (C14). */
  readonly gatewayWaits: boolean;
}

/**
 * The statements of an assertion for `audience` alone. Throws if it is forged, for somebody else, expired, older than the release
 * deadline or malformed; the subgraph then answers UNAUTHENTICATED.
 */
export async function verifyAssertion(
  key: AssertionKey,
  audience: string,
  assertion: string,
  toleranceSeconds: number,
): Promise<Asserted> {
  const payload = await verified(key, TYPE, audience, assertion, toleranceSeconds);
  // A list would let one subgraph use the assertion at another.
  if (typeof payload.aud !== 'string') {
    throw new TypeError('The caller assertion has a list of audiences: expected the name of this subgraph.');
  }
  const { hash, name, requestId } = (payload.op ?? {}) as Record<string, unknown>;
  if (typeof hash !== 'string' || typeof requestId !== 'string' || !(name === null || typeof name === 'string')) {
    throw new TypeError(
      'The caller assertion lacks op.hash, op.name or op.requestId. Send one that the gateway has made.',
    );
  }
  return {
    caller: callerIn(payload),
    operation: { hash, name, requestId },
    gatewayWaits: payload.waits === true,
  };
}

/** The caller that a router's assertion states to `audience` and others, and the request's id. Throws as verifyAssertion does. */
export async function verifyRouterAssertion(
  key: AssertionKey,
  audience: string,
  assertion: string,
  toleranceSeconds: number,
): Promise<{ caller: Caller; requestId: string }> {
  const payload = await verified(key, ROUTER_TYPE, audience, assertion, toleranceSeconds);
  if (typeof payload.request !== 'string') {
    throw new TypeError('The router’s caller assertion lacks request. Send one that POST /assertion has made.');
  }
  return { caller: callerIn(payload), requestId: payload.request };
}

async function verified(
  { key, kid }: AssertionKey,
  typ: string,
  audience: string,
  assertion: string,
  toleranceSeconds: number,
): Promise<JWTPayload> {
  const { payload, protectedHeader } = await jwtVerify(assertion, key, {
    issuer: ISSUER,
    audience,
    algorithms: [ALGORITHM],
    typ,
    requiredClaims: ['sub', 'exp', 'iat', 'jti'],
    clockTolerance: toleranceSeconds,
  });
  if (protectedHeader.kid !== kid) {
    throw new TypeError(
      'The caller assertion states another kid than the configured key’s. Give both sides one key pair.',
    );
  }
  refuseOld(payload, toleranceSeconds);
  return payload;
}

/** Throws unless the assertion was made within the release deadline, whatever its `exp` states. */
function refuseOld({ iat = Number.NaN }: JWTPayload, toleranceSeconds: number): void {
  const age = Date.now() / 1000 - iat;
  if (age >= -toleranceSeconds && age <= RELEASE_DEADLINE_MS / 1000 + toleranceSeconds) return;
  throw new TypeError(
    'The caller assertion is older than the release deadline, or made ahead of now. Make one per request.',
  );
}

function callerIn(payload: JWTPayload): Caller {
  const { sub, agency, roles, act } = payload as Record<string, unknown>;
  if (typeof sub !== 'string' || typeof agency !== 'string' || !Array.isArray(roles) || !roles.every(isRole)) {
    throw new TypeError('The caller assertion lacks sub, agency or known roles. Send one that the gateway has made.');
  }
  const actor = act === undefined ? null : (act as { sub?: unknown }).sub;
  if (actor !== null && typeof actor !== 'string') {
    throw new TypeError('The caller assertion has act without act.sub. Send one that the gateway has made.');
  }
  return { subject: sub, actor, agency, roles };
}

/** True if this is one of the roles that the hub knows. */
export function isRole(role: unknown): role is Role {
  return ROLES.some((known) => known === role);
}
