import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { ended, identityOf } from '../../process/process-identity.ts';
import { removePostgres, startPostgres } from './postgres.ts';
import { canReach, requireLinks, requirePlatform, runAs } from './postgres-home.ts';

let made: string;
let base: string;
let folder: string;

/** A cluster to copy: making one takes a second, copying one a tenth. */
beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'samsyn-postgres-'));
  chmodSync(made, 0o755);
  const server = await startPostgres({ folder: join(made, 'server'), port: 0, fsync: false });
  await server.stop();
}, 60_000);

afterAll(() => {
  removePostgres(join(made, 'server'));
  rmSync(made, { recursive: true });
});

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'samsyn-postgres-'));
  chmodSync(base, 0o755);
  folder = join(base, 'server');
  spawnSync('cp', ['-a', join(made, 'server'), folder]);
});

afterEach(() => {
  removePostgres(folder);
  rmSync(base, { recursive: true });
});

const start = () => startPostgres({ folder, port: 0, fsync: false });

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

test('keeps its data from one start to the next', async () => {
  const first = await start();
  await ask(first.adminUrl, 'CREATE TABLE kept AS SELECT 7 AS seven');
  await first.stop();

  const second = await start();
  const rows = await ask(second.adminUrl, "SELECT seven, current_setting('TimeZone') AS zone FROM kept");
  await second.stop();

  expect(rows).toEqual([{ seven: 7, zone: 'UTC' }]);
  expect(identityOf(second.pid)).toBe(null);
});

test('lets nobody in without the password, which only its owner may read', async () => {
  const server = await start();
  const wrong = new URL(server.adminUrl);
  wrong.password = 'wrong';

  await expect(ask(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  await server.stop();
  expect(statSync(join(folder, 'password')).mode & 0o777).toBe(0o600);
});

test('never runs two servers of one folder at once', async () => {
  const server = await start();

  await expect(start()).rejects.toThrow(`in use by process ${process.pid}`);
  await server.stop();
});

test('ends when its owner is killed, and starts again from the folder at once', async () => {
  const script = `
    const { startPostgres } = await import('./hub/postgres/postgres.ts');
    const { pid } = await startPostgres({ folder: process.argv[1], port: 0, fsync: false });
    console.log(pid);
    setInterval(() => {}, 1000);`;
  const owner = spawn(
    process.execPath,
    ['--import', './build/typescript.js', '--input-type=module', '-e', script, folder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const pid = await new Promise<number>((told) => owner.stdout.once('data', (line) => told(Number(line))));
  const left = identityOf(pid);
  owner.kill('SIGKILL');

  const server = await start();
  await server.stop();

  expect(left).not.toBe(null);
  expect(await ended(left ?? '', 0)).toBe(true);
});

test('reports a taken port in one sentence', async () => {
  const other = createServer();
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  const address = other.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;

  await expect(startPostgres({ folder, port, fsync: false })).rejects.toThrow(
    `Port ${port} is taken by another program: end it, or choose another port.`,
  );
  await new Promise((done) => other.close(done));
});

test('neither uses nor deletes a folder that is not ours', async () => {
  const foreign = join(base, 'foreign');
  mkdirSync(foreign);
  writeFileSync(join(foreign, 'precious'), 'x');

  await expect(startPostgres({ folder: foreign, port: 0, fsync: false })).rejects.toThrow('was not made by Samsyn');
  expect(() => removePostgres(foreign)).toThrow('so it is not deleted');
  expect(existsSync(join(foreign, 'precious'))).toBe(true);
});

test('reports a cluster of another version in one sentence', async () => {
  const server = await start();
  await server.stop();
  writeFileSync(join(folder, 'cluster', 'PG_VERSION'), '17\n');

  await expect(start()).rejects.toThrow('is of PostgreSQL 17 and this is PostgreSQL 18');
});

test('reports a platform without binaries in one sentence', () => {
  expect(() => requirePlatform('win32', 'x64')).toThrow('this is win32 x64: use docker-compose.yml here');
});

test('reports a package whose install script has not run in one sentence', () => {
  const native = join(base, 'package', 'native');
  mkdirSync(join(native, 'lib'), { recursive: true });
  writeFileSync(join(native, 'lib', 'libpq.so.5.18'), '');
  const link = { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' };
  writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify([link]));

  expect(() => requireLinks(join(base, 'package'))).toThrow(
    'lacks the links that its install script makes: run npm ci without --ignore-scripts.',
  );
  symlinkSync('libpq.so.5.18', join(native, 'lib', 'libpq.so.5'));
  expect(() => requireLinks(join(base, 'package'))).not.toThrow();
});

test('runs as postgres, or else as nobody, if we are root, and as ourselves otherwise', () => {
  const passwd = join(base, 'passwd');
  const root = 'root:x:0:0::/root:/bin/sh\n';
  writeFileSync(passwd, `${root}nobody:x:65534:65533::/:/bin/false\npostgres:x:70:71::/:/bin/sh\n`);
  expect(runAs(passwd, 0)).toEqual({ uid: 70, gid: 71 });
  writeFileSync(passwd, `${root}nobody:x:65534:65533::/:/bin/false\n`);
  expect(runAs(passwd, 0)).toEqual({ uid: 65534, gid: 65533 });
  expect(runAs(passwd, 1000)).toBe(null);
  writeFileSync(passwd, root);
  expect(() => runAs(passwd, 0)).toThrow('PostgreSQL does not run as root');
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot('a folder that the database user cannot reach has its data elsewhere, removed with it', async () => {
  const closed = join(base, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  removePostgres(folder);
  folder = join(closed, 'server');

  const server = await start();
  const elsewhere = readFileSync(join(folder, 'elsewhere'), 'utf8').trim();
  const there = existsSync(join(elsewhere, 'cluster', 'PG_VERSION'));
  await server.stop();
  removePostgres(folder);

  expect(canReach(folder, runAs())).toBe(false);
  expect([there, existsSync(elsewhere), existsSync(folder)]).toEqual([true, false, false]);
});
