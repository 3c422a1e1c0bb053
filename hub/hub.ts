import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type DatabaseUrls, databaseUrls } from '../chassis/database-urls.ts';
import { type Folder, folders, ownerLogin, type ServerName, servingLogins } from '../chassis/folders.ts';
import { ROOT } from '../process/root.ts';
import { StartError } from '../process/start-error.ts';
import { type Child, type Program, runChild, settled, startChild } from './child.ts';
import { isPrepared, notePrepared, openDataFolder, type Secrets, serverFolder, versionOf } from './data-folder.ts';
import { isSeeded } from './databases/demo-mark.ts';
import { provision } from './databases/provision.ts';
import { type PostgresServer, startPostgres } from './postgres/postgres.ts';
import { requireBinaries } from './postgres/postgres-home.ts';
import { requireFree } from './require-free.ts';

/** The options of an embedded hub. */
export interface HubOptions {
  /** The folder of databases, secrets and logs; made if it does not exist. */
  readonly folder: string;
  /** The gateway's port; 0 takes any free one. */
  readonly port: number;
  /** The demo issuer's port; 0 takes any free one. */
  readonly issuerPort: number;
  /** The gateway's variables for one's own identity provider. If given, the demo issuer is not started. */
  readonly provider?: Readonly<Record<string, string>> | null;
  /** False only where the data may be lost, as in tests. */
  readonly fsync: boolean;
  /** More variables for a process, by its name. */
  readonly env?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Receives the steps of the start, in words for a person. */
  readonly onStep?: (step: string) => void;
  /** Receives a process or database server that ended although nobody asked it to; `restart` starts it again. */
  readonly onLoss?: (name: string, logFile: string) => void;
}

/** A PostgreSQL server of the hub, which can be stopped and started again on the same port. */
export interface HubServer {
  readonly port: number;
  readonly pid: number;
  readonly adminUrl: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** A running hub: two PostgreSQL servers, a process for each subgraph, the gateway and, unless it has another provider, the demo issuer. */
export interface Hub {
  /** The URL for clients' operations. */
  readonly url: string;
  /** The URL of the demo issuer. Throws a StartError if the hub has another identity provider. */
  readonly issuerUrl: string;
  /** The URL of every database login, by variable. */
  readonly databaseUrls: DatabaseUrls;
  /** The processes by name: each folder's, `gateway`, and `demo-issuer` if there is one. */
  readonly processes: ReadonlyMap<string, Child>;
  readonly postgres: Readonly<Record<ServerName, HubServer>>;
  /** The log of a process, as JSON lines. */
  logFile(name: string): string;
  /** Ends a process or database server (`registry-server`, `sectors-server`) if it still lives, and starts it on the same port. */
  restart(name: string): Promise<void>;
  /** An access token of the demo issuer for a persona. */
  token(persona: string): Promise<string>;
  /** Ends everything: first the processes, then the databases. */
  stop(): Promise<void>;
}

const GATEWAY = 'gateway';
const ISSUER = 'demo-issuer';
/** The name of an embedded hub's access log, which no witness knows. */
export const DEMO_LOG = 'samsyn.invalid/demo';

/**
 * Starts the whole hub from one folder, with the demo world in it. Everything that it started ends with this process,
 * however that ends. If it fails, it ends everything that it started and throws a StartError, one sentence.
 */
export async function startHub(options: HubOptions): Promise<Hub> {
  requireBinaries();
  await requireFree(options.port);
  if (options.provider == null) await requireFree(options.issuerPort);
  const launcher = new Launcher(options);
  try {
    await launcher.start();
  } catch (error) {
    await launcher.stop();
    throw error;
  }
  return launcher;
}

/**
 * Makes the databases of a hub and the demo world, and stops them. The result is a folder that startHub starts from
 * quickly, or that copyDataFolder copies.
 */
export async function prepareHub(options: Pick<HubOptions, 'folder' | 'fsync' | 'onStep'>): Promise<void> {
  const launcher = new Launcher({ ...options, port: 0, issuerPort: 0 });
  try {
    await launcher.prepare();
  } finally {
    await launcher.stop();
  }
}

class Launcher implements Hub {
  readonly processes = new Map<string, Child>();
  readonly #options: HubOptions;
  readonly #folder: string;
  readonly #folders = folders();
  readonly #programs = new Map<string, Program>();
  /** The processes and servers that were asked to end. */
  readonly #asked = new Set<Child | PostgresServer>();
  readonly #servers = new Map<ServerName, PostgresServer>();
  #urls: DatabaseUrls = {};

