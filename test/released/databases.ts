import { join } from 'node:path';
import pg from 'pg';
import { type Folder, folders, type ServerName } from '../../chassis/folders.ts';
import { type PostgresServer, startPostgres } from '../../hub/postgres/postgres.ts';

/** Everything about a hub's databases, by database. */
export type ByDatabase<T> = Record<string, T>;
/** The rows of each table, each as what stands in its columns. */
export type Rows = Record<string, Record<string, unknown>[]>;

/** Runs on each of a hub's servers in turn, while the hub stands still. */
export async function onServers(
  folder: string,
  work: (server: ServerName, url: (database: string) => string) => Promise<void>,
): Promise<void> {
  for (const name of ['registry', 'sectors'] as const) {
    const server: PostgresServer = await startPostgres({
      folder: join(folder, `${name}-server`),
      port: 0,
      fsync: false,
    });
    try {
      await work(name, (database) => Object.assign(new URL(server.adminUrl), { pathname: `/${database}` }).href);
    } finally {
      await server.stop();
    }
  }
}

/** Asks every database of a hub that stands still. */
export async function fromEach<T>(folder: string, ask: (url: string) => Promise<T>): Promise<ByDatabase<T>> {
  const found: ByDatabase<T> = {};
  await onServers(folder, async (name, url) => {
    for (const { database } of folders().filter(({ server }: Folder) => server === name))
      found[database] = await ask(url(database));
  });
  return found;
}

/** Runs a statement at a URL. */
export async function query(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** The rows of every table but those that each run of the migrations writes. */
export async function rowsOf(url: string): Promise<Rows> {
  const tables = await query(
    url,
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname IN ('registry', 'seal', 'agency', 'closed_log') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relname NOT IN ('migration', 'function_file', 'sector', 'category') ORDER BY 1`,
  );
  const found: Rows = {};
  for (const { name } of tables) {
    found[String(name)] = (await query(url, `SELECT to_jsonb(t) AS row FROM ${name} t ORDER BY to_jsonb(t)::text`)).map(
      ({ row }) => row as Record<string, unknown>,
    );
  }
  return found;
}
