import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const run = promisify(execFile);
const cwd = fileURLToPath(new URL('..', import.meta.url));

/** Imports a module and lists the native libraries of the TypeScript compiler that the process loaded for it. */
const LOADED = `
  await import(process.argv[1]);
  process.report.excludeNetwork = true;
  const { sharedObjects } = process.report.getReport();
  console.log(JSON.stringify(sharedObjects.filter((file) => file.includes('@swc'))));
`;

test('loads no compiler for code that was compiled at install', async () => {
  await run(process.execPath, ['build/compile-sources.js'], { cwd });
  const program = ['--import', './build/typescript.js', '--input-type=module', '-e', LOADED, './gateway/app.ts'];
  const { stdout } = await run(process.execPath, program, { cwd });
  expect(JSON.parse(stdout)).toEqual([]);
});
