import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'graphql';
import {
  ConfigurationError,
  certificates,
  choice,
  choices,
  integer,
  isKeyOf,
  issuerUrl,
  meant,
  optional,
  pem,
  port,
  privateKey,
  readConfiguration,
  secret,
  string,
  url,
  type Variable,
} from '../process/configuration.ts';
import { MANAGEMENT } from '../process/management.ts';
import { isSameKey } from '../schema/caller.ts';
import type { SubgraphTls } from './ask/subgraph-pools.ts';
import { subgraphsOf } from './engine/prepare/supergraph.ts';

/** Signature algorithms that an identity provider may be configured with; symmetric ones never. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;

const SUPERGRAPH = fileURLToPath(new URL('../schema/generated/supergraph.graphql', import.meta.url));

/** The gateway's configuration. Throws one ConfigurationError that names everything missing or wrong. */
export function gatewayConfiguration(env: Readonly<Record<string, string | undefined>>) {
  const { supergraphFile } = readConfiguration(env, SUPERGRAPH_VARIABLES);
  const supergraph = supergraphIn(supergraphFile);
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
  const own = gather(() => withRouters(readConfiguration(env, VARIABLES)));
  const subgraphs = gather(() => subgraphUrls(env, supergraph));
  const tls = gather(() => subgraphTls(env, Object.values(subgraphs ?? {})));
  if (own === undefined || subgraphs === undefined || tls === undefined) throw new ConfigurationError(faults);
  return { ...own, supergraphFile, supergraph, subgraphs, tls };
}

/** The configuration, with what concerns other routers as a whole. Throws a ConfigurationError if a part of it is missing. */
function withRouters<C extends OwnConfiguration>(
  own: C,
): C & { readonly routers: { secret: string; key: string } | null } {
  const { routerSecret, routerKey, assertionKey } = own;
  if (routerSecret === null && routerKey === null) return { ...own, routers: null };
  if (routerSecret === null || routerKey === null) {
    throw new ConfigurationError([
      'SAMSYN_ROUTER_SECRET and SAMSYN_ROUTER_ASSERTION_PRIVATE_KEY belong together: set both or neither',
    ]);
  }
  if (isSameKey(routerKey, assertionKey)) {
    throw new ConfigurationError([
      'SAMSYN_ROUTER_ASSERTION_PRIVATE_KEY is wrong: expected another key than SAMSYN_ASSERTION_PRIVATE_KEY',
    ]);
  }
  return { ...own, routers: { secret: routerSecret, key: routerKey } };
}

interface OwnConfiguration {
  readonly routerSecret: string | null;
  readonly routerKey: string | null;
  readonly assertionKey: string;
}

/** The configured URL of each subgraph of the supergraph, by name. Throws a ConfigurationError if one has none. */
export function subgraphUrls(
  env: Readonly<Record<string, string | undefined>>,
  supergraph: string,
): Readonly<Record<string, string>> {
  const names = [...subgraphsOf(parse(supergraph, { noLocation: true })).keys()];
  const variables = names.map((name) => [name, subgraphUrl(name)] as const);
  return readConfiguration(env, Object.fromEntries(variables));
}

/**
 * The certificates for connections to the subgraphs at these URLs; `given` is null if nothing is configured. Throws a
 * ConfigurationError that names every fault.
 */
export function subgraphTls(
  env: Readonly<Record<string, string | undefined>>,
  urls: readonly string[],
): { readonly given: SubgraphTls | null } {
  const given = readConfiguration(env, SUBGRAPH_TLS_VARIABLES);
  const { ca, certificate, key } = given;
  if (ca === null && certificate === null && key === null) return { given: null };
  const faults: string[] = [];
  if ((certificate === null) !== (key === null)) {
    faults.push('SAMSYN_SUBGRAPH_CERTIFICATE and SAMSYN_SUBGRAPH_KEY belong together: set both or neither');
  } else if (certificate !== null && key !== null && !isKeyOf(certificate, key)) {
    faults.push('SAMSYN_SUBGRAPH_KEY is wrong: expected the key of SAMSYN_SUBGRAPH_CERTIFICATE');
  }
  if (isInClear(urls)) faults.push(IN_CLEAR);
  if (faults.length > 0) throw new ConfigurationError(faults);
  return { given };
}

const IN_CLEAR = 'certificates are set, but a subgraph has an http:// URL: expected https:// for every subgraph';

/** Throws a ConfigurationError for URLs that the certificates would not protect; nobody would notice otherwise. */
export function demandHttps(urls: readonly string[]): void {
  if (isInClear(urls)) throw new ConfigurationError([IN_CLEAR]);
}

function isInClear(urls: readonly string[]): boolean {
  return urls.some((address) => new URL(address).protocol !== 'https:');
}

