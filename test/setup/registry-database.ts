import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { databaseUrls, randomPassword } from '../../chassis/database-urls.ts';
import { folderNamed, loginsOf, ownerLogin, runtimeLogin } from '../../chassis/folders.ts';
import { named } from '../../chassis/statement.ts';
import { categoriesOf } from '../../hub/databases/declared-categories.ts';
import { migrate, SUPERGRAPH } from '../../hub/databases/migrate.ts';
import { provision } from '../../hub/databases/provision.ts';
import { type PostgresServer, removePostgres, startPostgres } from '../../hub/postgres/postgres.ts';
import { migrations } from '../../subgraphs/registry/migrations/index.ts';
import { seed } from '../../subgraphs/registry/seed.ts';
import { OPEN_LOG } from './open-log.ts';
import { preparedOnce } from './prepared.ts';
import { RUN_FOLDER } from './run-folder.ts';
import { SINGLE_ENTRIES } from './single-entries.ts';

const REGISTRY = folderNamed('registry');
const FOLDERS = [REGISTRY, ...['social-services', 'police', 'school', 'leisure'].map(folderNamed)];

/** The day on which the demo world of a registry without a hub is made. */
const MADE_ON = '2026-11-22';

/** The registry's database, on a server of its own, without anything that serves it. */
export interface RegistryDatabase {
  readonly server: PostgresServer;
  /** Kills the server, at once, and starts it again on the same port. */
  crash(): Promise<void>;
  /** Stops the server, lets `work` have its data folder, and starts it again on the same port. */
  whileStopped(work: () => void): Promise<void>;
  /** The URL of every login, by its variable. */
  readonly urls: Readonly<Record<string, string>>;
  /** A superuser's URL of the database. */
  readonly superuserUrl: string;
  /** Runs statements under a login, by its URL. */
  as<T>(url: string | undefined, work: (client: pg.Client) => Promise<T>): Promise<T>;
  readonly owner: string;
  readonly runtime: string;
  /** A folder for the suite's own files; it goes with the database. */
  readonly folder: string;
  end(): Promise<void>;
}

/** Starts a database that is migrated and empty. Its log is open until the server stops. */
export function startRegistryDatabase({ fsync = false } = {}): Promise<RegistryDatabase> {
  return startDatabase({ fsync, demo: false });
}

/** A registry's database with the demo world in it, and a connection to it past its triggers. */
export interface DemoRegistry extends RegistryDatabase {
  /** As the superuser: it may write what happened long ago. */
  readonly admin: pg.Client;
}

/** Starts a database with the demo world in it. */
export async function startDemoRegistry({ fsync = false } = {}): Promise<DemoRegistry> {
  const database = await startDatabase({ fsync, demo: true });
  const admin = new pg.Client({ connectionString: database.superuserUrl });
  await admin.connect();
  const end = async () => {
    await admin.end();
    await database.end();
  };
  return { ...database, admin, end };
}

/** SQL that writes entries as the registry's process does; `$1` is how many. */
export const WRITE_ENTRIES = `INSERT INTO registry.log_row (kind, request_id, operation_hash, caller, roles, name, part_from, unit_part,
    unit_permitted)
  SELECT 'READ', gen_random_uuid(), 'hash', 'p-1001', 1, 'group', '{1,2}', '{1}', ARRAY[n % 3 > 0] FROM generate_series(1, $1) n`;

async function startDatabase({ fsync, demo }: { fsync: boolean; demo: boolean }): Promise<RegistryDatabase> {
  const run = process.env[RUN_FOLDER];
  const base = mkdtempSync(join(run ?? tmpdir(), 'registry-'));
  chmodSync(base, 0o755);
  if (run === undefined) await makeRegistry(base, demo);
  else await copyFolder(await preparedOnce(run, `registry-${demo}`, (made) => makeRegistry(made, demo)), base);
  const folder = join(base, 'data');
  let server = await startPostgres({ folder, port: 0, fsync });
  const urls = urlsOn(server, readFileSync(join(base, 'password.txt'), 'utf8'));
  await as(urls[OWNER], (client) => client.query(OPEN_LOG));
  return {
    server,
    crash: async () => {
      killAll(server.pid);
      await server.gone;
      server = await startPostgres({ folder, port: server.port, fsync });
    },
    whileStopped: async (work) => {
      await server.stop();
      work();
      server = await startPostgres({ folder, port: server.port, fsync });
    },
    urls,
    superuserUrl: superuserUrl(server),
    as,
    owner: urls[OWNER] ?? '',
    runtime: urls[runtimeLogin(REGISTRY).variable] ?? '',
    folder: base,
    end: async () => {
      await server.stop();
      removePostgres(folder);
      rmSync(base, { recursive: true });
    },
  };
}

/** A server's process and those that it has started: while one of these lives, another server is refused the data. */
function killAll(pid: number): void {
  const all = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const started = all.map((line) => line.trim().split(/\s+/).map(Number)).filter(([, parent]) => parent === pid);
  for (const each of [pid, ...started.map(([own = pid]) => own)]) {
    try {
      process.kill(each, 'SIGKILL');
    } catch (fault) {
      // It has ended by itself meanwhile, as those do whose server is gone.
      if ((fault as NodeJS.ErrnoException).code !== 'ESRCH') throw fault;
    }
  }
}

const OWNER = ownerLogin(REGISTRY).variable;

/** Makes the database in a folder, and stops its server. All roles share a password, which is kept beside. */
async function makeRegistry(base: string, demo: boolean): Promise<void> {
  mkdirSync(base, { recursive: true });
  const password = randomPassword();
  writeFileSync(join(base, 'password.txt'), password);
  const server = await startPostgres({ folder: join(base, 'data'), port: 0, fsync: false });
  try {
    const urls = urlsOn(server, password);
    const admin = { registry: server.adminUrl, sectors: server.adminUrl };
    await provision({ folders: FOLDERS, admin, urls, demo: false });
    const subgraphs = FOLDERS.map((each) => ({
      folder: each,
      subgraph: { migrations: each === REGISTRY ? migrations : { tables: [], functions: [] } },
    }));
    await migrate({ subgraphs, urls, demo: false, categories: categoriesOf(readFileSync(SUPERGRAPH, 'utf8')) });
    await as(superuserUrl(server), (client) => client.query(SINGLE_ENTRIES));
    if (demo)
      await as(urls[OWNER], (client) =>
        seed(async (text, values = {}) => (await client.query(named(text, values))).rows, MADE_ON),
      );
  } finally {
    await server.stop();
  }
}

const copyFolder = (from: string, to: string) => promisify(execFile)('cp', ['-a', `${from}/.`, to]);

/** The URL of every login: both servers' roles are on this one. */
function urlsOn({ port }: PostgresServer, password: string): Record<string, string> {
  const host = `127.0.0.1:${port}`;
  const passwords = Object.fromEntries(FOLDERS.flatMap(loginsOf).map(({ variable }) => [variable, password]));
  return databaseUrls(FOLDERS, { registry: host, sectors: host }, passwords);
}

function superuserUrl({ adminUrl }: PostgresServer): string {
  const url = new URL(adminUrl);
  url.pathname = `/${REGISTRY.database}`;
  return url.href;
}

async function as<T>(url: string | undefined, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url ?? 'missing' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
