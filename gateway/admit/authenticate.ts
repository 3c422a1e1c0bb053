import {
  createRemoteJWKSet,
  errors,
  type JWTHeaderParameters,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose';
import { AGENCY_CODE, type Caller, type Role, SUBJECT } from '../../schema/caller.ts';
import { HubError } from '../../schema/errors.ts';
import { holdsIdentityNumber } from '../../schema/identity-number.ts';
import { claimAt, property, rolesIn } from './claims.ts';

/** The rules for access tokens: which are accepted, and which claims hold the caller. */
export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly toleranceSeconds: number;
  /** A claim's name or a dotted path to it, such as `realm_access.roles`. */
  readonly agencyClaim: string;
  readonly rolesClaim: string;
  /** The URL of the issuer's keys; null takes the one in its discovery document. */
  readonly jwksUrl: string | null;
}

/**
 * Reads the caller from an Authorization header. Rejects every fault of the token with UNAUTHENTICATED, and with
 * IDENTITY_PROVIDER_UNAVAILABLE if its issuer's keys cannot be had. The cause is for the log.
 */
export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

/** The reason that a token was rejected; it never holds any part of the token. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

const BEARER = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** The type of RFC 9068 section 4, and the one that other issuers use. Our own assertions have another. */
const ACCESS_TOKEN = 'at+jwt';
const TYPES = [ACCESS_TOKEN, 'jwt'];
/** Claims that ID tokens alone have. */
const ID_TOKEN_CLAIMS = ['at_hash', 'c_hash'];

/** The issuer of the hub's own assertions, which only subgraphs accept. */
const OWN_ISSUER = 'samsyn-gateway';

/** An authenticator for OpenID Connect access tokens (C1). The issuer's keys are fetched when first needed. */
export function createAuthenticate(rules: TokenRules): Authenticate {
  const keys = keysOf(rules);
  return async (authorization) => {
    try {
      const token = BEARER.exec(authorization ?? '')?.[1];
      if (token === undefined) throw new TokenRefused('expected "Authorization: Bearer <token>"');
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        issuer: rules.issuer,
        audience: rules.audience,
        algorithms: [...rules.algorithms],
        clockTolerance: rules.toleranceSeconds,
        requiredClaims: ['sub', 'exp'],
      });
      refuseForeignKinds(protectedHeader, payload);
      return callerOf(payload, rules);
    } catch (cause) {
      const isToken = !(cause instanceof KeysUnavailable);
      throw HubError.constant(isToken ? 'UNAUTHENTICATED' : 'IDENTITY_PROVIDER_UNAVAILABLE', cause);
    }
  };
}