const SUPERGRAPH_VARIABLES = {
  supergraphFile: meant(
    'Path of the supergraph. A changed file is served without a restart, at once on SIGHUP. A broken file is not served, and the log reports it.',
    optional(string('SAMSYN_SUPERGRAPH', 'the path of a supergraph'), SUPERGRAPH),
  ),
};

const SUBGRAPH_TLS_VARIABLES = {
  ca: meant(
    'Authorities that signed the subgraphs’ certificates. If unset, those that Node trusts.',
    optional(certificates('SAMSYN_SUBGRAPH_CA'), null),
  ),
  certificate: meant(
    'The certificate that the gateway shows to subgraphs (mTLS).',
    optional(certificates('SAMSYN_SUBGRAPH_CERTIFICATE'), null),
  ),
  key: meant('The key of that certificate.', optional(privateKey('SAMSYN_SUBGRAPH_KEY'), null)),
};

function subgraphUrl(name: string): Variable<string> {
  return meant(
    'URL of the subgraph, such as `http://school:4000/graphql`; `https://` if it has a certificate.',
    url(`SAMSYN_${name.toUpperCase().replaceAll('-', '_')}_URL`),
  );
}

/** The variables of the identity provider whose access tokens are accepted. */
export const PROVIDER_VARIABLES = {
  issuer: meant('Identity provider whose access tokens are accepted.', issuerUrl('SAMSYN_OIDC_ISSUER')),
  audience: meant(
    'Audience that access tokens must name.',
    optional(string('SAMSYN_OIDC_AUDIENCE', 'the audience of access tokens'), 'samsyn'),
  ),
  jwksUrl: meant(
    'URL of the provider’s keys. If unset, the one in its discovery document.',
    optional(issuerUrl('SAMSYN_OIDC_JWKS_URL'), null),
  ),
  algorithms: meant(
    'Signature algorithms accepted for access tokens.',
    optional(choices('SAMSYN_OIDC_ALGORITHMS', ALGORITHMS), ['RS256', 'PS256', 'ES256', 'EdDSA'] as const),
  ),
  toleranceSeconds: meant(
    'Seconds by which the provider’s clock may differ.',
    optional(integer('SAMSYN_OIDC_TOLERANCE_SECONDS', 0, 60), 5),
  ),
  agencyClaim: meant(
    'Claim that names the agency; a dotted path is allowed.',
    optional(string('SAMSYN_CLAIM_AGENCY', 'the name of a claim'), 'agency'),
  ),
  rolesClaim: meant(
    'Claim that names the roles; a dotted path is allowed.',
    optional(string('SAMSYN_CLAIM_ROLES', 'the name of a claim'), 'roles'),
  ),
};

const VARIABLES = {
  host: meant('Address to listen on.', optional(string('SAMSYN_HOST', 'an address to listen on'), '127.0.0.1')),
  port: meant('Port for clients.', optional(port('SAMSYN_PORT'), 4000)),
  assertionKey: meant('Key that signs the caller assertions.', pem('SAMSYN_ASSERTION_PRIVATE_KEY', 'private')),
  introspection: meant(
    'Whether clients may ask for the schema.',
    optional(choice('SAMSYN_INTROSPECTION', ['on', 'off']), 'off'),
  ),
  routerSecret: meant(
    'Password by which another federation router authenticates itself at `POST /assertion`, under the name `router`. Unset: there is no such address.',
    optional(secret('SAMSYN_ROUTER_SECRET'), null),
  ),
  routerKey: meant(
    'Key that signs the caller assertions for routers. Set with SAMSYN_ROUTER_SECRET; another key than SAMSYN_ASSERTION_PRIVATE_KEY.',
    optional(pem('SAMSYN_ROUTER_ASSERTION_PRIVATE_KEY', 'private'), null),
  ),
  ...PROVIDER_VARIABLES,
  ...MANAGEMENT,
};

/** Every variable that the gateway reads; `subgraphs` names the subgraphs whose URLs it needs. */
export function gatewayVariables(subgraphs: readonly string[]): Variable<unknown>[] {
  return [VARIABLES, SUPERGRAPH_VARIABLES, SUBGRAPH_TLS_VARIABLES]
    .flatMap((spec): Variable<unknown>[] => Object.values(spec))
    .concat(subgraphs.map(subgraphUrl));
}

/** The configuration that gatewayConfiguration returns. */
export type GatewayConfiguration = ReturnType<typeof gatewayConfiguration>;

function supergraphIn(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    parse(text, { noLocation: true });
    return text;
  } catch {
    throw new ConfigurationError(['SAMSYN_SUPERGRAPH is wrong: expected the path of a readable supergraph']);
  }
}
