import { rmSync } from 'node:fs';
import { runFolder } from './run-folder.ts';

/** Deletes what this run made; every hub of it has been stopped by its suite. */
export default function removeRunFolder(): void {
  rmSync(runFolder(), { recursive: true, force: true });
}
