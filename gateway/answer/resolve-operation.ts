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

/** What differs between the gateway's servers. */
export interface ApolloParts<Context extends BaseContext> {
  readonly engine: GatewayInterface;
  readonly introspection: boolean;
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
  readonly plugins: readonly ApolloServerPlugin<Context>[];
}

/** More would tell nobody more. */
const MAX_VALIDATION_ERRORS = 20;

/**
 * Apollo Server on the engine, not started: it parses a document, holds it against the schema and finds the operation that
 * is meant. Nothing is cached for clients, reported, traced or told beyond the answer.
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
    // Apollo Server logs errors with their messages; each server logs faults without.
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
 * With application/json a status other than 200 would tell clients that the answer may not be GraphQL's at all (GraphQL
 * over HTTP, section 6.4.1).
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
 * Parsed and validated documents, so that a known operation is neither again. Apollo Server's own store turns each document
 * into JSON to learn its size; the text's length tells as much.
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
