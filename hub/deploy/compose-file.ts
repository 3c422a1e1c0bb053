import { readFileSync } from 'node:fs';
import { Document, isMap, type YAMLMap } from 'yaml';
import { type Folder, folders, loginsOf, ownerLogin, type ServerName, servingLogins } from '../../chassis/folders.ts';
import { StartError } from '../../process/start-error.ts';
import { NODE_ARGUMENTS, NODE_ENVIRONMENT } from '../node-arguments.ts';

/** The port inside each of our containers; only the gateway's is published. */
const PORT = 4000;
/** The port of the health check of each of our processes, on its container's loopback: a probe has no certificate. */
const MANAGEMENT_PORT = 4002;
/** The port on which the registry serves checkpoint, tiles and metrics inside the composition. */
const LOG_PORT = 4001;
const HEADER =
  ' Generated from the folders of subgraphs/ by npm run schema: do not edit. docs/operators.md says how to run it.';

/** The host name and port of a PostgreSQL server inside the composition. */
export const COMPOSED_HOSTS: Readonly<Record<ServerName, string>> = {
  registry: 'registry-postgres:5432',
  sectors: 'sectors-postgres:5432',
};

/** The variables of the key pair of caller assertions: the gateway signs, the subgraphs verify. */
export const ASSERTION_KEYS = { sign: 'SAMSYN_ASSERTION_PRIVATE_KEY', verify: 'SAMSYN_ASSERTION_PUBLIC_KEY' } as const;

/** The variable of the key that signs the access log. */
export const LOG_KEY = 'SAMSYN_LOG_KEY';

/** The variable of the bearer token that alarms are sent with. */
export const ALARM_TOKEN = 'SAMSYN_ALARM_HOOK_TOKEN';

/** The name of the file under secrets/ that holds the value of a variable. */
export function secretName(variable: string): string {
  return variable.toLowerCase();
}

/** The variables of the superuser's URL of a server, and of the password that the server is made with. */
export function adminVariables(server: ServerName): { url: string; password: string } {
  const key = server.toUpperCase();
  return { url: `SAMSYN_${key}_ADMIN_URL`, password: `SAMSYN_${key}_ADMIN_PASSWORD` };
}

/** docker-compose.yml for these folders; the same folders give the same text. */
export function renderCompose(all: readonly Folder[] = folders()): string {
  const services: Record<string, Service> = {
    'registry-postgres': postgresService('registry'),
    'sectors-postgres': postgresService('sectors'),
    provision: provisionService(all),
    migrate: migrateService(all),
    ...Object.fromEntries(all.map((folder) => [folder.name, subgraphService(folder)])),
    gateway: gatewayService(all),
  };
  const secrets = [...new Set(Object.values(services).flatMap((service) => service.secrets))].sort();
  const document = new Document(
    {
      name: 'samsyn',
      'x-samsyn': ours(),
      services,
      networks: {
        front: {},
        inside: { internal: true },
        'registry-database': { internal: true },
        'sectors-database': { internal: true },
      },
      volumes: { 'registry-data': {}, 'sectors-data': {}, 'log-memory': {} },
      secrets: Object.fromEntries(secrets.map((name) => [name, { file: `./secrets/${name}` }])),
    },
    // Like YAML 1.1, Compose reads the merge key, and "no" as a boolean.
    { version: '1.1', aliasDuplicateObjects: false },
  );
  document.commentBefore = HEADER;
  shareOurs(document);
  return document.toString({ lineWidth: 0 });
}

interface Service {
  readonly secrets: readonly string[];
  readonly [key: string]: unknown;
}

/** The parts that each of our processes has: one image, no rights, and nothing to write to. */
function ours(): object {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return {
    image: `samsyn:${version}`,
    build: { context: '.', dockerfile_inline: DOCKERFILE },
    init: true,
    read_only: true,
    tmpfs: ['/tmp'],
    ...NO_RIGHTS,
    stop_grace_period: '15s',
  };
}

/**
 * The image in two stages. The first has all packages and builds with them; the second is the rest of it without
 * development packages. Both are in one folder, because compiled files are found by their path. It runs the Node
 * version that the packages were bundled with: another would load them as installed, in twice the memory.
 */
