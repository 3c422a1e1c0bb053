import {
  ConfigurationError,
  certificates,
  isKeyOf,
  meant,
  optional,
  privateKey,
  readConfiguration,
} from '../../process/configuration.ts';
import type { ServerTls } from '../../process/tls.ts';
import type { Folder } from '../folders.ts';

/** The variables by which the subgraph of a folder serves HTTPS; `key` is the folder's. */
export function servingTlsVariables(key: string) {
  return {
    certificate: meant(
      'The subgraph’s certificate. With its key and SAMSYN_GATEWAY_CA it serves HTTPS (TLS 1.3) to the gateway alone (mTLS). All three, or none: then in clear.',
      optional(certificates(`SAMSYN_${key}_CERTIFICATE`), null),
    ),
    key: meant('The key of that certificate.', optional(privateKey(`SAMSYN_${key}_KEY`), null)),
    clientCa: meant(
      'Authorities that signed the gateway’s certificate.',
      optional(certificates('SAMSYN_GATEWAY_CA'), null),
    ),
  };
}

/**
 * The HTTPS settings of a folder's subgraph, from the environment: its certificate and key, and the authorities of the gateway's
 * certificate. null if none is given: then it serves in clear. Throws a ConfigurationError that names every fault.
 */
export function servingTls(env: Readonly<Record<string, string | undefined>>, { key: name }: Folder): ServerTls | null {
  const variables = servingTlsVariables(name);
  const { certificate, key, clientCa } = readConfiguration(env, variables);
  if (certificate === null && key === null && clientCa === null) return null;
  // Only some of them would leave the subgraph in clear, or open to everybody, and nobody would notice.
  if (certificate === null || key === null || clientCa === null) {
    const [first, second, third] = Object.values(variables).map((variable) => variable.name);
    throw new ConfigurationError([`${first}, ${second} and ${third} belong together: set all three, or none`]);
  }
  if (!isKeyOf(certificate, key)) {
    throw new ConfigurationError([`${variables.key.name} is wrong: expected the key of ${variables.certificate.name}`]);
  }
  return { certificate, key, clientCa };
}
