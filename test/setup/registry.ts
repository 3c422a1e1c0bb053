import { chmodSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { databaseUrls, randomPassword } from '../../subgraphs/database-urls.ts';
import { categoriesOf } from '../../subgraphs/declared-categories.ts';
import { folderNamed, loginsOf, ownerLogin } from '../../subgraphs/folders.ts';
import { migrate, SUPERGRAPH } from '../../subgraphs/migrate.ts';
import { type PostgresServer, removePostgres, startPostgres } from '../../subgraphs/postgres.ts';
import { provision } from '../../subgraphs/provision.ts';
import { migrations } from '../../subgraphs/registry/migrations/index.ts';
import { seed } from '../../subgraphs/registry/seed.ts';
import { RUN_FOLDER } from './run-folder.ts';

const REGISTRY = folderNamed('registry');
const SECTORS = ['social-services', 'police', 'school', 'leisure'].map(folderNamed);

/** The registry's database with the demo world in it, on a server of a suite's own, and no hub around it. */
export interface TestRegistry {
  readonly server: PostgresServer;
  readonly urls: Readonly<Record<string, string>>;
  /** A folder for the suite's own files; it goes with the run. */
  readonly folder: string;
  /** Works as a login, by the variable of its URL. */
  as<T>(variable: string, work: (client: pg.Client) => Promise<T>): Promise<T>;
  end(): Promise<void>;
}

/** The variable of the owner's URL. */
export const OWNER = ownerLogin(REGISTRY).variable;

/** Starts a registry, its demo world made on a fixed day. */
export async function startRegistry({ fsync = false } = {}): Promise<TestRegistry> {
  const base = mkdtempSync(join(process.env[RUN_FOLDER] ?? tmpdir(), 'registry-'));
  chmodSync(base, 0o755);
  const server = await startPostgres({ folder: join(base, 'data'), port: 0, fsync });
  const folders = [REGISTRY, ...SECTORS];
  const host = `127.0.0.1:${server.port}`;
  const password = randomPassword();
  const passwords = Object.fromEntries(folders.flatMap(loginsOf).map(({ variable }) => [variable, password]));
  const urls = databaseUrls(folders, { registry: host, sectors: host }, passwords);
  await provision({ folders, admin: { registry: server.adminUrl, sectors: server.adminUrl }, urls, demo: false });
  const subgraphs = folders.map((each) => ({
    folder: each,
    subgraph: { migrations: each === REGISTRY ? migrations : [] },
  }));
  await migrate({ subgraphs, urls, demo: false, categories: categoriesOf(readFileSync(SUPERGRAPH, 'utf8')) });
  const as: TestRegistry['as'] = async (variable, work) => {
    const client = new pg.Client({ connectionString: urls[variable] ?? '' });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  await as(OWNER, (client) =>
    seed(async (text, parameters) => (await client.query(text, [...(parameters ?? [])])).rows, '2026-11-22'),
  );
  const end = async () => {
    await server.stop();
    removePostgres(join(base, 'data'));
  };
  return { server, urls, folder: base, as, end };
}
