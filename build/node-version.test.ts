import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { ROOT } from '../process/root.ts';

const run = promisify(execFile);

/** Lets what is imported after it see the Node of another version. */
const OLDER = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})`;

test.each([
  ['a program', ['--import', './build/typescript.js', 'hub/start.ts']],
  ['the build', ['build/prepare.js']],
])('an older Node stops %s with one sentence, and nothing of ours is loaded', async (_, program) => {
  const failed = await run(process.execPath, ['--import', OLDER, ...program], { cwd: ROOT }).catch((fault) => fault);

  expect([failed.code, failed.stdout, failed.stderr]).toEqual([
    1,
    '',
    'Samsyn runs on Node 24, and this is Node 20.20.2: npm ci installs Node 24 on Linux, unless optional packages are omitted, and elsewhere you install it.\n',
  ]);
});
