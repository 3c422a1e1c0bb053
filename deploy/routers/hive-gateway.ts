import { createGatewayRuntime, type GatewayPlugin } from '@graphql-hive/gateway-runtime';
import { buildHTTPExecutor } from '@graphql-tools/executor-http';
import { getOperationAST } from 'graphql';
import { type ReleaseHandle, release } from '../../process/release.ts';
import {
  allowFence,
  assertionFor,
  cleaned,
  heldFor,
  keepTimeLeft,
  NoAssertion,
  routerConfiguration,
  SUBGRAPH_LIMIT_MS,
  serveRouter,
} from './hub.ts';

/* Hive Gateway before the hub's subgraphs: node hive-gateway.mjs */

const configuration = routerConfiguration(process.env);

/** The caller assertion of each request, made for it alone. */
const assertions = new WeakMap<Request, string>();
/** The release of each request's answer. */
const releases = new WeakMap<Request, ReleaseHandle>();

const runtime = createGatewayRuntime({
  supergraph: configuration.supergraph,
  transports: {
    http: {
      getSubgraphExecutor: ({ transportEntry: { location = '' }, fetch, getDisposeReason }) =>
        buildHTTPExecutor({
          endpoint: location,
          timeout: SUBGRAPH_LIMIT_MS,
          // It joins equal requests of different callers otherwise, where their headers are set in a fetch hook.
          deduplicateInflightRequests: false,
          ...(fetch === undefined ? {} : { fetch: fetch as never }),
          ...(getDisposeReason === undefined ? {} : { getDisposeReason }),
        }) as never,
    },
  },
  inboundInflightRequestDeduplication: false,
  propagateHeaders: {
    // The assertion alone: no header of the client's goes on.
    fromClientToSubgraphs: ({ request }) => ({ authorization: assertions.get(request as Request) ?? '' }),
  },
  plugins: (): GatewayPlugin[] => [
    {
      async onRequest({ request, serverContext, endResponse, fetchAPI }) {
        // Its types do not name Node's response, which its server on Node always gives.
        const { res } = serverContext as unknown as { res: Parameters<typeof release>[0] };
        releases.set(request as Request, release(res));
        try {
          assertions.set(request as Request, await assertionFor(configuration, request.headers.get('authorization')));
        } catch (fault) {
          if (!(fault instanceof NoAssertion)) throw fault;
          const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
          endResponse(new fetchAPI.Response(fault.body, { status: fault.status, headers }));
        }
      },
      onExecute({ args, context }) {
        const held = releases.get((context as { request: Request }).request);
        const operation = getOperationAST(args.document, args.operationName)?.operation;
        if (operation === 'mutation' && held !== undefined) allowFence(held);
      },
      onFetch({ context }) {
        const held = heldFor(releases, (context as { request?: Request } | undefined)?.request);
        return ({ response }) => {
          if (response.ok) keepTimeLeft(held, response.headers);
        };
      },
      onResultProcess({ result, setResult }) {
        if (Array.isArray(result) || !('errors' in result) || result.errors === undefined) return;
        setResult({ ...result, errors: result.errors.map((error) => cleaned(error)) } as never);
      },
      onResponse({ response }) {
        response.headers.set('cache-control', 'no-store');
      },
    },
  ],
  subgraphErrors: false,
  requestId: false,
  disableIntrospection: {},
  multipart: false,
  cors: false,
  logging: false,
  landingPage: false,
  graphiql: false,
});

// Made now: the first client would otherwise wait for it past the deadline.
await runtime.getSchema();
serveRouter(configuration, runtime);
