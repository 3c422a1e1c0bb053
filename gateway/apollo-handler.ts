import { type ApolloServer, type BaseContext, HeaderMap } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The headers by which Apollo Server decides how to answer, and whether a browser could have been tricked into asking. */
const READ_BY_APOLLO = ['content-type', 'accept', 'x-apollo-operation-name', 'apollo-require-preflight'] as const;

/**
 * Hands POST requests over to Apollo Server, and its answer to fastify. No header but those that it reads goes along, and
 * the answer leaves as bytes: Node flattens and encodes a long string on its way to the socket at several times the price.
 */
export function apolloHandler<Context extends BaseContext>(
  apollo: ApolloServer<Context>,
  contextOf: (request: FastifyRequest, reply: FastifyReply) => Promise<Context>,
): (request: FastifyRequest, reply: FastifyReply) => Promise<Buffer> {
  return async (request, reply) => {
    const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: 'POST', headers: headersOf(request), search: '', body: request.body },
      context: () => contextOf(request, reply),
    });
    if (body.kind !== 'complete') throw new TypeError('An answer is given whole; this one comes in parts.');
    for (const [name, value] of headers) reply.header(name, value);
    reply.code(status ?? 200);
    return Buffer.from(body.string);
  };
}

function headersOf({ headers }: FastifyRequest): HeaderMap {
  const read = new HeaderMap();
  for (const name of READ_BY_APOLLO) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') read.set(name, value);
  }
  return read;
}
