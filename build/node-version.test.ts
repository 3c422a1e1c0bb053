import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { ROOT } from '../process/root.ts';

const run = promisify(execFile);

/** Makes the modules that are imported after it see another version of Node. */
const OLDER = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})`;

test.each([
  ['a program', ['--import', './build/typescript.js', 'hub/start.ts']],
  ['the build', ['build/prepare.js']],
])('stops %s on an older Node with one sentence, before any module of ours is loaded', async (_, program) => {
  const failed = await run(process.execPath, ['--import', OLDER, ...program], { cwd: ROOT }).catch((fault) => fault);

  expect([failed.code, failed.stdout, failed.stderr]).toEqual([
    1,
    '',
    'Samsyn needs Node 24, and this is Node 20.20.2: run npm ci on Linux, which installs Node 24 unless optional packages are omitted; on other systems install it yourself.\n',
  ]);
});
