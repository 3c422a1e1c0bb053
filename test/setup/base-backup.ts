import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removePostgres, startPostgres } from '../../hub/postgres/postgres.ts';
import { MARK } from '../../hub/postgres/postgres-home.ts';
import type { RegistryDatabase } from './registry-database.ts';

type Backed = Pick<RegistryDatabase, 'as' | 'superuserUrl'>;

/**
 * Takes a base backup of the running server, as pg_basebackup does: a copy of its files, the write-ahead log up to the end of
 * the copying, and the label that says where recovery begins. Resolves to what puts it in the place of the database.
 */
export async function takeBaseBackup(
  database: Backed & Pick<RegistryDatabase, 'whileStopped'>,
): Promise<() => Promise<void>> {
  const { cluster, copy } = await backUp(database);
  return () =>
    database.whileStopped(() => {
      rmSync(cluster, { recursive: true });
      renameSync(copy, cluster);
    });
}

/** Another server with the data of one. */
export interface OtherServer extends Pick<RegistryDatabase, 'urls' | 'superuserUrl' | 'as' | 'owner'> {
  end(): Promise<void>;
}

/** Starts a standby from a base backup of the running server: it has all that was committed until now, and nothing later. */
export async function startStandby(database: RegistryDatabase): Promise<OtherServer> {
  const { copy } = await backUp(database);
  ownedAs(copy, 'standby.signal', '');
  return startOther(database, copy);
}

/** Makes a primary of a standby, and waits until it is one. */
export function promote(standby: OtherServer): Promise<unknown> {
  return standby.as(standby.superuserUrl, (client) => client.query('SELECT pg_promote(true, 60)'));
}

/** Starts a server on a copy of the data folder that was taken while the server stood still. */
export async function startColdCopy(database: RegistryDatabase): Promise<OtherServer> {
  const cluster = await clusterOf(database);
  const copy = `${cluster}-cold`;
  await database.whileStopped(() => execFileSync('cp', ['-a', cluster, copy]));
  return startOther(database, copy);
}

async function startOther(database: RegistryDatabase, copy: string): Promise<OtherServer> {
  const folder = mkdtempSync(`${copy}-`);
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, MARK), '');
  execFileSync('cp', ['-a', join(database.folder, 'data', 'password'), join(folder, 'password')]);
  renameSync(copy, join(folder, 'cluster'));
  const server = await startPostgres({ folder, port: 0, fsync: false });
  const here = (url: string) => url.replace(`:${database.server.port}/`, `:${server.port}/`);
  return {
    urls: Object.fromEntries(Object.entries(database.urls).map(([variable, url]) => [variable, here(url)])),
    superuserUrl: here(database.superuserUrl),
    owner: here(database.owner),
    as: database.as,
    end: async () => {
      await server.stop();
      removePostgres(folder);
    },
  };
}

/** A copy of the running server's cluster, from which a server recovers. */
function backUp(database: Backed): Promise<{ cluster: string; copy: string }> {
  return database.as(database.superuserUrl, async (client) => {
    const cluster = await clusterOf(database);
    const copy = `${cluster}-backup`;
    await client.query("SELECT pg_backup_start('test', true)");
    execFileSync('cp', ['-a', cluster, copy]);
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    rmSync(join(copy, 'pg_wal'), { recursive: true });
    execFileSync('cp', ['-a', join(cluster, 'pg_wal'), join(copy, 'pg_wal')]);
    rmSync(join(copy, 'postmaster.pid'));
    ownedAs(copy, 'backup_label', rows[0]?.labelfile ?? '');
    return { cluster, copy };
  });
}

/** Writes a file of the server's own user, whoever we are. */
function ownedAs(cluster: string, name: string, text: string): void {
  execFileSync('cp', ['-a', join(cluster, 'PG_VERSION'), join(cluster, name)]);
  writeFileSync(join(cluster, name), text);
}

function clusterOf(database: Backed): Promise<string> {
  return database.as(database.superuserUrl, async (client) => {
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    return rows[0]?.data_directory ?? '';
  });
}
