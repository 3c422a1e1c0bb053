import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { ended, identityOf } from '../process/process-identity.ts';
import { ROOT } from '../process/root.ts';
import { PERSONAS } from '../schema/demo-world.ts';
import { until } from '../test/faults/until.ts';
import { type TestData, testData } from '../test/setup/hub.ts';
import { startTestIssuer } from '../test/setup/issuer.ts';
import { startPostgres } from './postgres/postgres.ts';

const run = promisify(execFile);

let data: TestData;
let folder: string;
let launcher: Launcher | undefined;

beforeAll(async () => {
  data = await testData();
  folder = data.folder;
}, 120_000);

afterAll(() => data.remove());

afterEach(async () => {
  launcher?.process.kill('SIGINT');
  await launcher?.gone;
});

interface Launcher {
  readonly process: ChildProcess;
  readonly gone: Promise<number | null>;
  /** Everything that it has written. */
  said(): string;
  /** Resolves when it has written `text`; rejects if it ends before. */
  says(text: string): Promise<void>;
}

function launch(env: Record<string, string> = {}): Launcher {
  const child = spawn(process.execPath, ['--import', './build/typescript.js', 'hub/start.ts'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, SAMSYN_DATA: folder, SAMSYN_PORT: '0', SAMSYN_DEMO_ISSUER_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const heard: (() => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += chunk;
      for (const hear of heard) hear();
    });
  }
  const gone = new Promise<number | null>((done) => child.once('close', done));
  launcher = {
    process: child,
    gone,
    said: () => said,
    says: (text) =>
      new Promise((resolve, reject) => {
        const hear = () => said.includes(text) && resolve();
        heard.push(hear);
        hear();
        void gone.then(() => reject(new Error(`ended after: ${said}`)));
      }),
  };
  return launcher;
}

/** Every process that the launcher started from a file of this name. */
function processesOf(pid: number | undefined, file = ''): string[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [child, parent] = line.trim().split(/\s+/);
    const identity = parent === String(pid) && line.includes(file) ? identityOf(Number(child)) : null;
    return identity === null ? [] : [identity];
  });
}

const lives = (identity: string): boolean => identityOf(Number.parseInt(identity, 10)) === identity;

test('prints a line to try that works when pasted, and Ctrl-C stops every process', async () => {
  const { says, said, process: child, gone } = launch();
  await says('Ctrl-C stops everything.');
  const started = processesOf(child.pid);

  const line = said()
    .split('\n')
    .find((each) => each.includes('curl -s'))
    ?.trim();
  const answer = JSON.parse(execFileSync('/bin/sh', ['-c', line ?? ''], { encoding: 'utf8' }));
  child.kill('SIGINT');

  expect(answer.errors).toBe(undefined);
  expect(answer.data.youth.suspicions).not.toEqual([]);
  for (const name of Object.keys(PERSONAS)) expect(said()).toContain(`  ${name} `);
  expect(await gone).toBe(0);
  expect(started.length).toBeGreaterThan(8);
  await until('the end of every process', () => (started.some(lives) ? undefined : true));
}, 90_000);

test('leaves nothing running when killed and starts again; starts a process again that is lost, and says which', async () => {
  const first = launch();
  await first.says('Ctrl-C stops everything.');
  const started = processesOf(first.process.pid);

  first.process.kill('SIGKILL');
  const second = launch();
  await second.says('Ctrl-C stops everything.');

  for (const identity of started) expect([identity, await ended(identity, 45_000)]).toEqual([identity, true]);
  const pasted = () =>
    execFileSync('/bin/sh', ['-c', second.said().match(/curl -s .*/)?.[0] ?? ''], { encoding: 'utf8' });
  const whole = pasted();
  for (const [name, program] of [
    ['gateway', 'gateway/main.ts'],
    ['sectors-server', join('sectors-server', 'cluster')],
  ] as const) {
    const lost = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
      .split('\n')
      .find((each) => each.includes(program) && each.trim().split(/\s+/)[1] === String(second.process.pid));
    process.kill(Number.parseInt(lost ?? '', 10), 'SIGKILL');
    await second.says(`The process ${name} ended unexpectedly; its log is `);
    await second.says(`The process ${name} is up again.`);
    expect(await until('the same answer at the same address', () => (pasted() === whole ? true : undefined))).toBe(
      true,
    );
  }
  second.process.kill('SIGINT');
  expect(await second.gone).toBe(0);
}, 120_000);

test('reports a taken port in one sentence', async () => {
  const other = createServer();
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  const address = other.address();
  const port = String(typeof address === 'object' ? address?.port : '');

  const { gone, said } = launch({ SAMSYN_PORT: port });

  expect(await gone).toBe(1);
  expect(said()).toBe(
    `Port ${port} is taken by another program: end that program, or set SAMSYN_PORT and SAMSYN_DEMO_ISSUER_PORT.\n`,
  );
  await new Promise((done) => other.close(done));
});

test('reports an unusable data folder in one sentence', async () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');

  const { gone, said } = launch({ SAMSYN_DATA: file });

  expect(await gone).toBe(1);
  expect(said()).toBe(
    `The data folder ${file} cannot be read and written by this user: correct its owner, or set SAMSYN_DATA to another folder.\n`,
  );
  rmSync(file);
});

test('runs the demo world with one’s own identity provider, and without the demo issuer', async () => {
  const provider = await startTestIssuer();
  const { subject: sub, agency, roles } = PERSONAS['social-coordinator'];
  const token = await provider.token({ sub, who: { agency, roles: roles.join(' ') } });
  const {
    says,
    said,
    process: child,
  } = launch({
    SAMSYN_OIDC_ISSUER: provider.url,
    SAMSYN_CLAIM_AGENCY: 'who.agency',
    SAMSYN_CLAIM_ROLES: 'who.roles',
  });
  await says('Ctrl-C stops everything.');

  const line = said()
    .split('\n')
    .find((each) => each.includes('curl -s'))
    ?.trim();
  // Not execFileSync: the provider answers from this process.
  const { stdout } = await run('/bin/sh', ['-c', line ?? ''], { env: { PATH: process.env.PATH, TOKEN: token } });
  await provider.end();

  expect(JSON.parse(stdout).data.youth.suspicions).not.toEqual([]);
  expect(said()).toContain(`  ${sub} `);
  expect(said()).toContain('The demo issuer is off');
  expect(processesOf(child.pid, 'demo-issuer')).toEqual([]);
  expect(processesOf(child.pid, 'gateway/main').length).toBe(1);
}, 90_000);

test('reports a database that the demo did not make in one sentence', async () => {
  const server = await startPostgres({ folder: join(folder, 'sectors-server'), port: 0, fsync: false });
  const client = new pg.Client({ connectionString: server.adminUrl.replace(/postgres$/, 'samsyn_police') });
  await client.connect();
  await client.query('DROP TABLE public.demo_mark');
  await client.end();
  await server.stop();

  const { gone, said } = launch();

  expect(await gone).toBe(1);
  expect(said().trim().split('\n').at(-1)).toBe(
    'The database samsyn_police was not made by the demo, and the demo fills only its own: start without the demo, or set SAMSYN_DATA to another folder.',
  );
});
