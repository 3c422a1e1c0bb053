import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import pg from 'pg';
import { type Folder, folders, runtimeLogin } from '../../chassis/folders.ts';
import { type Importer, ImportFault, type ImportTarget } from '../../chassis/importer.ts';
import type { Subgraph } from '../../chassis/subgraph.ts';
import { readConfiguration } from '../../process/configuration.ts';
import { ROOT } from '../child.ts';
import { loginVariable } from '../databases/database-urls.ts';
import { runningDatabaseUrls } from '../running-hub.ts';
import { importEntries } from './import-batches.ts';
import { readJson } from './import-file.ts';
import { progressOn, reportText } from './import-report.ts';

interface Options {
  readonly agency?: string;
  readonly author?: string;
  readonly data?: string;
  readonly report?: string;
}

/** Where records go, and whether it is a demo hub, in which the agency need not be named. */
interface Database {
  readonly url: string;
  readonly isDemo: boolean;
}

/** Serialises imports for one agency. */
const IMPORT_LOCK = 7_267_203;

/** What the command is told by the process that runs it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The report goes here. */
  readonly stdout: { write(text: string): unknown };
  /** Progress and faults go here. */
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
}

/**
 * `npm run import -- <sector> <format> <file>`. Resolves to the exit code: 0, every entry was taken; 1, some were rejected and
 * all others taken; 2, the import could not be carried out, and one sentence on stderr says why.
 */
export async function importCommand(parameters: readonly string[], around: Surroundings): Promise<number> {
  let exitCode = 0;
  const command = new Command('npm run import --')
    .description('Imports a file into the records of a sector. Importing the same file again changes nothing.')
    .argument('<sector>', 'the sector, a folder under subgraphs/')
    .argument('<format>', 'the format of the file')
    .argument('<file>', 'the file')
    .option('--agency <code>', 'the agency that the file comes from, as <sector>:<principal>')
    .option('--author <subject>', 'the subject of the system that the file comes from (default: system-<agency>)')
    .option('--report <file>', 'also write the report to this file, as JSON')
    .option('--data <folder>', 'import into the hub that runs from this data folder (npm start)')
    .configureOutput({ writeOut: (text) => around.stdout.write(text), writeErr: (text) => around.stderr.write(text) })
    .exitOverride()
    .action(async (sector: string, format: string, file: string, options: Options) => {
      exitCode = await importFile({ sector, format, file }, options, around);
    });
  try {
    await command.parseAsync(parameters, { from: 'user' });
    return exitCode;
  } catch (fault) {
    // Commander has told its own faults, and the help, already.
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? 0 : 2;
    around.stderr.write(`${sentenceOf(fault)}\n`);
    return 2;
  }
}

async function importFile(
  { sector, format, file }: Readonly<Record<'sector' | 'format' | 'file', string>>,
  options: Options,
  { env, stdout, stderr }: Surroundings,
): Promise<number> {
  const folder = folderOf(sector);
  const importer = await importerOf(folder, format);
  const entries = importer.entriesOf(readJson(file));
  const connection = await connect(folder, options, env);
  try {
    const target = await targetOf(sector, importer, options, connection);
    // A report that cannot be written is told before anything is imported.
    if (options.report !== undefined) writeReport(options.report, { sector, format, ...target });
    const progress = progressOn(stderr, entries.length, importer.entries);
    const report = await importEntries(importer, entries, target, connection.session, progress.at).finally(
      progress.end,
    );
    if (options.report !== undefined) writeReport(options.report, { sector, format, ...target, ...report });
    stdout.write(`${reportText(report, importer, `Imported ${format} for ${target.agency}`)}\n`);
    return report.rejected.length === 0 ? 0 : 1;
  } finally {
    await connection.session.end();
  }
}

function folderOf(sector: string): Folder {
  const sectors = folders().filter(({ isRegistry }) => !isRegistry);
  const folder = sectors.find(({ name }) => name === sector);
  if (folder !== undefined) return folder;
  throw new ImportFault(`There is no such sector: expected one of ${sectors.map(({ name }) => name).join(', ')}.`);
}

