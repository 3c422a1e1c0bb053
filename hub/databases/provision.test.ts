import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { type DatabaseUrls, databaseUrls, passwordsFor, readUrls } from '../../chassis/database-urls.ts';
import { folderNamed, loginsOf } from '../../chassis/folders.ts';
import { ConfigurationError } from '../../process/configuration.ts';
import { type PostgresServer, removePostgres, startPostgres } from '../postgres/postgres.ts';
import { provision } from './provision.ts';

const folders = ['police', 'registry', 'social-services'].map(folderNamed);
let base: string;
let servers: { registry: PostgresServer; sectors: PostgresServer };
let urls: DatabaseUrls;

const admin = () => ({ registry: servers.registry.adminUrl, sectors: servers.sectors.adminUrl });
const hosts = () => ({ registry: `127.0.0.1:${servers.registry.port}`, sectors: `127.0.0.1:${servers.sectors.port}` });

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'samsyn-provision-'));
  chmodSync(base, 0o755);
  const start = (name: string) => startPostgres({ folder: join(base, name), port: 0, fsync: false });
  const [registry, sectors] = await Promise.all([start('registry'), start('sectors')]);
  servers = { registry, sectors };
  urls = databaseUrls(folders, hosts(), passwordsFor(folders));
  await provision({ folders, admin: admin(), urls, demo: true });
}, 60_000);

afterAll(async () => {
  await Promise.all([servers.registry.stop(), servers.sectors.stop()]);
  for (const name of ['registry', 'sectors']) removePostgres(join(base, name));
  rmSync(base, { recursive: true });
});

async function ask(url: string | undefined, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url ?? 'missing' });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

function toDatabase(variable: string, database: string, port?: number): string {
  const url = new URL(urls[variable] ?? '');
  url.pathname = `/${database}`;
  if (port !== undefined) url.port = String(port);
  return url.href;
}

test('lets every login reach its own database', async () => {
  for (const { variable, database, role } of folders.flatMap(loginsOf)) {
    expect(await ask(urls[variable], 'SELECT current_database(), session_user')).toEqual([database, role]);
  }
});

test('lets no login reach any other database', async () => {
  const databases = ['postgres', 'template1', 'samsyn_police', 'samsyn_social_services', 'samsyn_registry'];
  for (const login of folders.flatMap(loginsOf)) {
    for (const database of databases.filter((name) => name !== login.database)) {
      await expect(ask(toDatabase(login.variable, database), 'SELECT 1')).rejects.toThrow(
        /permission denied for database|does not exist/,
      );
    }
  }
});

test('gives a sector different passwords for the two servers', async () => {
  await expect(
    ask(toDatabase('SAMSYN_POLICE_DATABASE_URL', 'samsyn_registry', servers.registry.port), 'SELECT 1'),
  ).rejects.toThrow('password authentication failed');
});

test('lets serving roles create nothing, in no schema, and no temporary tables', async () => {
  for (const variable of [
    'SAMSYN_POLICE_DATABASE_URL',
    'SAMSYN_POLICE_AUTHORIZE_URL',
    'SAMSYN_REGISTRY_DATABASE_URL',
  ]) {
    const schema = variable === 'SAMSYN_POLICE_DATABASE_URL' ? 'agency' : 'registry';
    for (const sql of [
      `CREATE TABLE ${schema}.mine ()`,
      'CREATE TABLE public.mine ()',
      'CREATE TEMPORARY TABLE mine ()',
      'CREATE SCHEMA mine',
      'CREATE ROLE mine',
      'CREATE DATABASE mine',
    ]) {
      await expect(ask(urls[variable], sql)).rejects.toThrow('permission denied');
    }
  }
});

