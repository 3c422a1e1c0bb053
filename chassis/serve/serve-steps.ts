import type { ApolloServerPlugin } from '@apollo/server';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Step, takenAt, takenOnceAt } from '../../process/steps.ts';
import { RELEASE_DEADLINE_MS } from '../../schema/deadline.ts';
import { HubError } from '../../schema/errors.ts';
import { HubContext } from '../decide/context.ts';
import type { AskedOperation, ServerParts, SubgraphMoments } from './moments.ts';

/** Largest request body, in bytes: enough for 200 representations and a long query. */
const BODY_LIMIT = 256 * 1024;

type Steps = readonly Step<SubgraphMoments>[];

/** An HTTP server, not listening yet, that takes each POST to /graphql through these steps. */
export async function serveSteps(steps: Steps, parts: ServerParts): Promise<FastifyInstance> {
  const accept = takenOnceAt(steps, 'connection');
  const app = Fastify({
    serverFactory: (handler) => accept(handler, RELEASE_DEADLINE_MS, parts.tls),
    bodyLimit: BODY_LIMIT,
    logger: false,
  });
  const apollo = takenOnceAt(steps, 'document')(parts, [fastifyApolloDrainPlugin(app), takeInApollo(steps, parts)]);
  await apollo.start();
  const asked = new WeakMap<FastifyRequest, AskedOperation>();
  const ask = takenOnceAt(steps, 'request');
  const release = takenOnceAt(steps, 'release');
  const open = async (request: FastifyRequest, reply: FastifyReply): Promise<HubContext> => {
    const by = asked.get(request);
    if (by === undefined) throw HubError.constant('UNAUTHENTICATED');
    const { sector, membership } = parts;
    const response = release(reply.raw);
    const memberships = membership === null ? null : membership(() => context);
    const context: HubContext = new HubContext({ ...by, sector, response, memberships });
    return context;
  };
  app.route({
    method: 'POST',
    url: '/graphql',
    preHandler: async (request, reply) => {
      const by = await ask(request, reply, parts);
      if (by !== null) asked.set(request, by);
    },
    handler: fastifyApolloHandler(apollo, { context: open }),
  });
  return app;
}

/** The steps that are taken while Apollo Server carries out an operation. */
function takeInApollo(steps: Steps, { served }: ServerParts): ApolloServerPlugin<HubContext> {
  const onOperation = takenAt(steps, 'operation');
  const onAnswer = takenAt(steps, 'answer');
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ contextValue, document, operation, request }) {
          if (operation === undefined) return;
          const resolved = { ...served, document, operation, variables: request.variables ?? {} };
          for (const take of onOperation) await take(contextValue, resolved);
        },
        async willSendResponse({ contextValue, response }) {
          for (const take of onAnswer) take(contextValue, response);
        },
      };
    },
  };
}
