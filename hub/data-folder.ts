import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { passwordsFor } from '../chassis/database-urls.ts';
import type { Folder, ServerName } from '../chassis/folders.ts';
import { newKeyPair } from '../process/key-pair.ts';
import { StartError } from '../process/start-error.ts';
import { MARK } from './postgres/postgres-home.ts';

/** The secrets of an embedded hub, in a file that only its owner may read. */
export interface Secrets {
  /** The passwords by the variable of the login's URL. */
  readonly passwords: Readonly<Record<string, string>>;
  /** The key with which the gateway signs caller assertions; PEM. */
  readonly assertionPrivateKey: string;
  readonly assertionPublicKey: string;
  /** The key with which the registry signs the access log; PEM. Only the demo makes such a key by itself. */
  readonly logPrivateKey: string;
}

/**
 * Makes or opens the data folder of an embedded hub and returns its secrets; new folders get passwords. Throws a
 * StartError if it cannot be read and written, or is not ours.
 */
export function openDataFolder(folder: string, folders: readonly Folder[]): Secrets {
  try {
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).length === 0)
      writeFileSync(join(folder, MARK), 'The data of a hub that Samsyn’s launcher made.\n');
    if (existsSync(join(folder, MARK))) return openSecrets(join(folder, 'secrets.json'), folders);
  } catch (cause) {
    throw new StartError(
      `The data folder ${folder} cannot be read and written by this user: correct its owner, or set SAMSYN_DATA to another folder.`,
      { cause },
    );
  }
  throw new StartError(`The folder ${folder} was not made by Samsyn: set SAMSYN_DATA to another folder.`);
}

/** Copies the data folder of a stopped hub, with owners and rights. Throws a StartError if that fails. */
export function copyDataFolder(from: string, to: string): void {
  const elsewhere = ['registry-server', 'sectors-server'].some((server) => existsSync(join(from, server, 'elsewhere')));
  if (elsewhere)
    throw new StartError(
      `The databases of ${from} are kept in another folder, so it cannot be copied: use a folder that PostgreSQL’s user can reach.`,
    );
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  if (status !== 0)
    throw new StartError(
      `${from} could not be copied to ${to} (${stderr.trim()}): make both readable and writable for this user.`,
    );
}

function openSecrets(file: string, folders: readonly Folder[]): Secrets {
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>) : {};
  const secrets = { ...newKeys(), ...kept, passwords: passwordsFor(folders, kept.passwords) };
  // Renamed into place, so that a kill in the middle leaves the file unchanged.
  writeFileSync(`${file}.new`, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return secrets;
}

function newKeys(): Omit<Secrets, 'passwords'> {
  const assertion = newKeyPair();
  return {
    assertionPrivateKey: assertion.privateKey,
    assertionPublicKey: assertion.publicKey,
    logPrivateKey: newKeyPair().privateKey,
  };
}

const DIGEST = 'prepared-by.txt';

/**
 * True if exactly this version prepared the data folder with these secrets. Then there is nothing to provision or
 * migrate.
 */
export function isPrepared(folder: string, version: string): boolean {
  const file = join(folder, DIGEST);
  return existsSync(file) && readFileSync(file, 'utf8') === version;
}

/** Notes that this version has provisioned, migrated and filled the databases. */
export function notePrepared(folder: string, version: string): void {
  writeFileSync(join(folder, DIGEST), version);
}

/** A digest of everything that determines the databases: sources, composed schema and passwords. */
export function versionOf(root: string, folder: string): string {
  const hash = createHash('sha256');
  for (const part of ['subgraphs', 'chassis', 'hub', 'schema']) {
    const files = readdirSync(join(root, part), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|sql|graphql)$/.test(file) && !file.endsWith('.test.ts'))
      .sort();
    for (const file of files)
      hash
        .update(file)
        .update('\0')
        .update(readFileSync(join(root, part, file)));
  }
  const secrets = ['secrets.json', join('registry-server', 'password'), join('sectors-server', 'password')];
  for (const file of secrets) hash.update(readFileSync(join(folder, file)));
  return hash.digest('hex');
}

/** The name of a database server and of its folder in the data folder. */
export function serverFolder(name: ServerName): string {
  return `${name}-server`;
}
