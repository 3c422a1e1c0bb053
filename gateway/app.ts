import { randomUUID } from 'node:crypto';
import type { ApolloServerPlugin } from '@apollo/server';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { createReleasingServer, release } from '../process/release.ts';
import type { Caller, OperationIdentity } from '../schema/caller.ts';
import { HubError } from '../schema/errors.ts';
import type { Authenticate } from './admit/authenticate.ts';
import { BOUNDS, type BoundedDocument, fencedFieldsOf } from './admit/bounds.ts';
import { type Becoming, KnownOperations, NOTHING_BECOMES_KNOWN, noteValidated } from './admit/known-operations.ts';
import { answerError } from './answer/answer-error.ts';
import { codeOf, formatError } from './answer/errors.ts';
import { createApollo } from './apollo/apollo.ts';
import { apolloHandler } from './apollo/apollo-handler.ts';
import type { GatewayContext } from './ask/transport.ts';
import type { GatewayInterface } from './engine/engine.ts';
import { describeFault } from './log.ts';
import { servePages } from './pages/serve-pages.ts';

/** What the gateway's HTTP server stands on. */
export interface GatewayParts {
  readonly engine: GatewayInterface;
  readonly authenticate: Authenticate;
  /** Published operations: name by hash. */
  readonly published: ReadonlyMap<string, string>;
  readonly introspection: boolean;
  readonly log: Logger;
  /** May be less than D, never more. */
  readonly deadlineMs?: number;
}

const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
} as const;

/**
 * The hub's one HTTP endpoint, not listening yet: POST /graphql, the pages made of operations, and GET /health. Each step is
 * a hook: name the request, authenticate, bound, execute; the release test stands below all of them.
 */
export async function createApp(parts: GatewayParts): Promise<FastifyInstance> {
  const app = Fastify({
    serverFactory: (handler) => createReleasingServer(handler, parts.deadlineMs),
    bodyLimit: BOUNDS.bodyBytes,
    logger: false,
    requestIdHeader: false,
    genReqId: () => randomUUID(),
  });
  const steps = createSteps(parts);
  const { engine, introspection, log } = parts;
  const apollo = createApollo({ engine, introspection, formatError, plugins: [noteValidated, logFaults(log)] });
  await apollo.start();
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...HEADERS, 'samsyn-request-id': request.id });
  });
  app.addHook('onClose', () => apollo.stop());
  app.setErrorHandler((fault, request, reply) => answerError(fault, request, reply, parts.log));
  app.setNotFoundHandler((request, reply) =>
    answerError(new HubError('BAD_REQUEST', 'Send operations to POST /graphql.'), request, reply, parts.log, 404),
  );
  app.get('/health', async () => ({ status: 'ok' }));
  app.get('/graphql', (request, reply) => {
    reply.header('allow', 'POST');
    return answerError(new HubError('BAD_REQUEST', 'Send operations by POST.'), request, reply, parts.log, 405);
  });
  app.post('/graphql', {
    onRequest: steps.authenticate,
    preHandler: steps.bound,
    handler: apolloHandler(apollo, steps.context),
  });
  servePages(app, { ...steps, apollo, log: parts.log });
  return app;
}

interface Asked {
  readonly caller: Caller;
  operation: OperationIdentity;
  becoming: Becoming;
}

/** What the hub's own steps put into a request's context, beside what the transport needs. */
export type AppContext = GatewayContext & Becoming;

/** The steps between the bytes of a request and its execution. */
function createSteps({ engine, authenticate, published, log }: GatewayParts) {
  const asked = new WeakMap<FastifyRequest, Asked>();
  const operations = new KnownOperations();
  engine.onSchemaLoadOrUpdate(({ apiSchema }) => operations.forget(fencedFieldsOf(apiSchema)));
  const take = async (request: FastifyRequest, reply: FastifyReply, query: string, operationName?: unknown) => {
    const by = asked.get(request);
    if (by === undefined) return;
    const handle = release(reply.raw);
    const { hash, document, ...becoming } = await operations.admit(query, handle);
    by.operation = { hash, name: published.get(hash) ?? null, requestId: request.id };
    by.becoming = becoming;
    if (document !== null && isFenced(document, operationName)) handle.exempt();
  };
  return {
    authenticate: async (request: FastifyRequest, reply: FastifyReply) => {
      logOutcome(request, reply, () => asked.get(request)?.operation, log);
      const caller = await authenticate(request.headers.authorization);
      const operation = { hash: '', name: null, requestId: request.id };
      asked.set(request, { caller, operation, becoming: NOTHING_BECOMES_KNOWN });
    },
    take,
    bound: async (request: FastifyRequest, reply: FastifyReply) => {
      const { query, operationName } = (request.body ?? {}) as { query?: unknown; operationName?: unknown };
      if (typeof query === 'string') await take(request, reply, query, operationName);
    },
    context: async (request: FastifyRequest, reply: FastifyReply): Promise<AppContext> => {
      const by = asked.get(request);
      if (by === undefined) throw HubError.constant('UNAUTHENTICATED');
      const handle = release(reply.raw);
      const gone = new AbortController();
      // After a release nobody waits for anything, and an abort would cost more than it ends.
      handle.onOutcome(({ outcome }) => {
        if (outcome !== 'RELEASED') gone.abort();
      });
      const { caller, operation, becoming } = by;
      return { caller, operation, ...becoming, release: handle, gone: gone.signal };
    },
  };
}

/** Is the operation that is to be executed a `@fenced` mutation? */
function isFenced({ operations }: BoundedDocument, operationName: unknown): boolean {
  const named = operations.find(({ name }) => name === operationName);
  const chosen = operationName === undefined || operationName === null ? only(operations) : named;
  return chosen?.fenced ?? false;
}

function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}

/** One line for each request: never what was asked or answered. */
function logOutcome(
  request: FastifyRequest,
  reply: FastifyReply,
  operation: () => OperationIdentity | undefined,
  log: Logger,
): void {
  release(reply.raw).onOutcome(({ outcome, why, elapsedMs }) => {
    const { hash, name } = operation() ?? { hash: '', name: null };
    const { statusCode: status } = reply.raw;
    log.info(
      { requestId: request.id, operation: hash, name, status, outcome, why, ms: Math.round(elapsedMs) },
      'request',
    );
  });
}

function logFaults(log: Logger): ApolloServerPlugin<AppContext> {
  return {
    async unexpectedErrorProcessingRequest({ requestContext, error }) {
      const { requestId } = requestContext.contextValue.operation;
      log.error({ requestId, fault: describeFault(error) }, 'unexpected fault');
    },
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors, contextValue }) {
          const fault = errors.find((error) => codeOf(error) === 'INTERNAL_SERVER_ERROR');
          if (fault === undefined) return;
          const { requestId } = contextValue.operation;
          log.error({ requestId, fault: describeFault(fault.originalError ?? fault) }, 'fault');
        },
      };
    },
  };
}
