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
 * Apollo Server, not started: it parses a document, holds it against the schema, finds the operation that is meant and
 * executes it. Nothing is cached, reported, traced or told beyond the answer.
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
