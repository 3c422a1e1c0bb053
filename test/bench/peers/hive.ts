import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import { buildHTTPExecutor } from '@graphql-tools/executor-http';

/* Hive Gateway's runtime with the Rust planner. */

const [, , supergraphFile = ''] = process.argv;

const runtime = createGatewayRuntime({
  supergraph: readFileSync(supergraphFile, 'utf8'),
  unifiedGraphHandler,
  // What Hive's own package for transport by HTTP does, with the same executor: on the runtime's fetch.
  transports: {
    http: {
      getSubgraphExecutor: ({ transportEntry: { location = '' }, fetch, getDisposeReason }) =>
        buildHTTPExecutor({
          endpoint: location,
          ...(fetch === undefined ? {} : { fetch: fetch as never }),
          ...(getDisposeReason === undefined ? {} : { getDisposeReason }),
        }) as never,
    },
  },
  logging: false,
  landingPage: false,
  graphiql: false,
});
const server = createServer(runtime);
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ ready: true, port: (server.address() as AddressInfo).port })}\n`);
});
