import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folders, type ServerName } from '../chassis/folders.ts';
import { StartError } from '../chassis/start-error.ts';
import { type DatabaseUrls, databaseUrls } from './databases/database-urls.ts';
import { clusterHome, runAs } from './postgres/postgres-home.ts';

/** The URL of every database login of the hub that runs from a data folder. Throws a StartError when none does. */
export function runningDatabaseUrls(dataFolder: string): DatabaseUrls {
  const servers: readonly ServerName[] = ['registry', 'sectors'];
  const isRunning = servers.every((server) => existsSync(join(dataFolder, `${server}-server`, 'running.json')));
  if (!isRunning) throw new StartError(`No hub runs from the data folder ${dataFolder}: start it with npm start.`);
  try {
    const { passwords } = JSON.parse(readFileSync(join(dataFolder, 'secrets.json'), 'utf8')) as {
      passwords: Readonly<Record<string, string>>;
    };
    const host = (server: ServerName) => `127.0.0.1:${portOf(join(dataFolder, `${server}-server`))}`;
    return databaseUrls(folders(), { registry: host('registry'), sectors: host('sectors') }, passwords);
  } catch (cause) {
    throw new StartError(
      `The data folder ${dataFolder} cannot be read by this user: run this as the user who started the hub.`,
      { cause },
    );
  }
}

/** The fourth line of postmaster.pid is the server's port. */
function portOf(serverFolder: string): number {
  const file = join(clusterHome(serverFolder, runAs()), 'cluster', 'postmaster.pid');
  return Number(readFileSync(file, 'utf8').split('\n')[3]);
}
