import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Surroundings } from '../process/command.ts';
import { readConfiguration } from '../process/configuration.ts';
import { ROOT } from '../process/root.ts';
import { StartError } from '../process/start-error.ts';
import { type DatabaseUrls, databaseUrls, loginVariable } from './database-urls.ts';
import { folders, type Login, type ServerName } from './folders.ts';

/** The file in an embedded PostgreSQL server's folder that exists while the server runs, and names its port. */
export const RUNNING = 'running.json';

/**
 * The URL of a login for an operator's command. It comes from the environment or, if the environment has none or the operator
 * names a data folder, from the embedded hub that runs from the data folder. Throws a StartError or a ConfigurationError if
 * there is none.
 */
export function loginUrl(
  login: Login,
  data: string | undefined,
  env: Surroundings['env'],
): { readonly url: string; readonly isEmbedded: boolean } {
  const isNamed = Boolean(env[login.variable] || env[`${login.variable}_FILE`]);
  const dataFolder = resolve(data ?? (env.SAMSYN_DATA || join(ROOT, '.samsyn')));
  const isEmbedded = data !== undefined || (!isNamed && existsSync(dataFolder));
  const url = isEmbedded
    ? runningDatabaseUrls(dataFolder)[login.variable]
    : readConfiguration(env, { url: loginVariable(login) }).url;
  if (url !== undefined) return { url, isEmbedded };
  throw new StartError(
    isEmbedded
      ? `The hub of ${dataFolder} has no login ${login.role}: start it again.`
      : `${login.variable} is missing: set it, or ${login.variable}_FILE.`,
  );
}

/** The URL of every database login of the hub that runs from a data folder. Throws a StartError if none does. */
function runningDatabaseUrls(dataFolder: string): DatabaseUrls {
  const servers: readonly ServerName[] = ['registry', 'sectors'];
  const fileOf = (server: ServerName) => join(dataFolder, `${server}-server`, RUNNING);
  if (!servers.every((server) => existsSync(fileOf(server))))
    throw new StartError(`No hub runs from the data folder ${dataFolder}: start it with npm start.`);
  try {
    const { passwords } = JSON.parse(readFileSync(join(dataFolder, 'secrets.json'), 'utf8')) as {
      passwords: Readonly<Record<string, string>>;
    };
    const host = (server: ServerName) => {
      const { port } = JSON.parse(readFileSync(fileOf(server), 'utf8')) as { port: number };
      return `127.0.0.1:${port}`;
    };
    return databaseUrls(folders(), { registry: host('registry'), sectors: host('sectors') }, passwords);
  } catch (cause) {
    throw new StartError(
      `The data folder ${dataFolder} cannot be read by this user: run this as the user who started the hub.`,
      { cause },
    );
  }
}
