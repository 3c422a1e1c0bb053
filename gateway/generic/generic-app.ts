import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { HubError } from '../../schema/errors.ts';
import type { Sent } from '../admit/asked.ts';
import { BOUNDS } from '../admit/bounds.ts';
import { checkHead } from '../admit/check-head.ts';
import { chosenOperation } from '../admit/chosen-operation.ts';
import { KnownOperations, NOTHING_BECOMES_KNOWN, noteValidated } from '../admit/known-operations.ts';
import { answerError } from '../answer/answer-error.ts';
import { answerUnreadable } from '../answer/answer-unreadable.ts';
import { executeOperation } from '../answer/execute-operation.ts';
import { resolveOperation } from '../answer/resolve-operation.ts';
import type { GatewayInterface } from '../engine/engine.ts';
import type { GenericContext } from './generic-transport.ts';

/** Milliseconds that a request may take. */
const REQUEST_LIMIT_MS = 30_000;

/** A generic gateway's HTTP endpoint, not listening yet: POST /graphql and GET /health. It does not care who asks. */
export async function createGenericApp(parts: {
  readonly engine: GatewayInterface;
  readonly log: Logger;
}): Promise<FastifyInstance> {
  const { engine, log } = parts;
  const app = Fastify({
    bodyLimit: BOUNDS.bodyBytes,
    logger: false,
    genReqId: () => randomUUID(),
    requestTimeout: REQUEST_LIMIT_MS,
    clientErrorHandler: (fault, socket) => answerUnreadable(fault, socket, log),
  });
  const steps = createSteps(engine);
  const apollo = resolveOperation({ engine, introspection: true, formatError, plugins: [noteValidated] });
  await apollo.start();
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request) => checkHead(request));
  app.addHook('onClose', () => apollo.stop());
  app.setErrorHandler((fault, request, reply) => answerError(fault, request, reply, log));
  app.get('/health', async () => ({ status: 'ok' }));
  app.get('/graphql', (request, reply) => {
    reply.header('allow', 'POST');
    return answerError(
      new HubError('BAD_REQUEST', 'This method is not served here. Send operations by POST.'),
      request,
      reply,
      log,
      405,
    );
  });
  app.post('/graphql', { preHandler: steps.bound, handler: executeOperation(apollo, steps.context) });
  return app;
}

function createSteps(engine: GatewayInterface) {
  const asked = new WeakMap<FastifyRequest, GenericContext>();
  const operations = new KnownOperations();
  engine.onSchemaLoadOrUpdate(() => operations.forget(new Set()));
  const contextOf = (reply: FastifyReply): GenericContext => {
    const gone = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) gone.abort();
    });
    return { deadline: performance.now() + REQUEST_LIMIT_MS, gone: gone.signal, ...NOTHING_BECOMES_KNOWN };
  };
  return {
    bound: async (request: FastifyRequest, reply: FastifyReply) => {
      const { query, operationName } = (request.body ?? {}) as Sent;
      const context = contextOf(reply);
      asked.set(request, context);
      if (typeof query !== 'string') return;
      const { document, validated, planned } = await operations.admit(query, {
        timeLeft: () => context.deadline - performance.now(),
        onOutcome: (leave) => reply.raw.once('close', leave),
      });
      asked.set(request, { ...context, validated, planned });
      if (document !== null) chosenOperation(document.operations, operationName);
    },
    context: async (request: FastifyRequest, reply: FastifyReply) => asked.get(request) ?? contextOf(reply),
  };
}

/** The part of a subgraph's error that clients get: message, place and code. */
function formatError({ message, locations, path, extensions }: GraphQLFormattedError): GraphQLFormattedError {
  return {
    message,
    ...(locations === undefined ? {} : { locations }),
    ...(path === undefined ? {} : { path }),
    extensions: { code: extensions?.code ?? 'INTERNAL_SERVER_ERROR' },
  };
}
