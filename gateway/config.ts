import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Kind, parse } from 'graphql';
import {
  ConfigurationError,
  choice,
  choices,
  integer,
  issuerUrl,
  optional,
  pem,
  port,
  readConfiguration,
  string,
  url,
} from '../schema/configuration.ts';

/** Signature algorithms that an identity provider may be configured with; symmetric ones never. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;

const SUPERGRAPH = fileURLToPath(new URL('../schema/generated/supergraph.graphql', import.meta.url));

/** The gateway's configuration. Throws one ConfigurationError that names all that is missing or wrong. */
export function gatewayConfiguration(env: Readonly<Record<string, string | undefined>>) {
  const { supergraphFile } = readConfiguration(env, {
    supergraphFile: optional(string('SAMSYN_SUPERGRAPH', 'the path of a supergraph'), SUPERGRAPH),
  });
  const supergraph = supergraphIn(supergraphFile);
  const subgraphs = Object.fromEntries(
    subgraphsOf(supergraph).map((name) => [name, url(`SAMSYN_${name.toUpperCase().replaceAll('-', '_')}_URL`)]),
  );
  const faults: string[] = [];
  const gather = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (fault) {
      if (!(fault instanceof ConfigurationError)) throw fault;
      faults.push(...fault.faults);
      return undefined;
    }
  };
  const own = gather(() => readConfiguration(env, VARIABLES));
  const urls = gather(() => readConfiguration(env, subgraphs));
  if (own === undefined || urls === undefined) throw new ConfigurationError(faults);
  return { ...own, supergraph, subgraphs: urls };
}

const VARIABLES = {
  host: optional(string('SAMSYN_HOST', 'an address to listen on'), '127.0.0.1'),
  port: optional(port('SAMSYN_PORT'), 4000),
  assertionKey: pem('SAMSYN_ASSERTION_PRIVATE_KEY', 'private'),
  introspection: optional(choice('SAMSYN_INTROSPECTION', ['on', 'off']), 'off'),
  issuer: issuerUrl('SAMSYN_OIDC_ISSUER'),
  audience: optional(string('SAMSYN_OIDC_AUDIENCE', 'the audience of access tokens'), 'samsyn'),
  jwksUrl: optional(issuerUrl('SAMSYN_OIDC_JWKS_URL'), null),
  algorithms: optional(choices('SAMSYN_OIDC_ALGORITHMS', ALGORITHMS), ['RS256', 'PS256', 'ES256', 'EdDSA'] as const),
  toleranceSeconds: optional(integer('SAMSYN_OIDC_TOLERANCE_SECONDS', 0, 60), 5),
  agencyClaim: optional(string('SAMSYN_CLAIM_AGENCY', 'the name of a claim'), 'agency'),
  rolesClaim: optional(string('SAMSYN_CLAIM_ROLES', 'the name of a claim'), 'roles'),
};

/** What gatewayConfiguration gives. */
export type GatewayConfiguration = ReturnType<typeof gatewayConfiguration>;

function supergraphIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new ConfigurationError(['SAMSYN_SUPERGRAPH is wrong: expected the path of a supergraph that can be read']);
  }
}

/** The names of the subgraphs that a supergraph is composed of, as its join__graph directives have them. */
export function subgraphsOf(supergraph: string): string[] {
  return parse(supergraph, { noLocation: true }).definitions.flatMap((definition) => {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') return [];
    return (definition.values ?? []).flatMap(({ directives }) => {
      const graph = directives?.find(({ name }) => name.value === 'join__graph');
      const name = graph?.arguments?.find((argument) => argument.name.value === 'name')?.value;
      return name?.kind === Kind.STRING ? [name.value] : [];
    });
  });
}