function refuseForeignKinds({ typ }: ProtectedHeaderParameters & { typ?: string }, claims: JWTPayload): void {
  const type = typ?.toLowerCase().replace(/^application\//, '');
  if (type === undefined || !TYPES.includes(type)) throw new TokenRefused('typ is wrong: expected at+jwt or JWT');
  if (claims.iss === OWN_ISSUER)
    throw new TokenRefused('the token is a caller assertion, which only subgraphs accept: expected an access token');
  // An ID token identifies a user to a client; it gives no right to ask (OpenID Connect Core 1.0, sections 2 and 3.1.3.6).
  if (ID_TOKEN_CLAIMS.some((name) => Object.hasOwn(claims, name)) || claims.typ === 'ID') {
    throw new TokenRefused('the token is an ID token: expected an access token');
  }
  // Some providers copy the nonce into access tokens. Then the type has to say what it is.
  if (Object.hasOwn(claims, 'nonce') && type !== ACCESS_TOKEN) {
    throw new TokenRefused(
      'the token has a nonce, as ID tokens have: expected an access token, or one with typ at+jwt',
    );
  }
}

/** The caller in a verified token's claims. Throws TokenRefused if they do not identify one (C1). */
function callerOf(payload: JWTPayload, rules: TokenRules): Caller {
  const { act } = payload;
  return {
    subject: subjectOf(payload.sub, 'sub'),
    actor: act === undefined ? null : subjectOf(property(act, 'sub'), 'act.sub'),
    agency: agencyOf(claimAt(payload, rules.agencyClaim)),
    roles: rolesOf(claimAt(payload, rules.rolesClaim)),
  };
}

function subjectOf(subject: unknown, where: string): string {
  if (typeof subject !== 'string' || !SUBJECT.test(subject))
    throw new TokenRefused(
      `${where} is not a subject: expected 1 to 255 visible ASCII characters that do not begin with import:`,
    );
  // C1
  if (holdsIdentityNumber(subject)) {
    throw new TokenRefused(`${where} looks like a personal identity number: expected another identifier`);
  }
  return subject;
}

function agencyOf(agency: unknown): string {
  const [only, ...others] = Array.isArray(agency) ? agency : [agency];
  if (others.length > 0) throw new TokenRefused('the agency claim has several agencies: expected one');
  if (typeof only !== 'string' || !AGENCY_CODE.test(only))
    throw new TokenRefused('the agency claim is not an agency code: expected <sector>:<principal>');
  if (holdsIdentityNumber(only))
    throw new TokenRefused('the agency claim looks like a personal identity number: expected an agency code');
  return only;
}

function rolesOf(claim: unknown): readonly Role[] {
  const known = rolesIn(claim);
  if (known.length === 0) throw new TokenRefused('the roles claim has no known role: expected at least one');
  if (known.includes('AUDITOR') && known.length > 1)
    throw new TokenRefused('the roles claim has AUDITOR and another role: expected AUDITOR alone');
  return known;
}

/**
 * Milliseconds that the issuer's discovery document may take, and milliseconds after a failure until it is fetched
 * again.
 */
const DISCOVERY_TIMEOUT_MS = 2_000;
const DISCOVERY_PAUSE_MS = 5_000;

/** The issuer's keys cannot be had: nothing is known about the token. */
class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** The faults of a token for which the issuer, who answered, has no key. */
const NO_SUCH_KEY = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

/** The issuer's keys. Rejects with KeysUnavailable if they cannot be fetched, or are none. */
function keysOf(rules: TokenRules): JWTVerifyGetKey {
  const keys = fetchedKeys(rules);
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (cause) {
      if (NO_SUCH_KEY.some((fault) => cause instanceof fault)) throw cause;
      throw new KeysUnavailable('expected the keys of the identity provider', { cause });
    }
  };
}

function fetchedKeys(rules: TokenRules): JWTVerifyGetKey {
  if (rules.jwksUrl !== null) return remoteKeys(rules.jwksUrl);
  let discovered: Promise<JWTVerifyGetKey> | undefined;
  return async (header: JWTHeaderParameters, token) => {
    discovered ??= discover(rules.issuer).then(remoteKeys);
    const current = discovered;
    const keys = await current.catch((cause: unknown) => {
      setTimeout(() => {
        if (discovered === current) discovered = undefined;
      }, DISCOVERY_PAUSE_MS).unref();
      throw cause;
    });
    return keys(header, token);
  };
}

function remoteKeys(url: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(url), {
    timeoutDuration: DISCOVERY_TIMEOUT_MS,
    cooldownDuration: DISCOVERY_PAUSE_MS,
  });
}

/** The URL of the issuer's keys (OpenID Connect Discovery 1.0, section 4). */
async function discover(issuer: string): Promise<string> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    redirect: 'error',
    signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS),
  });
  const document: unknown = await response.json();
  const address = property(document, 'jwks_uri');
  if (!response.ok || property(document, 'issuer') !== issuer || typeof address !== 'string') {
    throw new errors.JWKSInvalid('the discovery document is wrong: expected this issuer and its jwks_uri');
  }
  if (new URL(address).protocol !== new URL(issuer).protocol) {
    throw new errors.JWKSInvalid('jwks_uri has a different protocol from the issuer: expected the same');
  }
  return address;
}
