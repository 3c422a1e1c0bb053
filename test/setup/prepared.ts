import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A folder that a run of the tests makes once, by whichever suite needs it first; the others wait. Throws what `make` threw,
 * in each of them.
 */
export async function preparedOnce(
  run: string,
  name: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(run, name);
  const outcome = `${folder}.txt`;
  if (takes(`${folder}.lock`)) {
    const said = await make(folder).then(
      () => '',
      (error: unknown) => String(error),
    );
    writeFileSync(`${outcome}.new`, said);
    renameSync(`${outcome}.new`, outcome);
  }
  while (!existsSync(outcome)) await new Promise((wake) => setTimeout(wake, 50));
  const said = readFileSync(outcome, 'utf8');
  if (said !== '') throw new Error(said);
  return folder;
}

/** Making a folder is atomic: one process succeeds. */
function takes(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
