import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { folderNamed, ownerLogin } from '../../../chassis/folders.ts';
import { ROOT } from '../../../hub/child.ts';
import { loginVariable } from '../../../hub/databases/database-urls.ts';
import { runningDatabaseUrls } from '../../../hub/running-hub.ts';
import { readConfiguration } from '../../../process/configuration.ts';

/** What a command is told by the process that runs it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** A command of the registry's operator, `npm run <name> --`, without its parts. */
export function operatorCommand(name: string, around: Surroundings): Command {
  return new Command(`npm run ${name} --`).exitOverride().configureOutput({
    writeOut: (text) => around.stdout.write(text),
    writeErr: (text) => around.stderr.write(text),
  });
}

/** Carries it out. Resolves to the exit code: 0, done; 1, nothing was changed, and stderr says why. */
export async function carryOut(command: Command, parameters: readonly string[], around: Surroundings): Promise<number> {
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

/** The registry owner's URL: the environment's, or without it that of the hub which runs from the data folder. */
export function ownerUrl(data: string | undefined, env: Surroundings['env']): string {
  const login = ownerLogin(folderNamed('registry'));
  const isNamed = Boolean(env[login.variable] || env[`${login.variable}_FILE`]);
  const dataFolder = resolve(data ?? (env.SAMSYN_DATA || join(ROOT, '.samsyn')));
  if (data === undefined && (isNamed || !existsSync(dataFolder)))
    return readConfiguration(env, { url: loginVariable(login) }).url ?? '';
  return runningDatabaseUrls(dataFolder)[login.variable] ?? '';
}
