import {
  ConfigurationError,
  certificates,
  isKeyOf,
  optional,
  privateKey,
  readConfiguration,
} from '../../process/configuration.ts';
import type { ServerTls } from '../../process/tls.ts';
import type { Folder } from '../folders.ts';

/**
 * How a folder's subgraph serves HTTPS, from the environment: its certificate and key, and who signed the gateway's
 * certificate. null when none is given: it then serves in clear. Throws a ConfigurationError that names every fault.
 */
export function servingTls(env: Readonly<Record<string, string | undefined>>, { key: name }: Folder): ServerTls | null {
  const variables = {
    certificate: `SAMSYN_${name}_CERTIFICATE`,
    key: `SAMSYN_${name}_KEY`,
    clientCa: 'SAMSYN_GATEWAY_CA',
  };
  const { certificate, key, clientCa } = readConfiguration(env, {
    certificate: optional(certificates(variables.certificate), null),
    key: optional(privateKey(variables.key), null),
    clientCa: optional(certificates(variables.clientCa), null),
  });
  if (certificate === null && key === null && clientCa === null) return null;
  // Any of them alone would leave the subgraph in clear, or open to everybody, and nobody would notice.
  if (certificate === null || key === null || clientCa === null) {
    const [first, second, third] = Object.values(variables);
    throw new ConfigurationError([`${first}, ${second} and ${third} belong together: set all three, or none`]);
  }
  if (!isKeyOf(certificate, key)) {
    throw new ConfigurationError([`${variables.key} is wrong: expected the key of ${variables.certificate}`]);
  }
  return { certificate, key, clientCa };
}
