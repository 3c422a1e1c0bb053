import { readFileSync } from 'node:fs';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { Pool } from 'undici';

/*
 * @apollo/server with @apollo/gateway, as its documentation starts it: `plain`, or `pooled` with a fetcher on an undici
 * Pool per subgraph. With `tokens` the client's token goes on to the subgraphs.
 */

const [, , supergraphFile = '', kind = 'plain', passesOn = ''] = process.argv;

interface Context {
  readonly authorization: string;
}

const pools = new Map<string, Pool>();

const pooledFetcher = async (
  address: string,
  init: { method?: string; headers?: Record<string, string>; body?: string } = {},
) => {
  const { origin, pathname } = new URL(address);
  const pool = pools.get(origin) ?? new Pool(origin, { connections: 64 });
  pools.set(origin, pool);
  const { statusCode, headers, body } = await pool.request({
    method: 'POST',
    path: pathname,
    headers: init.headers ?? {},
    body: init.body ?? '',
  });
  return new Response(await body.text(), { status: statusCode, headers: headers as Record<string, string> });
};

const gateway = new ApolloGateway({
  supergraphSdl: readFileSync(supergraphFile, 'utf8'),
  buildService: ({ url }) =>
    new RemoteGraphQLDataSource<Context>({
      ...(url === undefined ? {} : { url }),
      ...(kind === 'pooled' ? { fetcher: pooledFetcher as never } : {}),
      willSendRequest({ request, context }) {
        if (passesOn === 'tokens') request.http?.headers.set('authorization', context.authorization ?? '');
      },
    }),
});
const server = new ApolloServer<Context>({ gateway });
const { url } = await startStandaloneServer(server, {
  listen: { port: 0, host: '127.0.0.1' },
  context: async ({ req }) => ({ authorization: req.headers.authorization ?? '' }),
});
process.stdout.write(`${JSON.stringify({ ready: true, port: Number(new URL(url).port), path: '/' })}\n`);
