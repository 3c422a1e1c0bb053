import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../../process/start-error.ts';
import type { RunAs } from './postgres-home.ts';

/** The superuser of a cluster that we made. */
export const ADMIN = 'samsyn_admin';

const VERSION = '18';

/** The place of a server, and the user that it runs as. */
export interface ClusterPlace {
  readonly folder: string;
  readonly home: string;
  readonly binaries: string;
  readonly user: RunAs;
}

/** Makes the cluster under another name and renames it last, so that a killed start leaves nothing half-made behind. */
export async function makeCluster({
  folder,
  home,
  binaries,
  user,
  fsync,
}: ClusterPlace & { fsync: boolean }): Promise<void> {
  for (const left of readdirSync(home).filter((name) => name.startsWith('making-'))) {
    rmSync(join(home, left), { recursive: true, force: true });
  }
  const making = join(home, `making-${process.pid}-${randomBytes(3).toString('hex')}`);
  await mkdir(making, { mode: 0o700 });
  const password = randomBytes(24).toString('base64url');
  writeFileSync(join(making, 'password'), password, { mode: 0o600 });
  if (user !== null) {
    await chown(making, user.uid, user.gid);
    await chown(join(making, 'password'), user.uid, user.gid);
  }
  const flags = [
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  await run(join(binaries, 'bin', 'initdb'), user, [
    `--pgdata=${join(making, 'cluster')}`,
    `--username=${ADMIN}`,
    `--pwfile=${join(making, 'password')}`,
    ...flags,
    ...(fsync ? [] : ['--no-sync']),
  ]);
  writeFileSync(join(folder, 'password'), password, { mode: 0o600 });
  renameSync(join(making, 'cluster'), join(home, 'cluster'));
  rmSync(making, { recursive: true, force: true });
}

/** Throws a StartError if the cluster cannot be read or is of another version. */
export function requireVersion(cluster: string): void {
  let version: string;
  try {
    version = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  } catch (cause) {
    throw new StartError(
      `The data folder ${cluster} cannot be read as a PostgreSQL cluster: repair it, or move it away to start again.`,
      {
        cause,
      },
    );
  }
  if (version !== VERSION) {
    throw new StartError(
      `The data folder ${cluster} is of PostgreSQL ${version} and this is PostgreSQL ${VERSION}: move it away to start again.`,
    );
  }
}

/** The superuser's password, as makeCluster kept it. */
export function readPassword(folder: string): string {
  try {
    return readFileSync(join(folder, 'password'), 'utf8');
  } catch (cause) {
    throw new StartError(
      `The file ${join(folder, 'password')} cannot be read: make it readable, or move the data folder away to start again.`,
      {
        cause,
      },
    );
  }
}

/** Runs a command to its end; the error of a failure is the last line that it wrote. */
function run(command: string, user: RunAs, args: readonly string[]): Promise<void> {
  return new Promise((done, reject) => {
    const child = spawn(command, args, { ...(user ?? {}), cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    child.once('error', (cause) =>
      reject(
        new StartError(`PostgreSQL cannot be run here (${cause.message}): run npm ci, or use docker-compose.yml.`, {
          cause,
        }),
      ),
    );
    child.once('close', (code) => {
      const error = said.split('\n').findLast((line) => /error|fatal/i.test(line)) ?? said.trim().split('\n').at(-1);
      if (code === 0) done();
      else
        reject(new StartError(`PostgreSQL could not make its data folder (${error}): correct that and start again.`));
    });
  });
}
