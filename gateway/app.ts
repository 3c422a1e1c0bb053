import { createHash, randomUUID } from 'node:crypto';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Caller, OperationIdentity } from '../schema/caller.ts';
import { HubError } from '../schema/errors.ts';
import { createReleasingServer, release } from '../schema/release.ts';
import { answerError, speaksGraphQL } from './answer-error.ts';
import type { Authenticate } from './authenticate.ts';
import { BOUNDS, type BoundedDocument, boundDocument } from './bounds.ts';
import type { GatewayInterface } from './engine/engine.ts';
import { codeOf, formatError } from './errors.ts';
import { describeFault } from './log.ts';
import { operationHash } from './operations.ts';
import { servePages } from './pages/serve-pages.ts';
import type { GatewayContext } from './transport.ts';

/** What the gateway's HTTP server stands on. */
export interface GatewayParts {
  readonly engine: GatewayInterface;
  /** Names of the mutation fields that are marked `@fenced`. */
  readonly fenced: ReadonlySet<string>;
  readonly authenticate: Authenticate;
  /** Published operations: name by hash. */
  readonly published: ReadonlyMap<string, string>;
  readonly introspection: boolean;
  readonly log: Logger;
  /** May be less than D, never more. */
  readonly deadlineMs?: number;
}

/** Bounded documents that are remembered, so that a known operation is parsed only once. */
const REMEMBERED_DOCUMENTS = 1_000;

/** More would tell nobody more. */
const MAX_VALIDATION_ERRORS = 20;

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
  const apollo = createApollo(parts);
  await apollo.start();
  const steps = createSteps(parts);
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
    handler: fastifyApolloHandler(apollo, { context: steps.context }),
  });
  servePages(app, { ...steps, apollo, log: parts.log });
  return app;
}

interface Asked {
  readonly caller: Caller;
  operation: OperationIdentity;
}

/** The steps between the bytes of a request and its execution. */
function createSteps({ authenticate, fenced, published, log }: GatewayParts) {
  const asked = new WeakMap<FastifyRequest, Asked>();
  const remembered = new LRUCache<string, { readonly hash: string; readonly document: BoundedDocument | null }>({
    max: REMEMBERED_DOCUMENTS,
  });
  const take = (request: FastifyRequest, reply: FastifyReply, query: string, operationName?: unknown) => {
    const by = asked.get(request);
    if (by === undefined) return;
    const key = createHash('sha256').update(query).digest('base64');
    const known = remembered.get(key) ?? { hash: operationHash(query), document: boundDocument(query, fenced) };
    by.operation = { hash: known.hash, name: published.get(known.hash) ?? null, requestId: request.id };
    if (known.document === null) return;
    remembered.set(key, known);
    const { operations } = known.document;
    const named = operations.find(({ name }) => name === operationName);
    const chosen = operationName === undefined || operationName === null ? only(operations) : named;
    if (chosen?.fenced) release(reply.raw).exempt();
  };
  return {
    authenticate: async (request: FastifyRequest, reply: FastifyReply) => {
      logOutcome(request, reply, () => asked.get(request)?.operation, log);
      const caller = await authenticate(request.headers.authorization);
      asked.set(request, { caller, operation: { hash: '', name: null, requestId: request.id } });
    },
    take,
    bound: async (request: FastifyRequest, reply: FastifyReply) => {
      const { query, operationName } = (request.body ?? {}) as { query?: unknown; operationName?: unknown };
      if (typeof query === 'string') take(request, reply, query, operationName);
    },
    context: async (request: FastifyRequest, reply: FastifyReply): Promise<GatewayContext> => {
      const by = asked.get(request);
      if (by === undefined) throw HubError.constant('UNAUTHENTICATED');
      const handle = release(reply.raw);
      const gone = new AbortController();
      handle.onOutcome(() => gone.abort());
      return { ...by, release: handle, gone: gone.signal };
    },
  };
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

function createApollo({ engine, introspection, log }: GatewayParts): ApolloServer<GatewayContext> {
  return new ApolloServer<GatewayContext>({
    gateway: engine,
    introspection,
    formatError,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    nodeEnv: 'production',
    // Apollo Server logs errors with their messages; logFaults does without.
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      logFaults(log),
      answerOldClients,
    ],
  });
}

function ignore(): void {}

/**
 * With application/json a status other than 200 would tell clients that the answer may not be GraphQL's at all (GraphQL
 * over HTTP, section 6.4.1).
 */
const answerOldClients: ApolloServerPlugin<GatewayContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ request, response }) {
        const { status } = response.http;
        if (status === 400 && !speaksGraphQL(request.http?.headers.get('accept'))) response.http.status = 200;
      },
    };
  },
};

function logFaults(log: Logger): ApolloServerPlugin<GatewayContext> {
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