async function importerOf(folder: Folder, format: string): Promise<Importer> {
  const { subgraph } = (await import(`../../subgraphs/${folder.name}/index.ts`)) as { subgraph: Subgraph };
  const formats = subgraph.imports ?? {};
  const importer = Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (importer !== undefined) return importer;
  const known = Object.entries(formats).map(([name, { description }]) => `${name} (${description})`);
  if (known.length === 0) throw new ImportFault(`The sector ${folder.name} imports no files.`);
  throw new ImportFault(`The sector ${folder.name} has no such format: expected ${known.join(', ')}.`);
}

interface Connection extends Database {
  readonly session: pg.Client;
}

async function connect(folder: Folder, options: Options, env: Surroundings['env']): Promise<Connection> {
  const database = databaseOf(folder, options, env);
  const session = new pg.Client({ connectionString: database.url, application_name: 'samsyn import' });
  // A connection that is lost between statements is told by the next one.
  session.on('error', () => undefined);
  try {
    await session.connect();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message || 'no answer' : String(cause);
    throw new ImportFault(`The database ${folder.database} cannot be reached (${why}): start it, or mend its URL.`, {
      cause,
    });
  }
  return { ...database, session };
}

/** The database that the environment names; without a name, that of the hub which runs from the data folder. */
function databaseOf(folder: Folder, { data }: Options, env: Surroundings['env']): Database {
  const login = runtimeLogin(folder);
  const { variable } = login;
  const isNamed = Boolean(env[variable] || env[`${variable}_FILE`]);
  const dataFolder = resolve(data ?? (env.SAMSYN_DATA || join(ROOT, '.samsyn')));
  if (data === undefined && (isNamed || !existsSync(dataFolder))) {
    const { url } = readConfiguration(env, { url: loginVariable(login) });
    return { url: url ?? '', isDemo: false };
  }
  const url = runningDatabaseUrls(dataFolder)[variable];
  if (url === undefined) throw new ImportFault(`The hub of ${dataFolder} has no ${folder.name}: start it again.`);
  return { url, isDemo: true };
}

async function targetOf(
  sector: string,
  importer: Importer,
  options: Options,
  { session, isDemo }: Connection,
): Promise<ImportTarget> {
  const agency = options.agency ?? (isDemo ? importer.demoAgency : await onlyAgency(session));
  if (agency === undefined) {
    throw new ImportFault(`Name the agency that the file comes from: --agency ${importer.demoAgency}, for example.`);
  }
  if (!agency.startsWith(`${sector}:`) || agency === `${sector}:`) {
    throw new ImportFault(`The agency is not of this sector: expected --agency ${sector}:<principal>.`);
  }
  const { rows } = await session.query('SELECT pg_try_advisory_lock($1, hashtext($2)) AS locked', [
    IMPORT_LOCK,
    agency,
  ]);
  if (rows[0]?.locked !== true) {
    throw new ImportFault(`Another import for ${agency} is running: wait for its end, then import this file.`);
  }
  // The author tells that the record came by file, and from which system.
  return { agency, author: `import:${options.author ?? `system-${agency.replace(':', '-')}`}` };
}

/** The agency that has links here, when it is the only one: then nobody need name it. */
async function onlyAgency(session: pg.Client): Promise<string | undefined> {
  const { rows } = await session.query<{ agency: string }>(
    'SELECT DISTINCT agency FROM agency.link WHERE ended_at IS NULL LIMIT 2',
  );
  return rows.length === 1 ? rows[0]?.agency : undefined;
}

function writeReport(file: string, report: object): void {
  try {
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ImportFault(`The report ${file} cannot be written (${code}): name a file that this user can write.`, {
      cause,
    });
  }
}

function sentenceOf(fault: unknown): string {
  return (fault instanceof Error ? fault.message : String(fault)).split('\n')[0] ?? '';
}

if (import.meta.main) process.exitCode = await importCommand(process.argv.slice(2), process);
