import type { FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { type ErrorCode, HubError, isErrorCode } from '../../schema/errors.ts';
import { BOUNDS } from '../admit/bounds.ts';
import { describeFault } from '../log.ts';
import { formatError, REQUEST_MESSAGES } from './errors.ts';
import { withRequestId } from './request-ids.ts';

/** The HTTP status of an error that occurs before GraphQL begins. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  IDENTITY_PROVIDER_UNAVAILABLE: 503,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
};

/**
 * Answers a request that never reached GraphQL, as GraphQL over HTTP requires, and logs the reason without anything
 * that the client sent.
 */
export function answerError(
  fault: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
  given?: number,
): FastifyReply {
  const { error, status } = toldAs(fault);
  const { code } = error.extensions;
  if (code === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer');
  if (fault instanceof HubError && fault.retryAfterSeconds !== null) {
    reply.header('retry-after', fault.retryAfterSeconds);
  }
  log[status >= 500 ? 'error' : 'info'](
    { requestId: request.id, code, fault: describeFault(error.originalError ?? fault) },
    'refused',
  );
  const formatted = formatError({ ...error.toJSON(), extensions: error.extensions }, error);
  return reply
    .code(given ?? status)
    .type(`application/${speaksGraphQL(request.headers.accept) ? 'graphql-response+json' : 'json'}; charset=utf-8`)
    .send(JSON.stringify({ errors: withRequestId([formatted], request.id) }));
}

/** True if an Accept header names GraphQL's own media type. */
export function speaksGraphQL(accept: string | undefined): boolean {
  return accept?.includes('application/graphql-response+json') ?? false;
}

function toldAs(fault: unknown): { error: GraphQLError; status: number } {
  if (fault instanceof HubError) {
    const { code } = fault.extensions;
    const given: unknown = Reflect.get(fault, 'statusCode');
    const status = (isErrorCode(code) ? STATUS[code] : undefined) ?? 400;
    return { error: fault, status: typeof given === 'number' ? given : status };
  }
  // Fastify's own: a body that is too large, of the wrong type or not JSON.
  const status = fault instanceof Error ? Reflect.get(fault, 'statusCode') : undefined;
  if (status === 413) {
    const message = `A request may have at most ${BOUNDS.bodyBytes.toLocaleString('en')} bytes. Send less at a time.`;
    return { error: new HubError('LIMIT_EXCEEDED', message, { cause: fault }), status };
  }
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { error: new HubError('BAD_REQUEST', REQUEST_MESSAGES.BAD_REQUEST, { cause: fault }), status };
  }
  return { error: HubError.constant('INTERNAL_SERVER_ERROR', fault), status: 500 };
}
