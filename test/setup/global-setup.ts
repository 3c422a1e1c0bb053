import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RUN_FOLDER } from './run-folder.ts';

/** One folder for all that this run of the tests makes; the workers learn it from the environment. */
export default function makeRunFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), 'samsyn-tests-'));
  // The database's user passes through it.
  chmodSync(folder, 0o755);
  process.env[RUN_FOLDER] = folder;
  // The processes of all hubs of this run compile the same code once.
  process.env.NODE_COMPILE_CACHE = join(folder, 'code-cache');
}
