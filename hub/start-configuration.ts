import { join } from 'node:path';
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
export const START_VARIABLES: readonly Variable<unknown>[] = Object.values(VARIABLES);

/** The configuration of `npm start`. Throws a ConfigurationError that names every fault. */
export function startConfiguration(env: Readonly<Record<string, string | undefined>>) {
  return readConfiguration(env, VARIABLES);
}
