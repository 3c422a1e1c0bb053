import { Command, CommanderError } from 'commander';

/** The environment and streams of a command: those of `process`, or a test's own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  /** Receives progress and faults. */
  readonly stderr: { write(text: string): unknown };
}

/** A command of the operator, run as `npm run <name> --`; the caller adds its parts. */
export function operatorCommand(name: string, around: Surroundings): Command {
  return new Command(`npm run ${name} --`).exitOverride().configureOutput({
    writeOut: (text) => around.stdout.write(text),
    writeErr: (text) => around.stderr.write(text),
  });
}

/**
 * Carries the command out. Resolves to 0 when it is done, otherwise to `failed`: then nothing was changed, and the
 * first line on stderr gives the reason.
 */
export async function carryOut(
  command: Command,
  parameters: readonly string[],
  { stderr }: Surroundings,
  failed = 1,
): Promise<number> {
  try {
    await command.parseAsync(parameters, { from: 'user' });
    return 0;
  } catch (fault) {
    // Commander has already written its own faults and the help.
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? 0 : failed;
    stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
    return failed;
  }
}
