import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { passwordsFor } from '../chassis/database-urls.ts';
import type { Folder } from '../chassis/folders.ts';
import { newKeyPair } from '../process/key-pair.ts';
import { StartError } from '../process/start-error.ts';
import { MARK } from './postgres/postgres-home.ts';

/** What an embedded hub keeps secret, in a file that only its owner may read. */
export interface Secrets {
  /** By the variable of the login's URL. */
  readonly passwords: Readonly<Record<string, string>>;
  /** The gateway signs caller assertions with it; PEM. */
  readonly assertionPrivateKey: string;
  readonly assertionPublicKey: string;
  /** The registry signs the access log with it; PEM. Nobody but the demo makes such a key by itself. */
  readonly logPrivateKey: string;
}

/**
 * Makes the data folder of an embedded hub, or opens it, and returns its secrets; folders that are new get passwords. Throws a
 * StartError when it cannot be read and written, or is not ours.
 */
export function openDataFolder(folder: string, folders: readonly Folder[]): Secrets {
  try {
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).length === 0)
      writeFileSync(join(folder, MARK), 'The data of a hub that Samsyn’s launcher made.\n');
    if (existsSync(join(folder, MARK))) return openSecrets(join(folder, 'secrets.json'), folders);
  } catch (cause) {
    throw new StartError(
      `The data folder ${folder} cannot be read and written by this user: mend its owner, or set SAMSYN_DATA to another folder.`,
      { cause },
    );
  }
  throw new StartError(`The folder ${folder} was not made by Samsyn: set SAMSYN_DATA to another folder.`);
}

/** Copies the data folder of a stopped hub, owners and rights included. Throws a StartError when that cannot be. */
export function copyDataFolder(from: string, to: string): void {
  const elsewhere = ['registry-server', 'sectors-server'].some((server) => existsSync(join(from, server, 'elsewhere')));
  if (elsewhere) throw new StartError(`The databases of ${from} are kept elsewhere, so it cannot be copied.`);
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  if (status !== 0) throw new StartError(`${from} could not be copied to ${to}: ${stderr.trim()}.`);
}

function openSecrets(file: string, folders: readonly Folder[]): Secrets {
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>) : {};
  const secrets = { ...newKeys(), ...kept, passwords: passwordsFor(folders, kept.passwords) };
  // Renamed into place: a kill in the middle leaves the file as it was.
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

/** Was this data folder prepared by exactly this version, with these secrets? Then there is nothing to provision or migrate. */
export function isPrepared(folder: string, version: string): boolean {
  const file = join(folder, DIGEST);
  return existsSync(file) && readFileSync(file, 'utf8') === version;
}

/** Notes that the databases are provisioned, migrated and filled by this version. */
export function notePrepared(folder: string, version: string): void {
  writeFileSync(join(folder, DIGEST), version);
}

/** A digest of all that makes the databases what they are: sources, composed schema and passwords. */
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
