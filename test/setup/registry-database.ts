import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { databaseUrls, randomPassword } from '../../subgraphs/database-urls.ts';
import { categoriesOf } from '../../subgraphs/declared-categories.ts';
import { folderNamed, loginsOf, ownerLogin, runtimeLogin } from '../../subgraphs/folders.ts';
import { migrate, SUPERGRAPH } from '../../subgraphs/migrate.ts';
import { type PostgresServer, removePostgres, startPostgres } from '../../subgraphs/postgres.ts';
import { provision } from '../../subgraphs/provision.ts';
import { migrations } from '../../subgraphs/registry/migrations/index.ts';
import { RUN_FOLDER } from './run-folder.ts';

const REGISTRY = folderNamed('registry');
const FOLDERS = [REGISTRY, ...['social-services', 'police', 'school', 'leisure'].map(folderNamed)];

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
  /** Runs statements under a login. */
  as<T>(url: string | undefined, work: (client: pg.Client) => Promise<T>): Promise<T>;
  readonly owner: string;
  readonly runtime: string;
  end(): Promise<void>;
}

/** Makes it, migrated and empty. */
export async function startRegistryDatabase(fsync = false): Promise<RegistryDatabase> {
  const base = mkdtempSync(join(process.env[RUN_FOLDER] ?? tmpdir(), 'registry-'));
  chmodSync(base, 0o755);
  const folder = join(base, 'data');
  let server = await startPostgres({ folder, port: 0, fsync });
  const host = `127.0.0.1:${server.port}`;
  // Both servers' roles are on this one, and share their passwords.
  const password = randomPassword();
  const passwords = Object.fromEntries(FOLDERS.flatMap(loginsOf).map(({ variable }) => [variable, password]));
  const urls = databaseUrls(FOLDERS, { registry: host, sectors: host }, passwords);
  await provision({
    folders: FOLDERS,
    admin: { registry: server.adminUrl, sectors: server.adminUrl },
    urls,
    demo: false,
  });
  const subgraphs = FOLDERS.map((each) => ({
    folder: each,
    subgraph: { migrations: each === REGISTRY ? migrations : [] },
  }));
  await migrate({ subgraphs, urls, demo: false, categories: categoriesOf(readFileSync(SUPERGRAPH, 'utf8')) });
  const superuser = new URL(server.adminUrl);
  superuser.pathname = `/${REGISTRY.database}`;
  return {
    server,
    crash: async () => {
      process.kill(server.pid, 'SIGKILL');
      await server.gone;
      server = await startPostgres({ folder, port: server.port, fsync });
    },
    whileStopped: async (work) => {
      await server.stop();
      work();
      server = await startPostgres({ folder, port: server.port, fsync });
    },
    urls,
    superuserUrl: superuser.href,
    as,
    owner: urls[ownerLogin(REGISTRY).variable] ?? '',
    runtime: urls[runtimeLogin(REGISTRY).variable] ?? '',
    end: async () => {
      await server.stop();
      removePostgres(folder);
      rmSync(base, { recursive: true });
    },
  };
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

/** SQL that writes entries as the registry's process does; `$1` is how many. */
export const WRITE_ENTRIES = `INSERT INTO registry.entry (kind, permitted, request_id, operation_hash, caller, roles, name)
  SELECT 'READ', n % 3 > 0, gen_random_uuid(), 'hash', 'p-1001', 1, 'group' FROM generate_series(1, $1) n`;
