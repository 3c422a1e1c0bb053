import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { exitOnFault } from '../process/configuration.ts';
import { openManagement } from '../process/management.ts';
import { renewCertificates } from '../process/renewal.ts';
import { callerKey, signingKey } from '../schema/caller.ts';
import { ORDER_OF_A_CASE } from '../schema/order-of-a-case.ts';
import { isYouthId } from '../schema/youth-id.ts';
import { createAuthenticate } from './admit/authenticate.ts';
import { publishedOperations } from './admit/operations.ts';
import { createApp } from './app.ts';
import { SubgraphPools } from './ask/subgraph-pools.ts';
import { createTransport } from './ask/transport.ts';
import { demandHttps, type GatewayConfiguration, gatewayConfiguration, subgraphTls, subgraphUrls } from './config.ts';
import { createEngine } from './engine/engine.ts';
import { createLog } from './log.ts';
import type { AppContext } from './moments.ts';
import { reloadOnChange } from './reload.ts';
import { entrantUntil } from './waiting-operations.ts';

/** The gateway itself answers `youth(id)`: a bare reference for every well-formed id, whichever subgraph is down. */
const SEEDS = { 'Query.youth': { type: 'Youth', key: 'id', fits: isYouthId } };

/** The hub's gateway, as the environment configures it. */
async function serveHub(): Promise<void> {
  const configuration = gatewayConfiguration(process.env);
  const log = createLog('gateway');
  const pools = new SubgraphPools(configuration.tls.given);
  pools.route(configuration.subgraphs);
  const engine = createEngine<AppContext>({
    supergraph: configuration.supergraph,
    transport: createTransport({
      pools,
      assertionKey: await signingKey(configuration.assertionKey),
      onFailure: (subgraph, why, requestId) => log.warn({ requestId, subgraph, why }, 'subgraph failed'),
    }),
    description: ORDER_OF_A_CASE,
    seeds: SEEDS,
    entrant: ({ caller, fenced, gone }) => entrantUntil(gone, { caller: callerKey(caller), isUrgent: fenced }),
    onPlanned: ({ planned }) => planned(),
    onPlannerEnd: () => log.error('a planning process ended; another is in its place'),
    onUnasked: (subgraph, count, { operation: { requestId } }) =>
      log.warn({ requestId, subgraph, count }, 'subgraph answered what was not asked; it is dropped'),
  });
  const app = await createApp({
    engine,
    authenticate: createAuthenticate(configuration),
    published: await publishedOperations(fileURLToPath(new URL('../schema/operations', import.meta.url))),
    introspection: configuration.introspection === 'on',
    routers:
      configuration.routers === null
        ? null
        : {
            secret: configuration.routers.secret,
            key: await signingKey(configuration.routers.key),
            audiences: () => pools.names(),
          },
    log,
  });
  const stopFollowing = followFiles(configuration, engine, pools, log);
  await app.listen({ host: configuration.host, port: configuration.port });
  const management = await openManagement(configuration);
  const { port } = app.server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ ready: true, port, managementPort: management?.port })}\n`);
  process.once('SIGTERM', () => {
    stopFollowing();
    void Promise.all([management?.close(), app.close()]).then(() => pools.close());
  });
}

/** Takes a changed supergraph and renewed certificates into use. Returns a function that stops it. */
function followFiles(
  { supergraphFile, supergraph: served, subgraphs, tls: used }: GatewayConfiguration,
  engine: { reload(supergraph: string): Promise<void> },
  pools: SubgraphPools,
  log: Logger,
): () => void {
  const stopReloading = reloadOnChange({
    file: supergraphFile,
    served,
    accept: async (supergraph) => {
      const urls = subgraphUrls(process.env, supergraph);
      if (used.given !== null) demandHttps(Object.values(urls));
      await engine.reload(supergraph);
      pools.route(urls);
    },
    log,
  });
  const stopRenewing = renewCertificates({
    used: used.given,
    env: process.env,
    read: (env) => subgraphTls(env, Object.values(subgraphs)).given,
    accept: (tls) => pools.renew(tls),
    log,
  });
  return () => {
    stopReloading();
    stopRenewing();
  };
}

exitOnFault(async () => {
  const args = process.argv.slice(2);
  if (args.length === 0) return serveHub();
  const { serveGeneric } = await import('./generic/generic.ts');
  await serveGeneric(args);
});
