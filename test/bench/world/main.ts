import { chmodSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exitOnFault } from '../../../process/configuration.ts';
import { buildWorld } from './build.ts';

/** Where the worlds are kept, since the largest takes minutes: SAMSYN_BENCH_DATA, or a folder for temporary files. */
export function worldFolder(youths: number): string {
  const base = process.env.SAMSYN_BENCH_DATA ?? join(tmpdir(), 'samsyn-bench-worlds');
  mkdirSync(base, { recursive: true });
  // The database's user passes through it.
  chmodSync(base, 0o755);
  return join(base, `youths-${youths}`);
}

/** `npm run bench:world -- --youths N`. */
if (process.argv[1]?.endsWith('world/main.ts')) {
  exitOnFault(async () => {
    const { values } = parseArgs({
      args: process.argv.slice(2),
      options: { youths: { type: 'string', default: '1000' } },
    });
    const youths = Number(values.youths);
    if (!Number.isInteger(youths) || youths < 1) throw new Error('Expected --youths N, a whole number above 0.');
    await buildWorld(worldFolder(youths), youths);
  });
}
