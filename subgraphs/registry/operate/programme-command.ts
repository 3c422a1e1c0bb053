import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { folderNamed, ownerLogin, REGISTRY } from '../../../chassis/folders.ts';
import { loginUrl } from '../../../chassis/running-hub.ts';
import type { Sql } from '../../../chassis/sql.ts';
import { named } from '../../../chassis/statement.ts';
import { clientTo } from '../../../chassis/store/hosts.ts';
import { carryOut, operatorCommand, type Surroundings } from '../../../process/command.ts';
import { holdsIdentityNumber } from '../../../schema/identity-number.ts';
import { Outcome } from '../change/outcome.ts';
import { ProgrammeFault, type ProgrammeFile, readProgramme } from './programme-file.ts';
import { type StoredProgramme, storeProgramme } from './store-programme.ts';

interface Options {
  readonly by: string;
  readonly data?: string;
}

/**
 * `npm run programme -- add <file>`. Resolves to the exit code: 0 if the programme is now as the file says; 1 if
 * nothing was changed, and stderr names every fault of the file.
 */
export async function programmeCommand(parameters: readonly string[], around: Surroundings): Promise<number> {
  const command = operatorCommand('programme', around);
  command
    .command('add')
    .description('Adds the programme in a YAML file, or a new version of it if its rules have changed.')
    .argument('<file>', 'the YAML file; schema/programmes/ has examples')
    .option('--by <subject>', 'the subject of the person who adds it, for the access log', 'operator')
    .option('--data <folder>', 'add it to the hub that runs from this data folder (npm start)')
    .action(async (file: string, options: Options) => {
      if (holdsIdentityNumber(options.by)) {
        throw new ProgrammeFault(
          '--by must be a subject in which nothing looks like a personal identity number. Give your subject at the identity provider.',
        );
      }
      const programme = readProgramme(file);
      const stored = await add(programme, readFileSync(file, 'utf8'), options, around.env);
      around.stdout.write(`${sentence(programme, stored)}\n`);
    });
  return carryOut(command, parameters, around);
}

function sentence({ name }: ProgrammeFile, { version, outcome }: StoredProgramme): string {
  if (outcome === Outcome.UNCHANGED) return `${name} is as the file says: version ${version}.`;
  if (outcome === Outcome.CREATED) return `${name} is added: version ${version}.`;
  return `${name} is changed: version ${version}. Groups keep the version that they were proposed under.`;
}

/** Stores the programme and its entry in the access log, both or neither. */
async function add(
  programme: ProgrammeFile,
  text: string,
  { by, data }: Options,
  env: Surroundings['env'],
): Promise<StoredProgramme> {
  const client = clientTo(loginUrl(ownerLogin(folderNamed(REGISTRY)), data, env).url, {
    application_name: 'samsyn programme',
  });
  await client.connect();
  try {
    const sql: Sql = async (text, values = {}) => (await client.query(named(text, values))).rows;
    await sql('BEGIN');
    // Without the lock, two files at once would make the same version.
    await sql('LOCK TABLE registry.programme IN SHARE ROW EXCLUSIVE MODE');
    const stored = await storeProgramme(sql, programme);
    await sql(
      `INSERT INTO registry.log_row (kind, request_id, operation_hash, caller, agency, roles, name, part_programme, part_from,
          unit_part, unit_permitted, unit_thing)
        VALUES ('CHANGE', :request, :operation, :by, (SELECT id FROM registry.agency WHERE code = 'hub:samsyn'), 0, 'addProgramme',
          ARRAY[:programme::uuid], '{1,2}', '{1}', '{true}', ARRAY[:programme::uuid])`,
      {
        request: randomUUID(),
        operation: createHash('sha256').update(text).digest('hex'),
        by,
        programme: stored.id,
      },
    );
    await sql('COMMIT');
    return stored;
  } finally {
    // The end of the session rolls back everything that was not committed.
    await client.end();
  }
}

if (import.meta.main) process.exitCode = await programmeCommand(process.argv.slice(2), process);
