import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import pg from 'pg';
import { readConfiguration } from '../../schema/configuration.ts';
import { ROOT } from '../child.ts';
import { loginVariable } from '../database-urls.ts';
import { folderNamed, ownerLogin } from '../folders.ts';
import { identityNumberOf } from '../identity-number.ts';
import { runningDatabaseUrls } from '../running-hub.ts';
import type { Sql } from '../subgraph.ts';
import { Outcome } from './outcome.ts';
import { ProgrammeFault, type ProgrammeFile, readProgramme } from './programme-file.ts';
import { type StoredProgramme, storeProgramme } from './store-programme.ts';

/** What the command is told by the process that runs it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

interface Options {
  readonly by: string;
  readonly data?: string;
}

/**
 * `npm run programme -- add <file>`. Resolves to the exit code: 0, the programme is as the file says; 1, nothing was
 * changed, and stderr says why, every fault of the file at once.
 */
export async function programmeCommand(parameters: readonly string[], around: Surroundings): Promise<number> {
  const command = new Command('npm run programme --').exitOverride().configureOutput({
    writeOut: (text) => around.stdout.write(text),
    writeErr: (text) => around.stderr.write(text),
  });
  command
    .command('add')
    .description('Adds the programme in a YAML file, or a new version of it when its rules changed.')
    .argument('<file>', 'the file, as those in schema/programmes/')
    .option('--by <subject>', 'the subject of who adds it, for the access log', 'operator')
    .option('--data <folder>', 'add it to the hub that runs from this data folder (npm start)')
    .action(async (file: string, options: Options) => {
      if (identityNumberOf(options.by) !== null) {
        throw new ProgrammeFault('--by is a subject, never a personal identity number.');
      }
      const programme = readProgramme(file);
      const stored = await add(programme, readFileSync(file, 'utf8'), options, around.env);
      around.stdout.write(`${sentence(programme, stored)}\n`);
    });
  try {
    await command.parseAsync(parameters, { from: 'user' });
    return 0;
  } catch (fault) {
    // Commander has told its own faults, and the help, already.
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? 0 : 1;
    around.stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
    return 1;
  }
}

function sentence({ name }: ProgrammeFile, { version, outcome }: StoredProgramme): string {
  if (outcome === Outcome.UNCHANGED) return `${name} is as the file says: version ${version}.`;
  if (outcome === Outcome.CREATED) return `${name} is added: version ${version}.`;
  return `${name} is changed: version ${version}. Groups keep the version that they were proposed under.`;
}

/** Both or neither: the programme, and its entry in the access log. */
async function add(
  programme: ProgrammeFile,
  text: string,
  { by, data }: Options,
  env: Surroundings['env'],
): Promise<StoredProgramme> {
  const client = new pg.Client({ connectionString: ownerUrl(data, env), application_name: 'samsyn programme' });
  await client.connect();
  try {
    const sql: Sql = async (statement, values) => (await client.query(statement, [...(values ?? [])])).rows;
    await sql('BEGIN');
    // Two files at once would make the same version.
    await sql('LOCK TABLE registry.programme IN SHARE ROW EXCLUSIVE MODE');
    const stored = await storeProgramme(sql, programme);
    await sql(
      `INSERT INTO registry.entry (kind, permitted, request_id, operation_hash, caller, agency, roles, programme, name, thing)
        VALUES ('CHANGE', true, $1, $2, $3, (SELECT id FROM registry.agency WHERE code = 'hub:samsyn'), 0, $4,
          'addProgramme', $4)`,
      [randomUUID(), createHash('sha256').update(text).digest('hex'), by, stored.id],
    );
    await sql('COMMIT');
    return stored;
  } finally {
    // What was not committed is rolled back with the session.
    await client.end();
  }
}

/** The registry owner's URL: the environment's, or without it that of the hub which runs from the data folder. */
function ownerUrl(data: string | undefined, env: Surroundings['env']): string {
  const login = ownerLogin(folderNamed('registry'));
  const isNamed = Boolean(env[login.variable] || env[`${login.variable}_FILE`]);
  const dataFolder = resolve(data ?? (env.SAMSYN_DATA || join(ROOT, '.samsyn')));
  if (data === undefined && (isNamed || !existsSync(dataFolder))) {
    return readConfiguration(env, { url: loginVariable(login) }).url ?? '';
  }
  return runningDatabaseUrls(dataFolder)[login.variable] ?? '';
}

if (import.meta.main) process.exitCode = await programmeCommand(process.argv.slice(2), process);
