import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { GraphQLError, parse } from 'graphql';
import { ConfigurationError } from '../../process/configuration.ts';
import { SubgraphPools } from '../ask/subgraph-pools.ts';
import { createEngine } from '../engine/engine.ts';
import { subgraphsOf } from '../engine/prepare/supergraph.ts';
import { createLog } from '../log.ts';
import { reloadOnChange } from '../reload.ts';
import { entrantUntil } from '../waiting-operations.ts';
import { createGenericApp } from './generic-app.ts';
import { createGenericTransport, type GenericContext } from './generic-transport.ts';
import { labelsIn } from './labels-in.ts';

/**
 * Serves any Federation 2 supergraph on the hub's engine, without the hub: `npm run gateway -- --supergraph FILE --port
 * N`. It authenticates nobody and passes nothing about the client on: no header and no caller assertion. It rejects a
 * supergraph that carries the hub's labels, so that nobody can use it to get round the hub.
 */
export async function serveGeneric(args: readonly string[]): Promise<void> {
  const { file, host, port } = optionsIn(args);
  const log = createLog('generic-gateway');
  const pools = new SubgraphPools();
  const served = supergraphIn(file);
  pools.route(checkedUrls(served));
  const engine = createEngine<GenericContext>({
    supergraph: served,
    transport: createGenericTransport(pools, (subgraph, why) => log.warn({ subgraph, why }, 'subgraph failed')),
    entrant: ({ gone }) => entrantUntil(gone, { caller: '', isUrgent: false }),
    onPlanned: ({ planned }) => planned(),
    onPlannerEnd: () => log.error('a planning process ended; another is in its place'),
    onUnasked: (subgraph, count) =>
      log.warn({ subgraph, count }, 'subgraph answered what was not asked; it is dropped'),
  });
  const app = await createGenericApp({ engine, log });
  const accept = async (supergraph: string) => {
    const urls = checkedUrls(supergraph);
    await engine.reload(supergraph);
    pools.route(urls);
  };
  const stopReloading = reloadOnChange({ file, served, accept, log });
  await app.listen({ host, port });
  process.stdout.write(`${JSON.stringify({ ready: true, port: (app.server.address() as AddressInfo).port })}\n`);
  process.once('SIGTERM', () => {
    stopReloading();
    void app.close().then(() => pools.close());
  });
}

const USAGE =
  'the command line is wrong: expected --supergraph FILE [--port N] [--host ADDRESS]; the defaults are 4000 and 127.0.0.1';

function optionsIn(args: readonly string[]): { file: string; host: string; port: number } {
  const options = {
    supergraph: { type: 'string' },
    port: { type: 'string', default: '4000' },
    host: { type: 'string', default: '127.0.0.1' },
  } as const;
  try {
    const { supergraph: file, port, host } = parseArgs({ args: [...args], options }).values;
    if (file !== undefined && /^\d{1,5}$/.test(port) && Number(port) < 65_536)
      return { file, host, port: Number(port) };
  } catch {
    // An unknown option: the error below lists the known ones.
  }
  throw new ConfigurationError([USAGE]);
}

function supergraphIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code = 'unknown fault' } = cause as NodeJS.ErrnoException;
    throw new ConfigurationError([`--supergraph is wrong (${code}): expected the path of a readable supergraph`]);
  }
}

/**
 * The URLs that the supergraph itself gives its subgraphs. Throws a ConfigurationError for a supergraph that must not
 * be served.
 */
function checkedUrls(supergraph: string): Readonly<Record<string, string>> {
  const document = documentIn(supergraph);
  const labels = labelsIn(document);
  if (labels.length > 0) {
    throw new ConfigurationError([
      `the supergraph carries the hub's labels (${labels.join(', ')}), which only the hub may serve: set SAMSYN_SUPERGRAPH and start without --supergraph`,
    ]);
  }
  const subgraphs = subgraphsOf(document);
  if (subgraphs.size === 0) throw new ConfigurationError(['--supergraph is wrong: expected a Federation 2 supergraph']);
  const faults = [...subgraphs].flatMap(([name, url]) =>
    /^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')
      ? []
      : [`the subgraph ${name} has no http:// or https:// URL in the supergraph: compose it with one`],
  );
  if (faults.length > 0) throw new ConfigurationError(faults);
  return Object.fromEntries(subgraphs);
}

function documentIn(supergraph: string) {
  try {
    return parse(supergraph, { noLocation: true });
  } catch (fault) {
    if (!(fault instanceof GraphQLError)) throw fault;
    throw new ConfigurationError(['--supergraph is wrong: expected a GraphQL schema']);
  }
}
