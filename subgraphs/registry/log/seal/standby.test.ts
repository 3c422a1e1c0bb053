import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { databaseUrls, randomPassword } from '../../../../chassis/database-urls.ts';
import { authorizeLogin, folderNamed, loginsOf } from '../../../../chassis/folders.ts';
import { migrate } from '../../../../hub/databases/migrate.ts';
import { provision } from '../../../../hub/databases/provision.ts';
import { removePostgres, startPostgres } from '../../../../hub/postgres/postgres.ts';
import { clusterHome, runAs } from '../../../../hub/postgres/postgres-home.ts';
import { migrations } from '../../migrations/index.ts';

const FOLDERS = [folderNamed('registry'), folderNamed('school')];

test('a standby decides nothing', async () => {
  const base = mkdtempSync(join(process.env.SAMSYN_TEST_RUN ?? tmpdir(), 'standby-'));
  // The database's user passes through it.
  chmodSync(base, 0o755);
  const folder = join(base, 'data');
  const primary = await startPostgres({ folder, port: 0, fsync: false });
  const password = randomPassword();
  const passwords = Object.fromEntries(FOLDERS.flatMap(loginsOf).map(({ variable }) => [variable, password]));
  const urlsAt = (port: number) => {
    const host = `127.0.0.1:${port}`;
    return databaseUrls(FOLDERS, { registry: host, sectors: host }, passwords);
  };
  const urls = urlsAt(primary.port);
  const admin = { registry: primary.adminUrl, sectors: primary.adminUrl };
  await provision({ folders: FOLDERS, admin, urls, demo: false });
  const subgraphs = FOLDERS.map((each) => ({
    folder: each,
    subgraph: { migrations: each.isRegistry ? migrations : { tables: [], functions: [] } },
  }));
  await migrate({ subgraphs, urls, demo: false, categories: [] });
  await primary.stop();

  writeFileSync(join(clusterHome(folder, runAs()), 'cluster', 'standby.signal'), '');
  const standby = await startPostgres({ folder, port: 0, fsync: false });
  const asking = new pg.Client({
    connectionString: urlsAt(standby.port)[authorizeLogin(folderNamed('school')).variable] ?? '',
  });
  await asking.connect();
  const none = Array.from({ length: 16 }, () => `'{}'`).join();
  await expect(asking.query(`SELECT * FROM registry.authorize(${none})`)).rejects.toThrow(
    'A standby decides nothing: ask the primary.',
  );
  await asking.end();
  await standby.stop();
  removePostgres(folder);
  rmSync(base, { recursive: true });
}, 60_000);
