import { Command, CommanderError } from 'commander';

/** The surroundings that a command reads from and writes to: `process`, or a test's own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  /** Progress and faults go here. */
  readonly stderr: { write(text: string): unknown };
}

/** A command of the operator, `npm run <name> --`, without its parts. */
export function operatorCommand(name: string, around: Surroundings): Command {
  return new Command(`npm run ${name} --`).exitOverride().configureOutput({
    writeOut: (text) => around.stdout.write(text),
    writeErr: (text) => around.stderr.write(text),
  });
}

/**
 * Carries the command out. Resolves to 0 when it is done, else to `failed`: nothing was changed, and the first line on stderr
 * says why.
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
    // Commander has written its own faults, and the help, already.
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? 0 : failed;
    stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
    return failed;
  }
}
