import {
  type ApolloServer,
  type ApolloServerPlugin,
  type BaseContext,
  type GraphQLRequestContext,
  HeaderMap,
} from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { withRequestId } from './request-ids.ts';

/** The headers by which Apollo Server decides how to answer, and whether a browser could have been tricked into asking. */
const READ_BY_APOLLO = ['content-type', 'accept', 'x-apollo-operation-name', 'apollo-require-preflight'] as const;

/** The key in a request's context of the function that receives what Apollo Server keeps of the request. */
const ON_START = Symbol('on start');

type Started = GraphQLRequestContext<BaseContext>;
interface Telling {
  readonly [ON_START]?: (started: Started) => void;
}

/** Hands `executeOperation` the context that Apollo Server keeps of a request. */
export const tellHandler: ApolloServerPlugin<Telling> = {
  async requestDidStart(started) {
    started.contextValue[ON_START]?.(started);
  },
};

/**
 * Hands POST requests to Apollo Server and its answer to fastify. Only the headers that it reads go along. The answer
 * leaves as bytes: Node flattens and encodes a long string on its way to the socket at several times the cost.
 *
 * After a request is answered, its answer is removed from the context that Apollo Server keeps. For the gateway
 * interface Apollo Server makes an object with accessors, a new one each time. V8 gives each such object a class of its
 * own in its old generation, and everything that the accessors see, all the request's data, outlives every collection
 * but a full one.
 */
export function executeOperation<Context extends BaseContext>(
  apollo: ApolloServer<Context>,
  contextOf: (request: FastifyRequest, reply: FastifyReply) => Promise<Context>,
): (request: FastifyRequest, reply: FastifyReply) => Promise<Buffer> {
  return async (request, reply) => {
    let started: Started | undefined;
    const onStart = { [ON_START]: (given: Started) => (started = given) };
    const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: 'POST', headers: headersOf(request), search: '', body: request.body },
      context: async () => Object.assign(await contextOf(request, reply), onStart),
    });
    delete started?.response.body;
    if (body.kind !== 'complete')
      throw new TypeError('Expected an answer in one piece; got one in parts. Pin the version of Apollo Server.');
    for (const [name, value] of headers) reply.header(name, value);
    reply.code(status ?? 200);
    const refused = started === undefined || (status ?? 200) >= 400;
    return Buffer.from(refused ? identified(body.string, request.id) : body.string);
  };
}

/** An answer to a request that Apollo Server refused, of which plugins may see nothing, with the request's id in its errors. */
function identified(answer: string, requestId: string): string {
  const { errors, ...rest } = JSON.parse(answer) as { errors?: GraphQLFormattedError[] };
  return JSON.stringify({ ...(errors === undefined ? {} : { errors: withRequestId(errors, requestId) }), ...rest });
}

function headersOf({ headers }: FastifyRequest): HeaderMap {
  const read = new HeaderMap();
  for (const name of READ_BY_APOLLO) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') read.set(name, value);
  }
  return read;
}
