import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { RUNNING } from '../../chassis/running-hub.ts';
import { ended, identityOf } from '../../process/process-identity.ts';
import { StartError } from '../../process/start-error.ts';
import { endWithUs } from '../child.ts';
import { ADMIN, type ClusterPlace, makeCluster, readPassword, requireVersion } from './postgres-cluster.ts';
import { binariesFor, clusterHome, MARK, removeMarked, runAs } from './postgres-home.ts';

/** A running PostgreSQL server on 127.0.0.1. */
export interface PostgresServer {
  readonly port: number;
  readonly pid: number;
  /** URL of the superuser to the database `postgres`. */
  readonly adminUrl: string;
  /** Resolves when the server has ended, whoever ended it. */
  readonly gone: Promise<void>;
  /** Ends the server ("fast": running statements are rolled back) and resolves when it is gone. */
  stop(): Promise<void>;
}

/** The options of a server. */
export interface PostgresOptions {
  /** The folder of the server, kept between starts; made, and marked as ours, if it does not exist. */
  readonly folder: string;
  /** The port; 0 takes any free one. */
  readonly port: number;
  /** False only where the data may be lost, as in tests. */
  readonly fsync: boolean;
  /** Settings, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 20_000;
const OWNER_LIMIT_MS = 1_000;

/**
 * Starts the embedded PostgreSQL of `folder`, making it first if needed. Before that it stops a server that a killed
 * process of ours left running there. When this process dies, however it dies, the server ends by itself. Throws a
 * StartError, one sentence, for a fault that a person can correct.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const folder = resolve(options.folder);
  const user = runAs();
  const binaries = binariesFor(user);
  await makeFolder(folder);
  await stopLeftover(folder);
  const home = clusterHome(folder, user);
  const cluster = join(home, 'cluster');
  if (!existsSync(cluster)) await makeCluster({ folder, home, binaries, user, fsync: options.fsync });
  requireVersion(cluster);
  forgetStranger(cluster);
  const password = readPassword(folder);
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port === 0 ? await freePort() : options.port;
    try {
      const child = await launch({ ...options, folder, home, binaries, user, port });
      return runningServer(child, folder, port, password);
    } catch (error) {
      // Another program took the port between our look and PostgreSQL's.
      if (!(error instanceof PortTaken) || options.port !== 0 || attempt === 5) throw error;
    }
  }
}

/** Deletes the folder of a stopped server, wherever its data is. Throws if the folder is not one of ours. */
export function removePostgres(folder: string): void {
  removeMarked(resolve(folder));
}

class PortTaken extends StartError {}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    if (readdirSync(folder).length === 0) writeFileSync(join(folder, MARK), 'A PostgreSQL server of Samsyn.\n');
  } catch (cause) {
    throw new StartError(
      `The data folder ${folder} cannot be read and written by this user: correct its owner, or set SAMSYN_DATA.`,
      {
        cause,
      },
    );
  }
  if (!existsSync(join(folder, MARK))) {
    throw new StartError(
      `The data folder ${folder} was not made by Samsyn: move it away, or set SAMSYN_DATA to another folder.`,
    );
  }
}

/** Starts the server and resolves when it accepts connections. */
async function launch(place: ClusterPlace & PostgresOptions): Promise<ChildProcess> {
  const { home, folder, user, port } = place;
  const cluster = join(home, 'cluster');
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: place.fsync ? 'on' : 'off',
    TimeZone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    ...place.settings,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const logFile = join(folder, 'log');
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(join(place.binaries, 'bin', 'postgres'), ['-D', cluster, ...flags], {
    ...(user ?? {}),
    cwd: '/',
    stdio: ['ignore', log, log],
    // A process group of its own: Ctrl-C in the terminal reaches the hub, which ends its databases last.
    detached: true,
  });
  closeSync(log);
  child.unref();
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (cause) =>
      reject(
        new StartError(`PostgreSQL cannot be run here (${cause.message}): run npm ci, or use docker-compose.yml.`, {
          cause,
        }),
      ),
    );
    child.once('exit', () => reject(whyNot(readFileSync(logFile, 'utf8'), port, folder)));
  });
  if (child.pid !== undefined) {
    writeFileSync(
      join(folder, RUNNING),
      JSON.stringify({ server: identityOf(child.pid), owner: identityOf(process.pid), port }),
    );
  }
  try {
    await Promise.race([failed, untilReady(join(cluster, 'postmaster.pid'), child)]);
  } catch (error) {
    child.kill('SIGQUIT');
    throw error;
  }
  return child;
}

