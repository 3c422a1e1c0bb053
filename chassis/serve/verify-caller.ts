import type { FastifyReply, FastifyRequest } from 'fastify';
import { decodeProtectedHeader, errors as joseErrors } from 'jose';
import { verifyAssertion, verifyRouterAssertion } from '../../schema/caller.ts';
import { CONSTANT_MESSAGES } from '../../schema/errors.ts';
import { operationHash } from '../../schema/operation-hash.ts';
import { logFault } from '../log.ts';
import type { AskedOperation, ServerParts } from './moments.ts';

/** The parts that verify an assertion. */
export interface Verifying extends Pick<ServerParts, 'assertionKey' | 'routerKey' | 'toleranceSeconds'> {
  readonly sector: Pick<ServerParts['sector'], 'name' | 'log'>;
}

/**
 * The caller and the operation that the gateway's assertion for this subgraph states. A request without a valid one is answered
 * UNAUTHENTICATED, for `_service` too; the reason is in the log alone.
 */
export async function verifyCaller(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: Verifying,
): Promise<AskedOperation | null> {
  try {
    return await whoAsks(parts, request);
  } catch (cause) {
    logFault(parts.sector.log, 'assertion', cause);
    const code = 'UNAUTHENTICATED';
    await reply.code(401).send({ errors: [{ message: CONSTANT_MESSAGES[code], extensions: { code } }] });
    return null;
  }
}

async function whoAsks(parts: Verifying, request: FastifyRequest): Promise<AskedOperation> {
  const [scheme, assertion] = request.headers.authorization?.split(' ') ?? [];
  if (scheme !== 'Bearer' || assertion === undefined)
    throw new joseErrors.JWSInvalid('expected Authorization: Bearer <assertion>');
  const { assertionKey, routerKey, sector, toleranceSeconds } = parts;
  if (routerKey == null || decodeProtectedHeader(assertion).kid !== routerKey.kid) {
    return verifyAssertion(assertionKey, sector.name, assertion, toleranceSeconds);
  }
  const { caller, requestId } = await verifyRouterAssertion(routerKey, sector.name, assertion, toleranceSeconds);
  return { caller, operation: { hash: hashOf(request.body), name: null, requestId }, gatewayWaits: false };
}

/** The hash of the operation as it came here. A router's own operation is not known: it may have been split. */
function hashOf(body: unknown): string {
  const { query } = (body ?? {}) as { query?: unknown };
  return operationHash(typeof query === 'string' ? query : '');
}
