import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Step, takenAt, takenOnceAt } from '../process/steps.ts';
import { HubError } from '../schema/errors.ts';
import type { ClientRequest, Sent } from './admit/asked.ts';
import { BOUNDS, fencedFieldsOf } from './admit/bounds.ts';
import { serveAssertions } from './admit/exchange-token.ts';
import { KnownOperations, NOTHING_BECOMES_KNOWN, noteValidated } from './admit/known-operations.ts';
import { answerUnreadable } from './answer/answer-unreadable.ts';
import { logFaults } from './answer/log-faults.ts';
import { addRequestId } from './answer/request-ids.ts';
import type { AppContext, GatewayMoments, GatewayParts } from './moments.ts';
import { servePages } from './pages/serve-pages.ts';

type Steps = readonly Step<GatewayMoments>[];

/**
 * An HTTP server, not listening yet, that takes each POST to /graphql and each page through these steps. It answers GET
 * /health.
 */
export async function serveSteps(steps: Steps, parts: GatewayParts): Promise<FastifyInstance> {
  const { engine, introspection, log, deadlineMs } = parts;
  const accept = takenOnceAt(steps, 'connection');
  const app = Fastify({
    serverFactory: (handler) => accept(handler, deadlineMs),
    bodyLimit: BOUNDS.bodyBytes,
    logger: false,
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    clientErrorHandler: (fault, socket) => answerUnreadable(fault, socket, log),
  });
  const apollo = takenOnceAt(
    steps,
    'document',
  )<AppContext>({
    engine,
    introspection,
    formatError: takenOnceAt(steps, 'answer'),
    plugins: [noteValidated, logFaults(log), addRequestId],
  });
  // Before the schema loads, because the operations learn then which mutations are fenced.
  const way = wayOf(steps, parts);
  await apollo.start();
  app.removeContentTypeParser('text/plain');
  for (const take of takenAt(steps, 'arrival'))
    app.addHook('onRequest', async (request, reply) => take(request, reply));
  app.addHook('onClose', () => apollo.stop());
  refuseTheRest(app, steps, parts);
  app.get('/health', async () => ({ status: 'ok' }));
  app.post('/graphql', {
    onRequest: way.ask,
    preHandler: (request, reply) => {
      const { query, operationName } = (request.body ?? {}) as Sent;
      return way.admit(request, reply, { query, operationName });
    },
    handler: takenOnceAt(steps, 'execution')(apollo, way.contextOf),
  });
  serveAssertions(app, parts.routers ?? null, parts);
  servePages(app, { ...way, apollo, log });
  return app;
}

/** Answers every request that never reaches an operation: faults on the way, other methods and other paths. */
function refuseTheRest(app: FastifyInstance, steps: Steps, { log }: GatewayParts): void {
  const answer = takenOnceAt(steps, 'refusal');
  app.setErrorHandler((fault, request, reply) => answer(fault, request, reply, log));
  app.setNotFoundHandler((request, reply) =>
    answer(
      new HubError('BAD_REQUEST', 'There is nothing at this address. Send operations to POST /graphql.'),
      request,
      reply,
      log,
      404,
    ),
  );
  app.get('/graphql', (request, reply) => {
    reply.header('allow', 'POST');
    return answer(
      new HubError('BAD_REQUEST', 'This method is not served here. Send operations by POST.'),
      request,
      reply,
      log,
      405,
    );
  });
}

/** The way of a request to the execution of its operation: the steps, and their results so far. */
function wayOf(steps: Steps, { engine, authenticate, published, log }: GatewayParts) {
  const known = new KnownOperations(published.texts);
  engine.onSchemaLoadOrUpdate(({ apiSchema }) => known.forget(fencedFieldsOf(apiSchema)));
  const admitting = { authenticate, published, known, log };
  const [onAsking, onOperation] = [takenAt(steps, 'asking'), takenAt(steps, 'operation')];
  const release = takenOnceAt(steps, 'release');
  const underWay = new WeakMap<FastifyRequest, ClientRequest>();
  const askedBy = (request: FastifyRequest, reply: FastifyReply): ClientRequest => {
    const operation = { hash: '', name: null, requestId: request.id };
    const asked = underWay.get(request) ?? {
      request,
      reply,
      release: release(reply.raw),
      caller: null,
      operation,
      fenced: false,
      becoming: NOTHING_BECOMES_KNOWN,
    };
    underWay.set(request, asked);
    return asked;
  };
  return {
    ask: async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      for (const take of onAsking) await take(askedBy(request, reply), admitting);
    },
    admit: async (request: FastifyRequest, reply: FastifyReply, sent: Sent): Promise<void> => {
      for (const take of onOperation) await take(askedBy(request, reply), sent, admitting);
    },
    contextOf: async (request: FastifyRequest, reply: FastifyReply): Promise<AppContext> =>
      contextOf(askedBy(request, reply)),
  };
}

function contextOf({ caller, operation, fenced, becoming, release, reply }: ClientRequest): AppContext {
  if (caller === null) throw HubError.constant('UNAUTHENTICATED');
  const gone = new AbortController();
  // After a release nobody waits for anything, and an abort would cost more than the work that it ends.
  release.onOutcome(({ outcome }) => {
    if (outcome !== 'RELEASED') gone.abort();
  });
  const retryAfter = (seconds: number) => {
    reply.header('retry-after', Math.max(seconds, Number(reply.getHeader('retry-after') ?? 0)));
  };
  return { caller, operation, fenced, ...becoming, release, gone: gone.signal, retryAfter };
}