const DOCKERFILE = `FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc .swcrc tsconfig.json ./
COPY build build
COPY process process
COPY schema schema
COPY gateway gateway
COPY chassis chassis
COPY subgraphs subgraphs
COPY hub hub
RUN npm ci && npm prune --omit=dev
RUN mkdir /memory

FROM node:24-slim
ENV NODE_ENV=production MALLOC_ARENA_MAX=${NODE_ENVIRONMENT.MALLOC_ARENA_MAX}
WORKDIR /app
COPY --from=build /app /app
COPY --from=build --chown=node /memory /memory
ENV PATH=/app/node_modules/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
USER node
`;

const NO_RIGHTS = { cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] };

/** Where the sealer's memory is mounted: a volume of its own, so that what befalls the registry's database spares it. */
const MEMORY = '/memory';

/** A mark on each of our processes, to share the parts of ours(). */
const OURS = { '<<': 'samsyn' };

function postgresService(server: ServerName): Service {
  const password = secretName(adminVariables(server).password);
  return {
    image: 'postgres:18',
    user: 'postgres',
    // A checkpoint every half minute would cost a tenth of a second at the worst moment.
    command: ['postgres', '-c', 'max_wal_size=4GB'],
    environment: {
      POSTGRES_USER: 'samsyn_admin',
      POSTGRES_DB: 'postgres',
      POSTGRES_PASSWORD_FILE: `/run/secrets/${password}`,
      POSTGRES_INITDB_ARGS:
        '--auth=scram-sha-256 --encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8',
    },
    read_only: true,
    tmpfs: ['/tmp', '/var/run/postgresql'],
    ...NO_RIGHTS,
    shm_size: '256mb',
    volumes: [`${server}-data:/var/lib/postgresql`],
    networks: [`${server}-database`],
    secrets: [password],
    healthcheck: health(['CMD', 'pg_isready', '--username=samsyn_admin', '--dbname=postgres', '--host=127.0.0.1']),
    restart: 'unless-stopped',
    stop_grace_period: '60s',
  };
}

function provisionService(all: readonly Folder[]): Service {
  const logins = all.flatMap(loginsOf).filter(({ optional }) => !optional);
  const admin = (['registry', 'sectors'] as const).map((server) => adminVariables(server).url);
  return {
    ...OURS,
    command: program('hub/databases/provision.ts'),
    ...fromSecrets([...admin, ...logins.map(({ variable }) => variable)]),
    networks: ['registry-database', 'sectors-database'],
    depends_on: {
      'registry-postgres': { condition: 'service_healthy' },
      'sectors-postgres': { condition: 'service_healthy' },
    },
    restart: 'no',
  };
}

function migrateService(all: readonly Folder[]): Service {
  return {
    ...OURS,
    command: program('hub/databases/migrate.ts'),
    ...fromSecrets(all.map((folder) => ownerLogin(folder).variable)),
    networks: ['registry-database', 'sectors-database'],
    depends_on: { provision: { condition: 'service_completed_successfully' } },
    restart: 'no',
  };
}

function subgraphService(folder: Folder): Service {
  const logins = servingLogins(folder);
  const keys = folder.isRegistry ? [ASSERTION_KEYS.verify, LOG_KEY, ALARM_TOKEN] : [ASSERTION_KEYS.verify];
  return {
    ...OURS,
    command: program('chassis/serve/serve.ts', folder.name),
    ...fromSecrets([...logins.map(({ variable }) => variable), ...keys], {
      SAMSYN_HOST: '0.0.0.0',
      [`SAMSYN_${folder.key}_PORT`]: String(PORT),
      SAMSYN_MANAGEMENT_PORT: String(MANAGEMENT_PORT),
      ...(folder.isRegistry ? { ...logSettings(), ...alarmSettings() } : {}),
    }),
    ...(folder.isRegistry ? { volumes: [`log-memory:${MEMORY}`] } : {}),
    networks: ['inside', ...new Set(logins.map(({ server }) => `${server}-database`))],
    depends_on: { migrate: { condition: 'service_completed_successfully' } },
    healthcheck: ourHealth(),
    restart: 'unless-stopped',
  };
}

/**
 * The settings of the sealer in the registry's process. The log's name is permanent, so only the operator can give it.
 */
