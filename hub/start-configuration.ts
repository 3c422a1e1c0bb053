import { join } from 'node:path';
import { PROVIDER_VARIABLES } from '../gateway/config.ts';
import { meant, optional, port, readConfiguration, string, type Variable } from '../process/configuration.ts';
import { ROOT } from '../process/root.ts';

const VARIABLES = {
  folder: meant(
    'Folder of the demo’s data. Operators’ commands look for a running hub there too.',
    optional(string('SAMSYN_DATA', 'the folder for the demo’s data'), join(ROOT, '.samsyn')),
  ),
  port: meant('Port for clients.', optional(port('SAMSYN_PORT'), 4000)),
  issuerPort: meant('Port of the demo issuer.', optional(port('SAMSYN_DEMO_ISSUER_PORT'), 4001)),
};

/** Every variable that `npm start` reads. */
export const START_VARIABLES: readonly Variable<unknown>[] = [
  ...Object.values(VARIABLES),
  ...Object.values(PROVIDER_VARIABLES),
];

/**
 * The configuration of `npm start`. `provider` has the variables of one's own identity provider as they are set, or is null. Throws
 * a ConfigurationError that names every fault.
 */
export function startConfiguration(env: Readonly<Record<string, string | undefined>>) {
  const names = Object.values(PROVIDER_VARIABLES).flatMap(({ name }) => [name, `${name}_FILE`]);
  const provider = Object.fromEntries(names.map((name) => [name, env[name] ?? '']).filter(([, value]) => value !== ''));
  const isOwn = Object.keys(provider).length > 0;
  const { folder, port, issuerPort } = readConfiguration(
    env,
    isOwn ? { ...VARIABLES, ...PROVIDER_VARIABLES } : VARIABLES,
  );
  return { folder, port, issuerPort, provider: isOwn ? provider : null };
}
