import pg from 'pg';
import type { Folder } from '../../chassis/folders.ts';
import { type Migrations, type Script } from '../../chassis/migrations.ts';
import { named } from '../../chassis/statement.ts';
import { StartError } from '../../process/start-error.ts';
import { applyFunctions, dropFunctions, type Replacing } from './apply-functions.ts';
import { runScript } from './run-script.ts';

/**
 * Brings a folder's database to these migrations, as its owner: first pending tables, then changed functions. A change
 * of tables always meets bare tables, in an old database as in a new one: all functions, views and triggers are dropped
 * before it and made again after it. Everything happens in one transaction. Throws a StartError if the database is of a
 * newer version.
 */
export async function runMigrations(folder: Folder, migrations: Migrations, client: pg.Client): Promise<void> {
  try {
    await inMigration(client, () => bring(folder, migrations, client, 'in place'));
  } catch (error) {
    if (!cannotBeReplaced(error)) throw error;
    await inMigration(client, () => bring(folder, migrations, client, 'after dropping'));
  }
}

async function bring(
  { database, schema, runtime }: Folder,
  { tables, functions }: Migrations,
  client: pg.Client,
  replacing: Replacing,
): Promise<void> {
  await makeMemory(schema, runtime, client);
  const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${schema}.migration ORDER BY id`);
  const done = new Set(rows.map(({ name }) => name));
  demandKnown(database, done, [...tables, ...functions]);
  const pending = tables.filter(({ name, was }) => !done.has(name) && !(was !== undefined && done.has(was)));
  for (const script of pending) {
    await dropFunctions(schema, client);
    await runScript(script, client);
    await client.query(named(`INSERT INTO ${schema}.migration (name) VALUES (:name)`, { name: script.name }));
  }
  await applyFunctions(schema, functions, client, { all: pending.length > 0, replacing });
}

/** Makes the tables in which a database remembers its migrations; the serving role has no access to them. */
async function makeMemory(schema: string, runtime: string, client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    named('SELECT to_regclass(:migration) AS migration, to_regclass(:files) AS function_file', {
      migration: `${schema}.migration`,
      files: `${schema}.function_file`,
    }),
  );
  // Release 0.1.0 made it like this.
  if (rows[0]?.migration === null) {
    await client.query(`CREATE TABLE ${schema}.migration (
      id serial PRIMARY KEY,
      name varchar(255) NOT NULL,
      executed_at timestamptz(6) NOT NULL DEFAULT current_timestamp(6)
    ); REVOKE ALL ON ${schema}.migration FROM ${runtime}`);
  }
  if (rows[0]?.function_file === null) {
    await client.query(`CREATE TABLE ${schema}.function_file (
      name text PRIMARY KEY,
      -- The digest of its text when it was applied.
      digest text NOT NULL,
      -- The functions, views and triggers that it made, each as its type and identity.
      objects text[] NOT NULL
    ); REVOKE ALL ON ${schema}.function_file FROM ${runtime}`);
  }
}

function demandKnown(database: string, done: ReadonlySet<string>, scripts: readonly Script[]): void {
  const known = new Set(scripts.flatMap(({ name, was }) => [name, was]));
  const unknown = [...done].filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new StartError(
    `The database ${database} is of a newer version (${unknown.join(', ')}): run that version, or move the data folder away to start again.`,
  );
}

/**
 * PostgreSQL's codes for changes that OR REPLACE cannot make: to give a function another result or names of arguments,
 * to take columns from a view, or to remove a function that other objects still depend on. They work once all objects
 * are dropped first.
 */
const IRREPLACEABLE = ['42P13', '42P16', '2BP01'];

function cannotBeReplaced(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return cause instanceof pg.DatabaseError && IRREPLACEABLE.includes(cause.code ?? '');
}

/** Serializes migrations of one database. */
const MIGRATION_LOCK = 7_267_202;

/**
 * Does the work in one transaction, one after the other with every other migration of the database. The lock is the transaction's
 * own, so that it holds behind a pooler too, and goes with it.
 */
export async function inMigration(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    await work();
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
