import type { FastifyReply, FastifyRequest } from 'fastify';

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
} as const;

/** Names the request by a random id, which its answer and all logs carry, and forbids clients to store the answer. */
export function nameRequest({ id }: FastifyRequest, reply: FastifyReply): void {
  reply.headers({ ...HEADERS, 'samsyn-request-id': id });
}
