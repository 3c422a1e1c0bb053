import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { startPostgres } from '../../hub/postgres/postgres.ts';
import { ROOT } from '../../process/root.ts';
import { type TestData, testData } from '../setup/hub.ts';
import { RUN_FOLDER } from '../setup/run-folder.ts';

const DURATIONS = 'subgraphs/registry/migrations/functions/facts/durations.sql';

/** A copy of the project whose files a test may change, and a hub's data that this very version has prepared. */
let project: string;
let data: TestData;

beforeAll(async () => {
  project = mkdtempSync(join(process.env[RUN_FOLDER] ?? tmpdir(), 'project-'));
  chmodSync(project, 0o755);
  for (const part of [
    'build',
    'chassis',
    'gateway',
    'hub',
    'process',
    'schema',
    'subgraphs',
    'package.json',
    '.swcrc',
    'package-lock.json',
  ])
    cpSync(join(ROOT, part), join(project, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  const program = `import { prepareHub } from './hub/hub.ts';
    await prepareHub({ folder: process.argv[2] ?? '', fsync: false, onStep: (step) => console.log(step) });`;
  writeFileSync(join(project, 'prepare.ts'), program);
  data = await testData();
}, 120_000);

afterAll(() => {
  data.remove();
  rmSync(project, { recursive: true });
});

/** Prepares the hub as its start does, by the copy; returns the steps that were taken. */
function prepare(): string[] {
  const output = execFileSync(process.execPath, ['--import', './build/typescript.js', 'prepare.ts', data.folder], {
    cwd: project,
    encoding: 'utf8',
  });
  return output.trim().split('\n');
}

async function durationOfADay(): Promise<unknown> {
  const server = await startPostgres({ folder: join(data.folder, 'registry-server'), port: 0, fsync: false });
  const client = new pg.Client({
    connectionString: Object.assign(new URL(server.adminUrl), { pathname: '/samsyn_registry' }).href,
  });
  try {
    await client.connect();
    return (await client.query("SELECT registry.iso_duration('1 day') AS duration")).rows[0]?.duration;
  } finally {
    await client.end();
    await server.stop();
  }
}

test('a changed file of functions alone takes effect at the next start', async () => {
  expect(prepare()).toEqual(['starting the databases']);
  expect(await durationOfADay()).toBe('P1D');

  const file = join(project, DURATIONS);
  writeFileSync(file, readFileSync(file, 'utf8').replace('SELECT i::text', 'SELECT lower(i::text)'));

  expect(prepare()).toEqual(['starting the databases', 'making the databases and the demo world']);
  expect(await durationOfADay()).toBe('p1d');
}, 120_000);
