import type { FastifyReply, FastifyRequest } from 'fastify';
import { errors as joseErrors } from 'jose';
import { verifyAssertion } from '../../schema/caller.ts';
import { CONSTANT_MESSAGES } from '../../schema/errors.ts';
import { logFault } from '../log.ts';
import type { AskedOperation, ServerParts } from './moments.ts';

/**
 * The caller and the operation that the gateway's assertion for this subgraph states. A request without a valid one is answered
 * UNAUTHENTICATED, for `_service` too; the reason is in the log alone.
 */
export async function verifyCaller(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: ServerParts,
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

async function whoAsks(parts: ServerParts, request: FastifyRequest): Promise<AskedOperation> {
  const [scheme, assertion] = request.headers.authorization?.split(' ') ?? [];
  if (scheme !== 'Bearer' || assertion === undefined)
    throw new joseErrors.JWSInvalid('expected Authorization: Bearer <assertion>');
  return verifyAssertion(parts.assertionKey, parts.sector.name, assertion, parts.toleranceSeconds);
}
