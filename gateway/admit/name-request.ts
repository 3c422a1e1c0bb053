import type { FastifyReply, FastifyRequest } from 'fastify';

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
} as const;

/** Names the request by a random id, which its answer and all logs carry, and forbids clients to store the answer. */
export function nameRequest({ id }: FastifyRequest, reply: FastifyReply): void {
  reply.headers(HEADERS);
  // On the response itself, so that the constant answer in place of a late one carries it too.
  reply.raw.setHeader('samsyn-request-id', id);
}
