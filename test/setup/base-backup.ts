import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RegistryDatabase } from './registry-database.ts';

/**
 * Takes a base backup of the running server, as pg_basebackup does: a copy of its files, the write-ahead log up to the end of
 * the copying, and the label that says where recovery begins. Resolves to what puts it in the place of the database.
 */
export async function takeBaseBackup(
  database: Pick<RegistryDatabase, 'as' | 'superuserUrl' | 'whileStopped'>,
): Promise<() => Promise<void>> {
  return database.as(database.superuserUrl, async (client) => {
    const { rows: settings } = await client.query<{ data_directory: string }>('SHOW data_directory');
    const cluster = settings[0]?.data_directory ?? '';
    const copy = `${cluster}-backup`;
    await client.query("SELECT pg_backup_start('test', true)");
    execFileSync('cp', ['-a', cluster, copy]);
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    rmSync(join(copy, 'pg_wal'), { recursive: true });
    execFileSync('cp', ['-a', join(cluster, 'pg_wal'), join(copy, 'pg_wal')]);
    rmSync(join(copy, 'postmaster.pid'));
    // A file of the server's own user, whoever we are.
    execFileSync('cp', ['-a', join(copy, 'PG_VERSION'), join(copy, 'backup_label')]);
    writeFileSync(join(copy, 'backup_label'), rows[0]?.labelfile ?? '');
    return () =>
      database.whileStopped(() => {
        rmSync(cluster, { recursive: true });
        renameSync(copy, cluster);
      });
  });
}
