import { KeyObject, randomUUID, sign } from 'node:crypto';
import { type CryptoKey, jwtVerify } from 'jose';

/** What a person or system does in the hub (DOMAIN, roles). A token's other roles are ignored. */
export const ROLES = ['COORDINATOR', 'MENTOR', 'CASEWORKER', 'SYSTEM', 'MANAGER', 'AUDITOR'] as const;
export type Role = (typeof ROLES)[number];

/** Roles that may read about youths (C1). */
export const READING_ROLES: readonly Role[] = ['COORDINATOR', 'MENTOR', 'CASEWORKER', 'SYSTEM'];

/** An agency is one authority: sector plus principal, as `school:skovde`. */
export const AGENCY_CODE = /^[a-z][a-z-]{0,39}:[a-z0-9][a-z0-9-]{0,59}$/;

/** Who asks: one subject, exactly one agency, at least one known role (C1). */
export interface Caller {
  /** Opaque subject of the identity provider; never a personal identity number. */
  readonly subject: string;
  /** The system that acts on the subject's behalf (`act.sub`, RFC 8693), or null. */
  readonly actor: string | null;
  readonly agency: string;
  readonly roles: readonly Role[];
}

/** The client's operation as the access log names it. */
export interface OperationIdentity {
  /** Lower-case hex SHA-256 of the operation's text. */
  readonly hash: string;
  /** The name of a published operation, else null. */
  readonly name: string | null;
  /** Made by the hub, one per client request. */
  readonly requestId: string;
}

const ISSUER = 'samsyn-gateway';
const ALGORITHM = 'EdDSA';

const HEADER = encoded({ alg: ALGORITHM, typ: 'samsyn-caller+jwt' });

/** Node's own form of each key; a process has one. */
const signingKeys = new WeakMap<CryptoKey, KeyObject>();

/**
 * A caller assertion: a JWS (RFC 7515, compact) for one subgraph, living `lifetimeMs` (at most the release deadline). The
 * client's own token goes nowhere. Signed at once: a signature takes less time than to hand it to another thread and back,
 * and a request needs one for each subgraph.
 */
export function mintAssertion(
  key: CryptoKey,
  audience: string,
  caller: Caller,
  operation: OperationIdentity,
  lifetimeMs: number,
): string {
  const now = Date.now() / 1000;
  const claims = {
    agency: caller.agency,
    roles: caller.roles,
    op: operation,
    ...(caller.actor === null ? {} : { act: { sub: caller.actor } }),
    iss: ISSUER,
    aud: audience,
    sub: caller.subject,
    jti: randomUUID(),
    iat: now,
    exp: now + lifetimeMs / 1000,
  };
  const signed = `${HEADER}.${encoded(claims)}`;
  const signingKey = signingKeys.get(key) ?? KeyObject.from(key);
  signingKeys.set(key, signingKey);
  return `${signed}.${sign(null, Buffer.from(signed), signingKey).toString('base64url')}`;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/**
 * The caller and operation that an assertion for `audience` states. Throws when it is forged, for somebody else, expired
 * or malformed; the subgraph then answers UNAUTHENTICATED.
 */
export async function verifyAssertion(
  key: CryptoKey,
  audience: string,
  assertion: string,
  toleranceSeconds: number,
): Promise<{ caller: Caller; operation: OperationIdentity }> {
  const { payload } = await jwtVerify(assertion, key, {
    issuer: ISSUER,
    audience,
    algorithms: [ALGORITHM],
    typ: 'samsyn-caller+jwt',
    requiredClaims: ['sub', 'exp', 'iat', 'jti'],
    clockTolerance: toleranceSeconds,
  });
  const { sub, agency, roles, act, op } = payload as Record<string, unknown>;
  if (typeof sub !== 'string' || typeof agency !== 'string' || !Array.isArray(roles) || !roles.every(isRole)) {
    throw new TypeError('A caller assertion states sub, agency and known roles; this one does not.');
  }
  const { hash, name, requestId } = (op ?? {}) as Record<string, unknown>;
  if (typeof hash !== 'string' || typeof requestId !== 'string' || !(name === null || typeof name === 'string')) {
    throw new TypeError('A caller assertion states op.hash, op.name and op.requestId; this one does not.');
  }
  const actor = act === undefined ? null : (act as { sub?: unknown }).sub;
  if (actor !== null && typeof actor !== 'string') {
    throw new TypeError('A caller assertion with act states act.sub; this one does not.');
  }
  return { caller: { subject: sub, actor, agency, roles }, operation: { hash, name, requestId } };
}

/** Is this one of the roles the hub knows? */
export function isRole(role: unknown): role is Role {
  return ROLES.some((known) => known === role);
}
