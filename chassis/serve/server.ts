import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type GraphQLSchema, Kind, type OperationDefinitionNode } from 'graphql';
import { type CryptoKey, errors as joseErrors } from 'jose';
import { createReleasingServer, release } from '../../process/release.ts';
import type { ServerTls } from '../../process/tls.ts';
import { type Caller, type OperationIdentity, verifyAssertion } from '../../schema/caller.ts';
import { RELEASE_DEADLINE_MS, TIME_LEFT_HEADER } from '../../schema/deadline.ts';
import { CONSTANT_MESSAGES, HubError } from '../../schema/errors.ts';
import { HubContext, type ServedSector } from '../decide/context.ts';
import { Decisions } from '../decide/decisions.ts';
import { isFenced } from '../decide/fence.ts';
import { touchedBy } from '../decide/touched.ts';
import { logFault } from '../log.ts';
import type { Membership } from '../subgraph.ts';
import type { ServedSchema } from './build-schema.ts';
import { formatFault } from './errors.ts';

/** Largest request body, in bytes: 200 representations and a long query fit. */
const BODY_LIMIT = 256 * 1024;

/** What a subgraph's HTTP server stands on. */
export interface ServerParts {
  readonly served: ServedSchema;
  readonly sector: ServedSector;
  readonly membership: Membership | null;
  /** The gateway's public key, which caller assertions are verified against. */
  readonly assertionKey: CryptoKey;
  readonly toleranceSeconds: number;
  /** How it serves HTTPS to the gateway alone; null: in clear. */
  readonly tls: ServerTls | null;
}

interface Asked {
  readonly caller: Caller;
  readonly operation: OperationIdentity;
}

/**
 * The subgraph's HTTP server. It answers nobody without a valid caller assertion, not even `_service`. Every response passes
 * the release test.
 */
export async function createSubgraphServer(parts: ServerParts): Promise<FastifyInstance> {
  const app = Fastify({
    serverFactory: (handler) => createReleasingServer(handler, RELEASE_DEADLINE_MS, parts.tls),
    bodyLimit: BODY_LIMIT,
    logger: false,
  });
  const apollo = new ApolloServer<HubContext>({
    schema: parts.served.schema,
    introspection: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    csrfPrevention: false,
    formatError: (formatted, error) => formatFault(formatted, error, parts.sector.log),
    plugins: [
      fastifyApolloDrainPlugin(app),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      decideFirst(parts),
    ],
  });
  await apollo.start();
  const asked = new WeakMap<FastifyRequest, Asked>();
  app.route({
    method: 'POST',
    url: '/graphql',
    preHandler: async (request, reply) => {
      try {
        asked.set(request, await whoAsks(parts, request));
      } catch (cause) {
        logFault(parts.sector.log, 'assertion', cause);
        await reply
          .code(401)
          .send({ errors: [{ message: CONSTANT_MESSAGES.UNAUTHENTICATED, extensions: { code: 'UNAUTHENTICATED' } }] });
      }
    },
    handler: fastifyApolloHandler(apollo, {
      context: async (request, reply) => {
        const by = asked.get(request);
        if (by === undefined) throw HubError.constant('UNAUTHENTICATED');
        const context: HubContext = new HubContext({
          ...by,
          sector: parts.sector,
          response: release(reply.raw),
          memberships: parts.membership === null ? null : parts.membership(() => context),
        });
        return context;
      },
    }),
  });
  return app;
}

async function whoAsks(parts: ServerParts, request: FastifyRequest): Promise<Asked> {
  const [scheme, assertion] = request.headers.authorization?.split(' ') ?? [];
  if (scheme !== 'Bearer' || assertion === undefined)
    throw new joseErrors.JWSInvalid('expected Authorization: Bearer <assertion>');
  return verifyAssertion(parts.assertionKey, parts.sector.name, assertion, parts.toleranceSeconds);
}

/** A @fenced mutation is the only root field of its operation: another's answer would wait, or leave, with it (DESIGN section 4). */
function refuseCompany(schema: GraphQLSchema, operation: OperationDefinitionNode): void {
  const fields = schema.getMutationType()?.getFields() ?? {};
  const asked = operation.operation === 'mutation' ? operation.selectionSet.selections : [];
  const isAlone = asked.length === 1 && asked[0]?.kind === Kind.FIELD;
  if (isAlone || asked.length === 0 || !Object.values(fields).some(isFenced)) return;
  const isHarmless = asked.every((node) => {
    const field = node.kind === Kind.FIELD ? fields[node.name.value] : undefined;
    return field !== undefined && !isFenced(field);
  });
  if (!isHarmless) {
    throw new HubError(
      'BAD_REQUEST',
      'A mutation that can end a permission is the only field of its operation. Send it alone, without fragments.',
    );
  }
}

/** Decides everything the operation touches before the first resolver runs, in one call, logged (C13). */
function decideFirst({ served, sector }: ServerParts): ApolloServerPlugin<HubContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ contextValue, document, operation, request }) {
          if (operation === undefined) return;
          refuseCompany(served.schema, operation);
          const touched = touchedBy(served.schema, served.labels, document, operation, request.variables ?? {});
          if (touched.youths.length === 0) return;
          try {
            const permits = await contextValue.authorize('READ', touched.kinds, touched.youths);
            contextValue.decisions = new Decisions(permits, served.labels);
          } catch (cause) {
            logFault(sector.log, 'authorize', cause);
            contextValue.decisions = Decisions.unavailable;
          }
        },
        async willSendResponse({ contextValue, response }) {
          if (response.body.kind === 'single' && contextValue.errors.length > 0) {
            const { singleResult } = response.body;
            singleResult.errors = [...(singleResult.errors ?? []), ...contextValue.errors];
          }
          response.http.headers.set(TIME_LEFT_HEADER, String(Math.floor(contextValue.response.limit())));
        },
      };
    },
  };
}
