import { ApolloServer, type ApolloServerPlugin, type BaseContext } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { DocumentNode, GraphQLFormattedError } from 'graphql';
import { LRUCache } from 'lru-cache';
import { NoSubscriptions } from '../admit/no-subscriptions.ts';
import type { GatewayInterface } from '../engine/engine.ts';
import { REMEMBERED_CHARACTERS } from '../engine/plan/plan.ts';
import { speaksGraphQL } from './answer-error.ts';
import { tellHandler } from './execute-operation.ts';

/** The parts in which the gateway's servers differ. */
export interface ApolloParts<Context extends BaseContext> {
  readonly engine: GatewayInterface;
  readonly introspection: boolean;
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
  readonly plugins: readonly ApolloServerPlugin<Context>[];
}

/** Most validation errors in one answer; more would help nobody. */
const MAX_VALIDATION_ERRORS = 20;

/**
 * Apollo Server on the engine, not started: it parses a document, validates it against the schema and finds the
 * operation to execute. It caches, reports and traces nothing, and gives nothing away beyond the answer.
 */
export function resolveOperation<Context extends BaseContext>(parts: ApolloParts<Context>): ApolloServer<Context> {
  return new ApolloServer<Context>({
    gateway: parts.engine,
    introspection: parts.introspection,
    formatError: parts.formatError,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    validationRules: [NoSubscriptions],
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    documentStore: new Documents(),
    nodeEnv: 'production',
    // Apollo Server logs errors with their messages; each of our servers logs faults without them.
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      answerOldClients,
      tellHandler,
      ...parts.plugins,
    ],
  });
}

function ignore(): void {}

/**
 * Answers with status 200 to clients that accept only application/json: another status would mean to them that the
 * answer may not be GraphQL at all (GraphQL over HTTP, section 6.4.1).
 */
const answerOldClients: ApolloServerPlugin<BaseContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ request, response }) {
        const { status } = response.http;
        if (status === 400 && !speaksGraphQL(request.http?.headers.get('accept'))) response.http.status = 200;
      },
    };
  },
};

/**
 * Parsed and validated documents, so that a known operation is neither parsed nor validated again. Apollo Server's own
 * store turns each document into JSON to measure it; the length of its text serves as well.
 */
class Documents {
  readonly #documents = new LRUCache<string, DocumentNode>({
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: ({ loc }) => Math.max(1, loc?.source.body.length ?? REMEMBERED_CHARACTERS),
  });

  async get(key: string): Promise<DocumentNode | undefined> {
    return this.#documents.get(key);
  }

  async set(key: string, document: DocumentNode): Promise<void> {
    this.#documents.set(key, document);
  }

  async delete(key: string): Promise<boolean> {
    return this.#documents.delete(key);
  }
}
