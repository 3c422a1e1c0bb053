import {
  ConfigurationError,
  integer,
  meant,
  optional,
  pem,
  port,
  readConfiguration,
  string,
  url,
  type Variable,
} from '../../process/configuration.ts';
import { MANAGEMENT } from '../../process/management.ts';
import { isSameKey } from '../../schema/caller.ts';
import { authorizeLogin, type Folder, runtimeLogin } from '../folders.ts';
import { servingTlsVariables } from './serving-tls.ts';

/** The configuration of the process that serves a folder. Throws a ConfigurationError that names every fault. */
export function servingConfiguration(env: Readonly<Record<string, string | undefined>>, folder: Folder) {
  const configuration = readConfiguration(env, specificationOf(folder));
  const { routerKey, assertionKey } = configuration;
  if (routerKey !== null && isSameKey(routerKey, assertionKey)) {
    throw new ConfigurationError([
      'SAMSYN_ROUTER_ASSERTION_PUBLIC_KEY is wrong: expected another key than SAMSYN_ASSERTION_PUBLIC_KEY',
    ]);
  }
  return configuration;
}

/** Every variable that the process which serves a folder reads. */
export function servingVariables(folder: Folder): Variable<unknown>[] {
  return [specificationOf(folder), servingTlsVariables(folder.key)].flatMap((spec): Variable<unknown>[] =>
    Object.values(spec),
  );
}

function specificationOf(folder: Folder) {
  const [database, registry] = [runtimeLogin(folder), authorizeLogin(folder)];
  return {
    database: meant(database.purpose, url(database.variable, ['postgresql:', 'postgres:'])),
    registry: meant(
      registry.purpose,
      folder.isRegistry ? optional(url(registry.variable), null) : url(registry.variable, ['postgresql:', 'postgres:']),
    ),
    port: meant('Port that the gateway asks.', port(`SAMSYN_${folder.key}_PORT`)),
    host: meant('Address to listen on.', optional(string('SAMSYN_HOST', 'the address to listen on'), '127.0.0.1')),
    assertionKey: meant('Verifies the caller assertions.', pem('SAMSYN_ASSERTION_PUBLIC_KEY', 'public')),
    routerKey: meant(
      'Verifies the caller assertions that other federation routers send. Unset: none of them is taken.',
      optional(pem('SAMSYN_ROUTER_ASSERTION_PUBLIC_KEY', 'public'), null),
    ),
    tolerance: meant(
      'Seconds by which the gateway’s clock may be off.',
      optional(integer('SAMSYN_CLOCK_TOLERANCE_SECONDS', 0, 30), 2),
    ),
    ...MANAGEMENT,
  };
}
