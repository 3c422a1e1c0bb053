import { writeFileSync } from 'node:fs';
import type { MikroORM } from '@mikro-orm/postgresql';
import type pg from 'pg';
import { type Folder, folders, runtimeLogin } from '../../chassis/folders.ts';
import { type Importer, ImportFault, type ImportTarget } from '../../chassis/importer.ts';
import { loginUrl } from '../../chassis/running-hub.ts';
import { createOrm } from '../../chassis/store/database.ts';
import { clientTo } from '../../chassis/store/hosts.ts';
import type { Subgraph } from '../../chassis/subgraph.ts';
import { carryOut, operatorCommand, type Surroundings } from '../../process/command.ts';
import { progressOn } from '../../process/progress.ts';
import { IMPORT } from '../../schema/caller.ts';
import { holdsIdentityNumber } from '../../schema/identity-number.ts';
import { importEntries } from './import-batches.ts';
import { readImportFile } from './import-file.ts';
import { ImportLock } from './import-lock.ts';
import { reportText } from './import-report.ts';

/** Milliseconds for a statement beside the records, such as one that sets the lock forward. */
const STATEMENT_MS = 10_000;

interface Options {
  readonly agency?: string;
  readonly author?: string;
  readonly data?: string;
  readonly dryRun?: true;
  readonly report?: string;
}

/**
 * `npm run import -- <sector> <format> <file>`. Resolves to the exit code: 0, everything was imported; 1, some entries
 * or parts of them were rejected, and everything else imported; 2, the import could not be carried out, and one
 * sentence on stderr gives the reason.
 */
export async function importCommand(parameters: readonly string[], around: Surroundings): Promise<number> {
  let exitCode = 0;
  const command = operatorCommand('import', around)
    .description('Imports a file into the records of a sector. Importing the same file again changes nothing.')
    .argument('<sector>', 'the sector, a folder under subgraphs/')
    .argument('<format>', 'the format of the file')
    .argument('<file>', 'the file')
    .option('--agency <code>', 'the agency that the file comes from, in the form <sector>:<principal>')
    .option('--author <subject>', 'the subject of the system that the file comes from (default: system-<agency>)')
    .option('--dry-run', 'check the file against the records and report, but store nothing')
    .option('--report <file>', 'also write the report to this file, as JSON')
    .option('--data <folder>', 'import into the hub that runs from this data folder (npm start)')
    .action(async (sector: string, format: string, file: string, options: Options) => {
      exitCode = await importFile({ sector, format, file }, options, around);
    });
  const status = await carryOut(command, parameters, around, 2);
  return status === 0 ? exitCode : status;
}

async function importFile(
  { sector, format, file }: Readonly<Record<'sector' | 'format' | 'file', string>>,
  options: Options,
  { env, stdout, stderr }: Surroundings,
): Promise<number> {
  const folder = folderOf(sector);
  const subgraph = await subgraphOf(folder);
  const importer = importerOf(subgraph, format);
  const entries = await importer.entriesOf(readImportFile(file));
  const isDryRun = options.dryRun === true;
  const connection = await connect(folder, subgraph, options, env);
  let lock: ImportLock | undefined;
  try {
    const target = await targetOf(sector, importer, options, connection);
    lock = await ImportLock.take(connection.session, target.agency);
    const held = lock;
    const about = { sector, format, ...target, isDryRun };
    // Shows before anything is imported that the report can be written.
    if (options.report !== undefined) writeReport(options.report, about);
    const progress = progressOn(stderr, entries.length, importer.entries);
    const report = await importEntries(importer, entries, target, connection.orm, {
      isDryRun,
      onProgress: (done) => {
        held.demand();
        progress.at(done);
      },
    });
    if (options.report !== undefined) writeReport(options.report, { ...about, ...report });
    const done = isDryRun ? 'Tried, and stored nothing of,' : 'Imported';
    stdout.write(`${reportText(report, importer, `${done} ${format} for ${target.agency}`)}\n`);
    return report.rejected.length + report.parts.length === 0 ? 0 : 1;
  } finally {
    await lock?.giveBack();
    await Promise.all([connection.session.end(), connection.orm.close()]);
  }
}

function folderOf(sector: string): Folder {
  const sectors = folders().filter(({ isRegistry }) => !isRegistry);
  const folder = sectors.find(({ name }) => name === sector);
  if (folder !== undefined) return folder;
  throw new ImportFault(`There is no such sector: name one of ${sectors.map(({ name }) => name).join(', ')}.`);
}

async function subgraphOf({ name }: Folder): Promise<Subgraph> {
  const { subgraph } = (await import(`../../subgraphs/${name}/index.ts`)) as { subgraph: Subgraph };
  return subgraph;
}

function importerOf({ name: sector, imports: formats = {} }: Subgraph, format: string): Importer {
  const importer = Object.hasOwn(formats, format) ? formats[format] : undefined;
  if (importer !== undefined) return importer;
  const known = Object.entries(formats).map(([name, { description }]) => `${name} (${description})`);
  throw new ImportFault(`The sector ${sector} has no such format: name one of ${known.join(', ')}.`);
}

/** The connections to the records, and whether they are in an embedded hub, where the agency need not be named. */
interface Connection {
  readonly isEmbedded: boolean;
  /** Holds the lock for as long as the import runs. */
  readonly session: pg.Client;
  readonly orm: MikroORM;
}

async function connect(
  folder: Folder,
  subgraph: Subgraph,
  options: Options,
  env: Surroundings['env'],
): Promise<Connection> {
  const { url, isEmbedded } = loginUrl(runtimeLogin(folder), options.data, env);
  // A session that hangs must not keep the import from its end.
  const session = clientTo(url, { application_name: 'samsyn import', query_timeout: STATEMENT_MS });
  // The next statement reports a connection that is lost between statements.
  session.on('error', () => undefined);
  try {
    await session.connect();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message || 'no answer' : String(cause);
    throw new ImportFault(`The database ${folder.database} cannot be reached (${why}): start it, or correct its URL.`, {
      cause,
    });
  }
  return { isEmbedded, session, orm: createOrm(url, folder.schema, subgraph.entities) };
}

async function targetOf(
  sector: string,
  importer: Importer,
  options: Options,
  { session, isEmbedded }: Connection,
): Promise<ImportTarget> {
  const agency = options.agency ?? (isEmbedded ? importer.demoAgency : undefined) ?? (await onlyAgency(session));
  if (agency === undefined) {
    const example = importer.demoAgency ?? `${sector}:<principal>`;
    throw new ImportFault(
      `The agency that the file comes from is not known: name it, for example --agency ${example}.`,
    );
  }
  if (!agency.startsWith(`${sector}:`) || agency === `${sector}:`) {
    throw new ImportFault(`The agency is not of this sector: expected --agency ${sector}:<principal>.`);
  }
  if (holdsIdentityNumber(options.author ?? '')) {
    throw new ImportFault(
      'The author must be a subject in which nothing looks like a personal identity number: name the system’s subject.',
    );
  }
  // The author shows that the record came by file, and from which system.
  return { agency, author: `${IMPORT}${options.author ?? `system-${agency.replace(':', '-')}`}` };
}

/** The agency that has links here if it is the only one; then nobody need name it. */
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

if (import.meta.main) process.exitCode = await importCommand(process.argv.slice(2), process);
