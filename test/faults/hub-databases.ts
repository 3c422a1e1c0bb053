import { join } from 'node:path';
import { expect } from '@jest/globals';
import pg from 'pg';
import { databaseUrls } from '../../chassis/database-urls.ts';
import { folders } from '../../chassis/folders.ts';
import { openDataFolder } from '../../hub/data-folder.ts';
import type { Hub } from '../../hub/hub.ts';
import { type PostgresServer, startPostgres } from '../../hub/postgres/postgres.ts';
import { sql } from '../setup/ask.ts';
import { type TestData, testData } from '../setup/hub.ts';
import { OPEN_LOG } from '../setup/open-log.ts';

/** The databases of a hub, without its processes. */
export let hub: Pick<Hub, 'databaseUrls'>;
let data: TestData;
let servers: readonly PostgresServer[];

/** Starts both servers of a hub's databases, and opens its log. */
export async function startDatabases(): Promise<void> {
  data = await testData();
  const start = (name: string) => startPostgres({ folder: join(data.folder, name), port: 0, fsync: false });
  const [registry, sectors] = await Promise.all([start('registry-server'), start('sectors-server')]);
  servers = [registry, sectors];
  const { passwords } = openDataFolder(data.folder, folders());
  const hosts = { registry: `127.0.0.1:${registry.port}`, sectors: `127.0.0.1:${sectors.port}` };
  hub = { databaseUrls: databaseUrls(folders(), hosts, passwords) };
  await sql(hub, 'SAMSYN_REGISTRY_OWNER_URL', OPEN_LOG);
}

/** Stops them, and deletes their data. */
export async function stopDatabases(): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
  data.remove();
}

/** Each statement with its end for a login, in a transaction that is rolled back: `permitted`, or PostgreSQL's code. */
export async function outcomes(login: string, statements: readonly string[]): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: hub.databaseUrls[login] });
  await client.connect();
  const found: Record<string, string> = {};
  for (const statement of statements) {
    await client.query('BEGIN');
    found[statement] = await client.query(statement).then(
      () => 'permitted',
      ({ code }: { code?: string }) => String(code),
    );
    await client.query('ROLLBACK');
  }
  await client.end();
  return found;
}

/** Expects PostgreSQL to refuse every statement for want of a right. */
export async function expectRefused(login: string, statements: readonly string[]): Promise<void> {
  const expected = Object.fromEntries(statements.map((statement) => [statement, '42501']));
  expect(await outcomes(login, statements)).toEqual(expected);
}

/** The column `name` of all rows that a query finds for a login. */
export async function names(login: string, text: string): Promise<string[]> {
  return (await sql<{ name: string }>(hub, login, text)).map(({ name }) => name);
}

/** All tables of the registry, or of an agency's database. */
export const TABLES = `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname IN ('registry', 'agency') AND c.relkind IN ('r', 'p') ORDER BY 1`;
/** All views there. */
export const VIEWS = TABLES.replace("('r', 'p')", "('v')");
/** The functions there that the login may execute. */
export const FUNCTIONS = `SELECT p.proname AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname IN ('registry', 'agency') AND has_function_privilege(session_user, p.oid, 'EXECUTE') ORDER BY 1`;

/** Statements that no login but an owner may run, in either kind of database. */
export const MAKING = (schema: string) => [
  `CREATE TABLE ${schema}.mine ()`,
  'CREATE TABLE public.mine ()',
  'CREATE TEMPORARY TABLE mine ()',
  'CREATE SCHEMA mine',
  'CREATE ROLE mine',
  `CREATE EXTENSION pgcrypto SCHEMA ${schema}`,
  `CREATE FUNCTION ${schema}.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
  "COPY (SELECT 1) TO PROGRAM 'true'",
  "SELECT pg_read_file('postgresql.conf')",
  'SET session_replication_role = replica',
  "SET log_statement = 'none'",
];
