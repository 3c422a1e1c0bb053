import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { importPKCS8 } from 'jose';
import { exitOnFault } from '../schema/configuration.ts';
import { createApp } from './app.ts';
import { createAuthenticate } from './authenticate.ts';
import { fencedFieldsOf } from './bounds.ts';
import { gatewayConfiguration } from './config.ts';
import { createEngine } from './engine/engine.ts';
import { createLog } from './log.ts';
import { publishedOperations } from './operations.ts';
import { createTransport, type GatewayContext } from './transport.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The gateway itself knows `youth(id)`: a bare reference for every well-formed id, whatever subgraph is down. */
const SEEDS = {
  'Query.youth': ({ id }: Record<string, unknown>) => {
    const key = String(id).toLowerCase();
    return UUID.test(key) ? { __typename: 'Youth', id: key } : null;
  },
};

exitOnFault(async () => {
  const configuration = gatewayConfiguration(process.env);
  const log = createLog('gateway');
  const transport = createTransport({
    subgraphs: configuration.subgraphs,
    assertionKey: await importPKCS8(configuration.assertionKey, 'EdDSA'),
    onFailure: (subgraph, why, requestId) => log.warn({ requestId, subgraph, why }, 'subgraph failed'),
  });
  const engine = createEngine<GatewayContext>({
    supergraph: configuration.supergraph,
    transport: transport.send,
    seeds: SEEDS,
  });
  const app = await createApp({
    engine,
    fenced: fencedFieldsOf(engine.apiSchema),
    authenticate: createAuthenticate(configuration),
    published: await publishedOperations(fileURLToPath(new URL('../schema/operations', import.meta.url))),
    introspection: configuration.introspection === 'on',
    log,
  });
  await app.listen({ host: configuration.host, port: configuration.port });
  const { port } = app.server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ ready: true, port })}\n`);
  process.once('SIGTERM', () => {
    void app.close().then(() => transport.close());
  });
});
