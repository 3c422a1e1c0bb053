import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseUrls, passwordsFor, randomPassword } from '../../chassis/database-urls.ts';
import { type Folder, folders, loginsOf, type ServerName } from '../../chassis/folders.ts';
import { exitOnFault } from '../../process/configuration.ts';
import { newKeyPair } from '../../process/key-pair.ts';
import { ROOT } from '../../process/root.ts';
import { ALARM_TOKEN, ASSERTION_KEYS, adminVariables, COMPOSED_HOSTS, LOG_KEY, secretName } from './compose-file.ts';

/**
 * Writes random secrets for docker-compose.yml, each to a file of its own under `folder`. Existing ones stay, so that a
 * new agency's folder only adds its own. Returns the names of the new ones.
 */
export function writeSecrets(
  folder: string,
  all: readonly Folder[] = folders(),
  hosts: Readonly<Record<ServerName, string>> = COMPOSED_HOSTS,
): string[] {
  mkdirSync(folder, { recursive: true });
  // Containers read the files as users of their own, so the files are readable by all and the folder is not.
  chmodSync(folder, 0o700);
  const added: string[] = [];
  const keep = (variable: string, value: string): string => {
    const file = join(folder, secretName(variable));
    if (existsSync(file)) return readFileSync(file, 'utf8');
    writeFileSync(file, value, { mode: 0o444 });
    added.push(secretName(variable));
    return value;
  };
  for (const server of ['registry', 'sectors'] as const) {
    const { url, password } = adminVariables(server);
    const secret = keep(password, randomPassword());
    keep(url, `postgres://samsyn_admin:${secret}@${hosts[server]}/postgres`);
  }
  const urls = databaseUrls(all, hosts, passwordsFor(all));
  for (const { variable, optional } of all.flatMap(loginsOf)) if (!optional) keep(variable, urls[variable] ?? '');
  writeKeys(folder, keep);
  return added;
}

function writeKeys(folder: string, keep: (variable: string, value: string) => string): void {
  keep(LOG_KEY, newKeyPair().privateKey);
  // The receiver of alarms knows the registry by this token; replace it if the receiver has one of its own.
  keep(ALARM_TOKEN, randomPassword());
  // One without the other is of no use, so both are made together.
  if (existsSync(join(folder, secretName(ASSERTION_KEYS.sign)))) return;
  const { privateKey, publicKey } = newKeyPair();
  keep(ASSERTION_KEYS.verify, publicKey);
  keep(ASSERTION_KEYS.sign, privateKey);
}

/** `npm run secrets`: writes them for docker-compose.yml, under secrets/. */
async function main(): Promise<void> {
  const added = writeSecrets(join(ROOT, 'secrets'));
  process.stdout.write(
    added.length === 0 ? 'All secrets exist already.\n' : `Made in secrets/: ${added.join(', ')}.\n`,
  );
}

if (import.meta.main) exitOnFault(main);
