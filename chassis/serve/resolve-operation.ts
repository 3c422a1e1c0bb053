import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { HubContext } from '../decide/context.ts';
import { formatFault } from './format-fault.ts';
import type { ServerParts } from './moments.ts';

/**
 * Apollo Server, not started. It parses a document, validates it against the schema, and finds and executes the operation.
 * Nothing is cached, reported or traced, and nothing leaves beside the answer.
 */
export function resolveOperation(
  { served, sector }: ServerParts,
  plugins: readonly ApolloServerPlugin<HubContext>[],
): ApolloServer<HubContext> {
  return new ApolloServer<HubContext>({
    schema: served.schema,
    introspection: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    csrfPrevention: false,
    persistedQueries: false,
    hideSchemaDetailsFromClientErrors: true,
    formatError: (formatted, error) => formatFault(formatted, error, sector.log),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ...plugins,
    ],
  });
}
