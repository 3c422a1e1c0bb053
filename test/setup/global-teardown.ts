import { rmSync } from 'node:fs';
import { RUN_FOLDER } from './run-folder.ts';

/** Deletes what this run made; every hub of it has been stopped by its suite. */
export default function removeRunFolder(): void {
  const folder = process.env[RUN_FOLDER];
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
