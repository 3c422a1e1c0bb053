import type { AddressInfo } from 'node:net';
import { exitOnFault } from '../../process/configuration.ts';
import { openManagement } from '../../process/management.ts';
import { renewCertificates } from '../../process/renewal.ts';
import { StartError } from '../../process/start-error.ts';
import { renewTls } from '../../process/tls.ts';
import { verifyingKey } from '../../schema/caller.ts';
import { Authorizer } from '../decide/authorize.ts';
import { Budget } from '../decide/budget.ts';
import type { ServedSector } from '../decide/context.ts';
import { authorizeLogin, type Folder, folders, runtimeLogin } from '../folders.ts';
import { createLog } from '../log.ts';
import { changePlaces, createOrm, createPool } from '../store/database.ts';
import { demandServer } from '../store/demand-server.ts';
import type { Subgraph } from '../subgraph.ts';
import { buildServedSchema } from './build-schema.ts';
import { createSubgraphServer } from './server.ts';
import { servingConfiguration } from './serving-configuration.ts';
import { servingTls } from './serving-tls.ts';

/** Connections of one process to the registry. Each carries a flush of many requests. */
const AUTHORIZE_CONNECTIONS = 2;
const READ_CONNECTIONS = 8;

/** Serves one folder's subgraph: `npm run subgraph -- school`. */
async function serve(name: string | undefined): Promise<void> {
  const folder = folderToServe(name);
  const configuration = servingConfiguration(process.env, folder);
  const tls = servingTls(process.env, folder);
  const { subgraph } = (await import(`../../subgraphs/${folder.name}/index.ts`)) as { subgraph: Subgraph };
  const log = createLog(folder.name);
  const beginning = Promise.all((subgraph.beside ?? []).map((begin) => begin(process.env, log)));
  // Awaited below: a fault of one must not hide the other's.
  beginning.catch(() => undefined);
  const served = await buildServedSchema(subgraph);
  const { sector, close } = await connect(folder, subgraph, served.labels, configuration, log);
  const app = await createSubgraphServer({
    served,
    sector,
    membership: subgraph.membership ?? null,
    assertionKey: await verifyingKey(configuration.assertionKey),
    routerKey: configuration.routerKey === null ? null : await verifyingKey(configuration.routerKey),
    toleranceSeconds: configuration.tolerance,
    tls,
  });
  const beside = await beginning;
  await app.listen({ port: configuration.port, host: configuration.host });
  const stopRenewing = renewCertificates({
    used: tls,
    env: process.env,
    read: (env) => servingTls(env, folder),
    accept: (renewed) => renewTls(app.server, renewed),
    log,
  });
  const management = await openManagement(configuration);
  stopOnSignal(async () => {
    stopRenewing();
    await management?.close();
    await app.close();
    await Promise.all([sector.authorizer?.tell(), sector.budget.tell()]);
    await Promise.all([close(), ...beside.map((work) => work?.close())]);
  });
  const { port: listening } = app.server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ ready: true, port: listening, managementPort: management?.port })}\n`);
}

function folderToServe(name: string | undefined): Folder {
  const known = folders();
  const folder = known.find((each) => each.name === name);
  if (folder !== undefined) return folder;
  throw new StartError(`No known subgraph is named. Name one of ${known.map((each) => each.name).join(', ')}.`);
}

async function connect(
  folder: Folder,
  subgraph: Subgraph,
  labels: ServedSector['labels'],
  urls: { readonly database: string; readonly registry: string | null },
  log: ServedSector['log'],
): Promise<{ sector: ServedSector; close: () => Promise<void> }> {
  await demandServer(urls.database, runtimeLogin(folder).variable);
  if (urls.registry !== null) await demandServer(urls.registry, authorizeLogin(folder).variable);
  const orm = createOrm(urls.database, folder.schema, subgraph.entities);
  const pool = createPool(urls.database, READ_CONNECTIONS);
  const registry = urls.registry === null ? null : createPool(urls.registry, AUTHORIZE_CONNECTIONS);
  // Without a listener a broken idle connection would end the process; it is replaced at the next query.
  for (const each of [pool, registry]) each?.on('error', () => log.warn('an idle database connection was lost'));
  const sector: ServedSector = {
    name: folder.name,
    labels,
    authorizer: registry === null ? null : new Authorizer(registry),
    budget: new Budget(registry ?? pool),
    pool,
    log,
    fork: () => orm.em.fork(),
    changes: changePlaces(),
    metadata: (row) => orm.getMetadata().get(row),
  };
  return {
    sector,
    close: async () => {
      await Promise.all([orm.close(), pool.end(), registry?.end()]);
    },
  };
}

function stopOnSignal(stop: () => Promise<void>): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void stop().then(() => process.exit(0));
    });
  }
}

exitOnFault(() => serve(process.argv[2]));
