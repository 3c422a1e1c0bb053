import type { IncomingMessage } from 'node:http';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer, type ApolloServerPlugin, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { type ReleaseHandle, release } from '../../process/release.ts';
import { CONSTANT_MESSAGES } from '../../schema/errors.ts';
import {
  allowFence,
  assertionFor,
  cleaned,
  keepTimeLeft,
  NoAssertion,
  routerConfiguration,
  serveRouter,
} from './hub.ts';

/* @apollo/gateway before the hub's subgraphs: node apollo-gateway.mjs */

/** Largest request body, in bytes. */
const BODY_BYTES = 100 * 1024;

interface Context {
  /** The caller assertion of this request, made for it alone. */
  readonly authorization: string;
  readonly release: ReleaseHandle;
}

// It reports to its maker unless told otherwise.
process.env.APOLLO_TELEMETRY_DISABLED = 'true';

const configuration = routerConfiguration(process.env);

class Subgraph extends RemoteGraphQLDataSource<Context> {
  override willSendRequest({
    request,
    context,
  }: Parameters<Required<RemoteGraphQLDataSource<Context>>['willSendRequest']>[0]) {
    // Health checks and reloads have no client and no assertion: the supergraph is a file.
    if ('authorization' in context) request.http?.headers.set('authorization', context.authorization);
  }

  override didReceiveResponse({
    response,
    context,
  }: Parameters<Required<RemoteGraphQLDataSource<Context>>['didReceiveResponse']>[0]) {
    if ('release' in context && response.data != null) {
      keepTimeLeft(context.release, { get: (name) => response.http?.headers.get(name) ?? null });
    }
    return response;
  }
}

const gateway = new ApolloGateway({
  supergraphSdl: configuration.supergraph,
  buildService: ({ url = '' }) =>
    new Subgraph({
      url,
      // Node's own fetch: it joins no requests and keeps no answers.
      fetcher: ((url: string, init: RequestInit) => fetch(url, { ...init, redirect: 'error' })) as never,
    }),
});

const fences: ApolloServerPlugin<Context> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ operation, contextValue }) {
        if (operation?.operation === 'mutation') allowFence(contextValue.release);
      },
    };
  },
};

const server = new ApolloServer<Context>({
  gateway,
  introspection: false,
  persistedQueries: false,
  allowBatchedHttpRequests: false,
  includeStacktraceInErrorResponses: false,
  hideSchemaDetailsFromClientErrors: true,
  stopOnTerminationSignals: false,
  formatError: (error) => cleaned(error),
  plugins: [
    ApolloServerPluginCacheControlDisabled(),
    ApolloServerPluginInlineTraceDisabled(),
    ApolloServerPluginLandingPageDisabled(),
    ApolloServerPluginSchemaReportingDisabled(),
    ApolloServerPluginUsageReportingDisabled(),
    fences,
  ],
});
await server.start();

serveRouter(configuration, async (request, response) => {
  const answer = (status: number, headers: Iterable<readonly [string, string]>, body: string) => {
    response.writeHead(status, { 'cache-control': 'no-store', ...Object.fromEntries(headers) }).end(body);
  };
  const json = [['content-type', 'application/json; charset=utf-8']] as const;
  try {
    const authorization = await assertionFor(configuration, request.headers.authorization);
    const { status, headers, body } = await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method ?? 'GET',
        headers: headersOf(request),
        body: await bodyOf(request),
        search: '',
      },
      context: async () => ({ authorization, release: release(response) }),
    });
    if (body.kind === 'complete') answer(status ?? 200, headers, body.string);
    else answer(400, json, JSON.stringify({ errors: [cleaned({ message: '', extensions: { code: 'BAD_REQUEST' } })] }));
  } catch (fault) {
    const refusal = fault instanceof NoAssertion ? fault : null;
    const code = fault instanceof SyntaxError || fault instanceof RangeError ? 'BAD_REQUEST' : 'INTERNAL_SERVER_ERROR';
    const message = CONSTANT_MESSAGES.INTERNAL_SERVER_ERROR;
    const body = refusal?.body ?? JSON.stringify({ errors: [cleaned({ message, extensions: { code } })] });
    answer(refusal?.status ?? (code === 'BAD_REQUEST' ? 400 : 500), json, body);
  }
});

function headersOf({ headers }: IncomingMessage): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') map.set(name, value);
  return map;
}

/** The request's body. Throws a SyntaxError if it is not JSON, and a RangeError if it is too large. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES) throw new RangeError(`A body has at most ${BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