  constructor(options: HubOptions) {
    this.#options = options;
    this.#folder = resolve(options.folder);
  }

  get url(): string {
    return `${this.#origin(GATEWAY)}/graphql`;
  }

  get issuerUrl(): string {
    return this.#origin(ISSUER);
  }

  get databaseUrls(): DatabaseUrls {
    return this.#urls;
  }

  get postgres(): Readonly<Record<ServerName, HubServer>> {
    return { registry: this.#serverHandle('registry'), sectors: this.#serverHandle('sectors') };
  }

  async start(): Promise<void> {
    const secrets = await this.prepare();
    this.#options.onStep?.('starting the subgraphs');
    const issuers = this.#options.provider == null ? [this.#runIssuer()] : [];
    await settled([...issuers, ...this.#folders.map((folder) => this.#runSubgraph(folder, secrets))]);
    this.#options.onStep?.('starting the gateway');
    await this.#runGateway(secrets);
  }

  /** Starts the databases, and provisions, migrates and fills them unless this exact version has done it. */
  async prepare(): Promise<Secrets> {
    const secrets = openDataFolder(this.#folder, this.#folders);
    rmSync(join(this.#folder, 'logs'), { recursive: true, force: true });
    mkdirSync(join(this.#folder, 'logs'));
    this.#options.onStep?.('starting the databases');
    await settled([this.#startServer('registry', 0), this.#startServer('sectors', 0)]);
    const { registry, sectors } = this.postgres;
    const hosts = { registry: `127.0.0.1:${registry.port}`, sectors: `127.0.0.1:${sectors.port}` };
    this.#urls = databaseUrls(this.#folders, hosts, secrets.passwords);
    const version = versionOf(ROOT, this.#folder);
    if (isPrepared(this.#folder, version) && (await isSeeded(this.#folders, this.#urls))) return secrets;
    this.#options.onStep?.('making the databases and the demo world');
    const admin = { registry: registry.adminUrl, sectors: sectors.adminUrl };
    await provision({ folders: this.#folders, admin, urls: this.#urls, demo: true });
    await runChild({
      name: 'migrate',
      entry: 'hub/databases/migrate.ts',
      args: ['--demo'],
      env: { ...this.#cache(), ...this.#urlsFor(this.#folders.map((folder) => ownerLogin(folder).variable)) },
      logFile: this.logFile('migrate'),
    });
    notePrepared(this.#folder, version);
    return secrets;
  }

  async stop(): Promise<void> {
    for (const each of [...this.processes.values(), ...this.#servers.values()]) this.#asked.add(each);
    await Promise.all([...this.processes.values()].map((child) => child.stop()));
    await Promise.all([...this.#servers.values()].map((server) => server.stop()));
  }

  logFile(name: string): string {
    return join(this.#folder, 'logs', `${name}.log`);
  }

  async restart(name: string): Promise<void> {
    const [server] = (['registry', 'sectors'] as const).filter((each) => serverFolder(each) === name);
    if (server !== undefined) {
      const handle = this.#serverHandle(server);
      await handle.stop();
      return handle.start();
    }
    const child = this.processes.get(name);
    const program = this.#programs.get(name);
    if (child === undefined || program === undefined)
      throw new StartError(`The hub has no process ${name}: name one that it has.`);
    this.#asked.add(child);
    // A suspended process would not see SIGTERM.
    child.kill('SIGCONT');
    await child.stop();
    const portVariable = Object.keys(program.env).find((variable) => variable.endsWith('_PORT')) ?? 'SAMSYN_PORT';
    await this.#keep({ ...program, env: { ...program.env, [portVariable]: String(child.port) } });
  }

  async token(persona: string): Promise<string> {
    const response = await fetch(`${this.issuerUrl}/token/${persona}`);
    if (!response.ok)
      throw new StartError(`The demo issuer knows no persona ${persona}: name one that npm start lists.`);
    return (await response.text()).trim();
  }

  #runIssuer(): Promise<void> {
    return this.#run(ISSUER, 'hub/demo-issuer.ts', [], {
      SAMSYN_DEMO_ISSUER_PORT: String(this.#options.issuerPort),
      SAMSYN_DEMO_ISSUER_KEY_FILE: join(this.#folder, 'demo-issuer-key.pem'),
    });
  }

  #runSubgraph(folder: Folder, secrets: Secrets): Promise<void> {
    return this.#run(folder.name, 'chassis/serve/serve.ts', [folder.name], {
      ...this.#urlsFor(servingLogins(folder).map(({ variable }) => variable)),
      ...(folder.isRegistry ? { SAMSYN_LOG_ORIGIN: DEMO_LOG, SAMSYN_LOG_KEY: secrets.logPrivateKey } : {}),
      ...(folder.isRegistry ? { SAMSYN_LOG_MEMORY: join(this.#folder, 'log-memory') } : {}),
      [`SAMSYN_${folder.key}_PORT`]: '0',
      SAMSYN_ASSERTION_PUBLIC_KEY: secrets.assertionPublicKey,
    });
  }

  #runGateway(secrets: Secrets): Promise<void> {
    const subgraphs = this.#folders.map(({ key, name }) => [`SAMSYN_${key}_URL`, `${this.#origin(name)}/graphql`]);
    return this.#run(GATEWAY, 'gateway/main.ts', [], {
      ...Object.fromEntries(subgraphs),
      SAMSYN_PORT: String(this.#options.port),
      SAMSYN_ASSERTION_PRIVATE_KEY: secrets.assertionPrivateKey,
      ...(this.#options.provider ?? { SAMSYN_OIDC_ISSUER: this.issuerUrl }),
      SAMSYN_INTROSPECTION: 'on',
    });
  }

  #run(name: string, entry: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
    return this.#keep({
      name,
      entry,
      args,
      env: { ...this.#cache(), ...env, ...this.#options.env?.[name] },
      logFile: this.logFile(name),
    });
  }

  /** The folder for compiled code, kept from start to start. It saves each process a sixth of its start. */
  #cache(): Record<string, string> {
    return { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(this.#folder, 'code-cache') };
  }

  async #keep(program: Program): Promise<void> {
    const child = await startChild(program);
    this.#programs.set(program.name, program);
    this.processes.set(program.name, child);
    void child.gone.then(() => {
      if (!this.#asked.has(child)) this.#options.onLoss?.(program.name, program.logFile);
    });
  }

  async #startServer(name: ServerName, port: number): Promise<void> {
    const folder = join(this.#folder, serverFolder(name));
    const server = await startPostgres({ folder, port, fsync: this.#options.fsync });
    this.#servers.set(name, server);
    void server.gone.then(() => {
      if (!this.#asked.has(server)) this.#options.onLoss?.(serverFolder(name), join(folder, 'log'));
    });
  }

  #server(name: ServerName): PostgresServer {
    const server = this.#servers.get(name);
    if (server === undefined) throw new StartError(`The ${name} server has not been started: start the hub first.`);
    return server;
  }

  #serverHandle(name: ServerName): HubServer {
    const server = () => this.#server(name);
    const { port } = server();
    return {
      port,
      get pid() {
        return server().pid;
      },
      get adminUrl() {
        return server().adminUrl;
      },
      stop: () => {
        this.#asked.add(server());
        return server().stop();
      },
      start: () => this.#startServer(name, port),
    };
  }

  #urlsFor(variables: readonly string[]): Record<string, string> {
    return Object.fromEntries(variables.map((variable) => [variable, this.#urls[variable] ?? '']));
  }

  #origin(name: string): string {
    const child = this.processes.get(name);
    if (child === undefined) throw new StartError(`${name} has not been started: start the hub first.`);
    return `http://127.0.0.1:${child.port}`;
  }
}