/** Resolves when the last line of postmaster.pid becomes "ready", the sign that pg_ctl waits for. */
async function untilReady(pidFile: string, child: ChildProcess): Promise<void> {
  const until = performance.now() + START_LIMIT_MS;
  while (child.exitCode === null) {
    const lines = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').split('\n') : [];
    if (lines[0] === String(child.pid) && lines[7]?.trim() === 'ready') return;
    if (performance.now() > until)
      throw new StartError(
        `PostgreSQL was not ready within ${START_LIMIT_MS / 1000} seconds: read its log, and start again.`,
      );
    await new Promise((wake) => setTimeout(wake, 10));
  }
}

function whyNot(log: string, port: number, folder: string): StartError {
  if (/could not bind .*address .*: Address already in use/i.test(log)) {
    return new PortTaken(`Port ${port} is taken by another program: end it, or choose another port.`);
  }
  const fatal = log.split('\n').findLast((line) => /\b(FATAL|PANIC):/.test(line));
  const why = fatal?.replace(/^.*(FATAL|PANIC):\s*/, '') ?? 'it gave no reason';
  return new StartError(`PostgreSQL did not start (${why}): read its log, ${join(folder, 'log')}, and start again.`);
}

function runningServer(child: ChildProcess, folder: string, port: number, password: string): PostgresServer {
  const { pid } = child;
  if (pid === undefined) throw new StartError('PostgreSQL cannot be run here: run npm ci, or use docker-compose.yml.');
  const guard = endWithUs(pid, 'INT');
  const gone = new Promise<void>((done) => {
    if (child.exitCode !== null || child.signalCode !== null) done();
    else child.once('exit', () => done());
  }).then(() => {
    guard.kill('SIGKILL');
    rmSync(join(folder, RUNNING), { force: true });
  });
  return {
    port,
    pid,
    adminUrl: `postgres://${ADMIN}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
    gone,
    async stop() {
      child.ref();
      child.kill('SIGINT');
      const tooSlow = setTimeout(() => child.kill('SIGQUIT'), STOP_LIMIT_MS);
      await gone;
      clearTimeout(tooSlow);
    },
  };
}

/** Stops the server that a killed owner left running in `folder`. Throws if its owner lives. */
async function stopLeftover(folder: string): Promise<void> {
  const file = join(folder, RUNNING);
  if (!existsSync(file)) return;
  const { server, owner } = JSON.parse(readFileSync(file, 'utf8')) as { server: string | null; owner: string | null };
  // An owner that has just been killed may take a moment to be gone.
  if (owner !== null && !(await ended(owner, OWNER_LIMIT_MS))) {
    throw new StartError(
      `The data folder ${folder} is in use by process ${Number.parseInt(owner, 10)}: end that process, or set SAMSYN_DATA to another folder.`,
    );
  }
  if (server === null || identityOf(Number.parseInt(server, 10)) !== server) return;
  process.kill(Number.parseInt(server, 10), 'SIGINT');
  if (await ended(server, STOP_LIMIT_MS)) return;
  process.kill(Number.parseInt(server, 10), 'SIGQUIT');
  await ended(server, STOP_LIMIT_MS);
}

/**
 * Removes a stale postmaster.pid: PostgreSQL refuses to start while any process has the number that a killed server
 * left there. stopLeftover has ended ours, so a process with that number is not ours.
 */
function forgetStranger(cluster: string): void {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file)) return;
  if (identityOf(Number.parseInt(readFileSync(file, 'utf8'), 10)) !== null) rmSync(file);
}

/** A port of 127.0.0.1 that was free just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', done);
  });
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string')
    throw new StartError('No free port was found on 127.0.0.1: end a program that listens there.');
  return address.port;
}
