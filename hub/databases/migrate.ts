import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type DatabaseUrls, readUrls } from '../../chassis/database-urls.ts';
import { type Folder, folders, ownerLogin } from '../../chassis/folders.ts';
import { named } from '../../chassis/statement.ts';
import { demandVersion } from '../../chassis/store/demand-server.ts';
import { clientTo } from '../../chassis/store/hosts.ts';
import type { Subgraph } from '../../chassis/subgraph.ts';
import { exitOnFault } from '../../process/configuration.ts';
import { StartError } from '../../process/start-error.ts';
import { type ComposedCategory, categoriesOf } from './declared-categories.ts';
import { DEMO_MARK } from './demo-mark.ts';
import { inMigration, runMigrations } from './run-migrations.ts';

/** A folder and the migrations and seed that it exports. */
export interface LoadedFolder {
  readonly folder: Folder;
  readonly subgraph: Pick<Subgraph, 'migrations' | 'seed'>;
}

/** The input of `migrate`. */
export interface Migration {
  readonly subgraphs: readonly LoadedFolder[];
  /** The database URLs; every folder's owner needs one. */
  readonly urls: DatabaseUrls;
  /** Set to fill, once, the databases that the demo made. */
  readonly demo: boolean;
  /** All categories of the composed schema; the registry keeps a list of them. */
  readonly categories: readonly ComposedCategory[];
}

/**
 * Brings every database to this version: first migrations, then the registry's lists of sectors and categories, then,
 * if asked, the demo's invented persons. Each step changes a database in one transaction, so a killed run is simply run
 * again. Throws a StartError that names the database.
 */
export async function migrate(migration: Migration): Promise<void> {
  await Promise.all(migration.subgraphs.map((subgraph) => migrateFolder(subgraph, migration)));
}

/** Imports the subgraphs of the folders. */
export function loadSubgraphs(all: readonly Folder[]): Promise<LoadedFolder[]> {
  return Promise.all(
    all.map(async (folder) => {
      const { subgraph } = (await import(`../../subgraphs/${folder.name}/index.ts`)) as { subgraph: Subgraph };
      return { folder, subgraph };
    }),
  );
}

async function migrateFolder(
  { folder, subgraph }: LoadedFolder,
  { subgraphs, urls, demo, categories }: Migration,
): Promise<void> {
  const url = urls[ownerLogin(folder).variable];
  if (url === undefined)
    throw new StartError(`${ownerLogin(folder).variable} is missing: set it to the URL of the owner’s login.`);
  const client = clientTo(url, { application_name: 'samsyn migrate' });
  await client.connect();
  try {
    await demandVersion(client, ownerLogin(folder).variable);
    await runMigrations(folder, subgraph.migrations, client);
    if (folder.isRegistry) await inMigration(client, () => syncLists(client, subgraphs, categories));
    if (demo && subgraph.seed !== undefined) await seed(folder, subgraph.seed, client);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const cause = causeOf(error);
    if (cause?.code === NOT_YET)
      throw new StartError(`The database ${folder.database} stays as it is. ${cause.message}`, { cause: error });
    throw new StartError(
      `The database ${folder.database} could not be brought to this version (${sentence(error)}): correct that, or move the data folder away to start again.`,
      { cause: error },
    );
  } finally {
    await client.end();
  }
}

/** PostgreSQL's code by which a migration demands that something is done before it. */
const NOT_YET = '55000';

/** PostgreSQL's own error. */
function causeOf(error: unknown): pg.DatabaseError | undefined {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return cause instanceof pg.DatabaseError ? cause : undefined;
}

/** Hands the registry the sectors, with the database roles that they ask by, and the categories. */
async function syncLists(
  client: pg.Client,
  subgraphs: readonly LoadedFolder[],
  categories: readonly ComposedCategory[],
): Promise<void> {
  const sectors = subgraphs.map(({ folder }) => folder).filter(({ isRegistry }) => !isRegistry);
  const logins = sectors.map(({ name, runtime }) => ({ code: name, login_role: runtime }));
  await client.query(named('SELECT registry.sync_sectors(:sectors)', { sectors: JSON.stringify(logins) }));
  await client.query(named('SELECT registry.sync_categories(:categories)', { categories: JSON.stringify(categories) }));
}

/** Fills a database that the demo made and marked, and notes that in the mark, in one transaction. */
async function seed(folder: Folder, fill: NonNullable<Subgraph['seed']>, client: pg.Client): Promise<void> {
  const { rows: found } = await client.query(named('SELECT to_regclass(:table) AS there', { table: DEMO_MARK }));
  if (found[0]?.there === null) {
    throw new StartError(
      `The database ${folder.database} was not made by the demo, and the demo fills only its own: start without the demo, or set SAMSYN_DATA to another folder.`,
    );
  }
  await inMigration(client, async () => {
    const { rows } = await client.query(`SELECT seeded_at FROM ${DEMO_MARK} FOR UPDATE`);
    if (rows.length !== 1)
      throw new StartError(
        `The database ${folder.database} has an incomplete demo mark: move the data folder away to start again.`,
      );
    if (rows[0].seeded_at === null) {
      await fill(async (text, values = {}) => (await client.query(named(text, values))).rows, today());
      await client.query(`UPDATE ${DEMO_MARK} SET seeded_at = now()`);
    }
  });
}

/** The date in Sweden, YYYY-MM-DD. */
function today(): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' }).format(new Date());
}

function sentence(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n').at(-1) ?? '';
}

/** The path of the composed schema, unless SAMSYN_SUPERGRAPH names another. */
export const SUPERGRAPH = fileURLToPath(new URL('../../schema/generated/supergraph.graphql', import.meta.url));

/** `npm run migrate [-- --demo]` */
async function main(): Promise<void> {
  const all = folders();
  const urls = readUrls(process.env, all.map(ownerLogin));
  const categories = categoriesOf(readFileSync(process.env.SAMSYN_SUPERGRAPH ?? SUPERGRAPH, 'utf8'));
  const subgraphs = await loadSubgraphs(all);
  await migrate({ subgraphs, urls, demo: process.argv.includes('--demo'), categories });
}

if (import.meta.main) exitOnFault(main);
