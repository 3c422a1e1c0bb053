import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../hub/postgres/postgres.ts';
import { runAs } from '../../hub/postgres/postgres-home.ts';
import { until } from '../faults/until.ts';

/** PgBouncer in front of a database. */
export interface PgBouncer {
  /** The URL of the same login through it. */
  through(url: string): string;
  end(): Promise<void>;
}

/** The program, or null where it is not installed: then tests of it are skipped, and say so. */
export function pgBouncer(): string | null {
  try {
    return execFileSync('/bin/sh', ['-c', 'PATH=$PATH:/usr/sbin command -v pgbouncer'], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

/** Starts it before these URLs' databases, each under the login of its URL. */
export async function startPgBouncer(
  program: string,
  mode: 'transaction' | 'session',
  urls: readonly string[],
): Promise<PgBouncer> {
  const folder = mkdtempSync(join(tmpdir(), 'samsyn-pgbouncer-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const databases = urls.map((url) => {
    const { hostname, port: own, pathname, username, password } = new URL(url);
    return `${aliasOf(url)} = host=${hostname} port=${own} dbname=${pathname.slice(1)} user=${username} password=${password}`;
  });
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(
    file,
    `[databases]
${databases.join('\n')}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
default_pool_size = 4
ignore_startup_parameters = extra_float_digits,statement_timeout
`,
  );
  const child = spawn(program, ['-q', file], { ...(runAs() ?? {}), stdio: 'ignore' });
  const gone = once(child, 'exit');
  await until('PgBouncer', () => listens(port));
  return {
    through: (url) => Object.assign(new URL(url), { host: `127.0.0.1:${port}`, pathname: `/${aliasOf(url)}` }).href,
    async end() {
      child.kill('SIGINT');
      // A client that is still connected would keep it.
      const tooLong = setTimeout(() => child.kill('SIGKILL'), 1_000);
      await gone;
      clearTimeout(tooLong);
      rmSync(folder, { recursive: true });
    },
  };
}

/** A login may differ in the same database. */
function aliasOf(url: string): string {
  const { pathname, username } = new URL(url);
  return `${pathname.slice(1)}_as_${username}`;
}

async function listens(port: number): Promise<true | undefined> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}