test('lets nobody else call an owner’s function until it is granted', async () => {
  const owner = urls.SAMSYN_REGISTRY_OWNER_URL;
  await ask(owner, 'CREATE FUNCTION registry.closed() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$');

  await expect(ask(urls.SAMSYN_POLICE_AUTHORIZE_URL, 'SELECT registry.closed()')).rejects.toThrow(
    'permission denied for function closed',
  );
  await ask(owner, 'GRANT EXECUTE ON FUNCTION registry.closed TO samsyn_sector');
  expect(await ask(urls.SAMSYN_POLICE_AUTHORIZE_URL, 'SELECT registry.closed()')).toEqual([1]);
});

test('gives a sector’s serving role its owner’s tables, and the registry’s only the granted ones', async () => {
  for (const [key, schema] of [['POLICE', 'agency'] as const, ['REGISTRY', 'registry'] as const]) {
    await ask(urls[`SAMSYN_${key}_OWNER_URL`], `CREATE TABLE ${schema}.kept (n int)`);
  }
  expect(await ask(urls.SAMSYN_POLICE_DATABASE_URL, 'INSERT INTO kept VALUES (4) RETURNING n')).toEqual([4]);
  await expect(ask(urls.SAMSYN_REGISTRY_DATABASE_URL, 'SELECT * FROM kept')).rejects.toThrow('permission denied');
  await expect(ask(urls.SAMSYN_POLICE_AUTHORIZE_URL, 'SELECT * FROM registry.kept')).rejects.toThrow(
    'permission denied',
  );
});

test('ends transactions of every role but the owners after ten seconds', async () => {
  for (const { variable } of folders.flatMap(loginsOf)) {
    const limit = variable.endsWith('_OWNER_URL') ? '0' : '10s';
    expect(await ask(urls[variable], 'SHOW transaction_timeout')).toEqual([limit]);
  }
});

test('keeps the data, sets new passwords and drops the remains of a killed run when run again', async () => {
  await ask(urls.SAMSYN_POLICE_OWNER_URL, 'CREATE TABLE again AS SELECT 5 AS n');
  await ask(servers.sectors.adminUrl, 'CREATE DATABASE samsyn_school_making');
  const more = [...folders, folderNamed('school')];
  const before = urls;
  urls = databaseUrls(more, hosts(), passwordsFor(more));

  await provision({ folders: more, admin: admin(), urls, demo: false });

  expect(await ask(urls.SAMSYN_POLICE_DATABASE_URL, 'SELECT n FROM again')).toEqual([5]);
  await expect(ask(before.SAMSYN_POLICE_DATABASE_URL, 'SELECT 1')).rejects.toThrow('password authentication failed');
  expect(await ask(urls.SAMSYN_POLICE_OWNER_URL, 'SELECT count(*)::int FROM public.demo_mark')).toEqual([1]);
  await expect(ask(urls.SAMSYN_SCHOOL_OWNER_URL, 'SELECT 1 FROM public.demo_mark')).rejects.toThrow('does not exist');
});

test('makes no login for a role whose login is not configured', async () => {
  const { SAMSYN_REGISTRY_SEALER_URL: sealer, ...rest } = urls;
  await provision({ folders, admin: admin(), urls: rest, demo: false });

  await expect(ask(sealer, 'SELECT 1')).rejects.toThrow('is not permitted to log in');
});

test('names all missing and wrong URLs at once', () => {
  const env = {
    SAMSYN_POLICE_OWNER_URL: 'postgres://samsyn_police_owner:x@db/samsyn_police',
    SAMSYN_POLICE_DATABASE_URL: 'postgres://postgres:x@db/samsyn_police',
    SAMSYN_POLICE_AUTHORIZE_URL_FILE: '/nowhere/url',
  };
  const faults = [
    'SAMSYN_POLICE_DATABASE_URL is wrong: expected postgres://samsyn_police:PASSWORD@HOST:PORT/samsyn_police',
    'SAMSYN_POLICE_AUTHORIZE_URL cannot be read from the file that SAMSYN_POLICE_AUTHORIZE_URL_FILE names (ENOENT): make it readable for this process',
  ];

  expect(() => readUrls(env, loginsOf(folderNamed('police')))).toThrow(new ConfigurationError(faults));
});