function logSettings(): Record<string, string> {
  return {
    SAMSYN_LOG_ORIGIN: fromHost(
      'SAMSYN_LOG_ORIGIN',
      ':?set it to the name of your access log, such as samsyn.example.se/log',
    ),
    SAMSYN_LOG_PORT: String(LOG_PORT),
    SAMSYN_LOG_MEMORY: `${MEMORY}/checkpoint`,
    SAMSYN_LOG_WITNESS_POLICY: fromHost('SAMSYN_LOG_WITNESS_POLICY', ':-'),
    SAMSYN_LOG_LAG_LIMIT_SECONDS: fromHost('SAMSYN_LOG_LAG_LIMIT_SECONDS', ':-'),
  };
}

/** The settings of the alarms in the registry's process: without a URL they are lines in its log. */
function alarmSettings(): Record<string, string> {
  const names = ['SAMSYN_ALARM_HOOK_URL', 'SAMSYN_ALARM_INTERVAL_SECONDS'];
  return Object.fromEntries(names.map((name) => [name, fromHost(name, ':-')]));
}

function gatewayService(all: readonly Folder[]): Service {
  const subgraphs = all.map(({ key, name }) => [`SAMSYN_${key}_URL`, `http://${name}:${PORT}/graphql`]);
  return {
    ...OURS,
    command: program('gateway/main.ts'),
    ...fromSecrets([ASSERTION_KEYS.sign], {
      SAMSYN_HOST: '0.0.0.0',
      SAMSYN_PORT: String(PORT),
      SAMSYN_MANAGEMENT_PORT: String(MANAGEMENT_PORT),
      SAMSYN_OIDC_ISSUER: fromHost('SAMSYN_OIDC_ISSUER', ':?set it to the URL of your identity provider'),
      ...Object.fromEntries(GATEWAY_SETTINGS.map((name) => [name, fromHost(name, ':-')])),
      ...Object.fromEntries(subgraphs),
    }),
    networks: ['front', 'inside'],
    // On the host's loopback, because a proxy that terminates TLS stands in front.
    ports: [`${fromHost('SAMSYN_PUBLISH', ':-127.0.0.1:4000')}:${PORT}`],
    // A subgraph that is down costs only its own fields, so the gateway waits for none.
    depends_on: Object.fromEntries(all.map(({ name }) => [name, { condition: 'service_started' }])),
    healthcheck: ourHealth(),
    restart: 'unless-stopped',
  };
}

/** The gateway's settings that an operator may set; empty gives the gateway's own default. */
const GATEWAY_SETTINGS = [
  'SAMSYN_OIDC_AUDIENCE',
  'SAMSYN_OIDC_JWKS_URL',
  'SAMSYN_OIDC_ALGORITHMS',
  'SAMSYN_OIDC_TOLERANCE_SECONDS',
  'SAMSYN_CLAIM_AGENCY',
  'SAMSYN_CLAIM_ROLES',
  'SAMSYN_INTROSPECTION',
];

/** A variable that Compose takes from the host, with its value or error if it is not set. */
function fromHost(variable: string, otherwise: string): string {
  return `\${${variable}${otherwise}}`;
}

function program(entry: string, ...args: string[]): string[] {
  return ['node', ...NODE_ARGUMENTS, entry, ...args];
}

function fromSecrets(variables: readonly string[], plain: Readonly<Record<string, string>> = {}): Service {
  const files = variables.map((variable) => [`${variable}_FILE`, `/run/secrets/${secretName(variable)}`]);
  return { environment: { ...plain, ...Object.fromEntries(files) }, secrets: variables.map(secretName) };
}

function ourHealth(): object {
  const script = `fetch('http://127.0.0.1:${MANAGEMENT_PORT}/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
  return health(['CMD', 'node', '-e', script]);
}

function health(test: readonly string[]): object {
  return { test, interval: '10s', timeout: '3s', retries: 3, start_period: '30s', start_interval: '1s' };
}

/** Replaces the mark of our services by a reference to the one description of their shared parts. */
function shareOurs(document: Document): void {
  const shared = document.get('x-samsyn');
  const services = document.get('services');
  if (!isMap(shared) || !isMap(services))
    throw new StartError('docker-compose.yml could not be rendered: expected its services and x-samsyn to be maps.');
  shared.anchor = 'samsyn';
  for (const { value } of services.items) {
    const service = value as YAMLMap;
    if (service.has('<<')) service.set('<<', document.createAlias(shared, 'samsyn'));
  }
}
