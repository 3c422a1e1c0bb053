import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { folderNamed, ownerLogin } from '../../chassis/folders.ts';
import { demandServer, mayPrepare } from '../../chassis/store/demand-server.ts';
import { clientTo } from '../../chassis/store/hosts.ts';
import { StartError } from '../../process/start-error.ts';
import { type FakePostgres, startFakePostgres, startRefusingPostgres } from '../../test/setup/fake-postgres.ts';
import { migrate } from './migrate.ts';
import { provision } from './provision.ts';

const SCHOOL = folderNamed('school');
const OLD = ' leads to PostgreSQL 17: expected 18 or later. Upgrade that server, or name another.';

let old: FakePostgres;
let standby: FakePostgres;
let primary: FakePostgres;
beforeAll(async () => {
  old = await startFakePostgres('server_version_num', '170004');
  standby = await startFakePostgres('standby', 't', 'bool');
  primary = await startFakePostgres('standby', 'f', 'bool');
});
afterAll(() => Promise.all([old, standby, primary].map(({ end }) => end())));

const urlOf = (...servers: readonly { readonly port: number }[]) =>
  `postgres://someone:secret@${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}/some_database`;

test('an older PostgreSQL is refused in one sentence, before anything else is asked, by whatever begins with it', async () => {
  const url = urlOf(old);
  const variable = ownerLogin(SCHOOL).variable;
  const migration = {
    subgraphs: [{ folder: SCHOOL, subgraph: { migrations: { tables: [], functions: [] } } }],
    demo: false,
  };
  const refused = [
    () => provision({ folders: [SCHOOL], admin: { registry: url, sectors: url }, urls: {}, demo: false }),
    () => migrate({ ...migration, urls: { [variable]: url }, categories: [] }),
    () => demandServer(url, 'SAMSYN_SCHOOL_DATABASE_URL'),
    () => mayPrepare(url, 'SAMSYN_REGISTRY_SEALER_URL'),
  ];
  for (const begin of refused) await expect(begin()).rejects.toThrow(OLD);
  expect(new Set(old.asked)).toEqual(new Set(['SHOW server_version_num']));
});

test('a server that cannot be reached is left to the requests', async () => {
  await expect(demandServer('postgres://someone:secret@127.0.0.1:1/x', 'SAMSYN_SCHOOL_DATABASE_URL')).resolves.toBe(
    undefined,
  );
});

test.each([
  ['a server that is starting', '57P03'],
  ['a server that has no connection left', '53300'],
])('%s is left to the requests', async (_, code) => {
  const server = await startRefusingPostgres(code);
  await expect(mayPrepare(urlOf(server), 'SAMSYN_SCHOOL_DATABASE_URL')).resolves.toBe(true);
  await server.end();
});

test.each([
  ['a wrong password', '28P01'],
  ['a login that is not let in', '28000'],
  ['a database that does not exist', '3D000'],
])('%s stops the start in one sentence', async (_, code) => {
  const server = await startRefusingPostgres(code);
  await expect(demandServer(urlOf(server), 'SAMSYN_SCHOOL_DATABASE_URL')).rejects.toThrow(
    new StartError(
      `SAMSYN_SCHOOL_DATABASE_URL leads to a server that refuses the hub (SQLSTATE ${code}): check its user, password and database, and that the databases are provisioned.`,
    ),
  );
  await server.end();
});

test('connects to the primary among several hosts, whichever stands first', async () => {
  for (const servers of [
    [standby, primary],
    [primary, standby],
    [{ port: 1 }, primary],
  ]) {
    const client = clientTo(urlOf(...servers), {});
    await client.connect();
    expect(client.port).toBe(primary.port);
    await client.end();
  }
});

test('without a primary among several hosts there is no connection', async () => {
  const client = clientTo(urlOf(standby, { port: 1 }), {});
  await expect(client.connect()).rejects.toThrow(AggregateError);
});
