import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { folderNamed } from '../../chassis/folders.ts';
import type { Script } from '../../chassis/migrations.ts';
import { type PostgresServer, removePostgres, startPostgres } from '../postgres/postgres.ts';
import { runMigrations } from './run-migrations.ts';

const police = folderNamed('police');
let base: string;
let server: PostgresServer;
let client: pg.Client;

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'samsyn-functions-'));
  chmodSync(base, 0o755);
  server = await startPostgres({ folder: join(base, 'server'), port: 0, fsync: false });
  client = new pg.Client({ connectionString: server.adminUrl });
  await client.connect();
  await client.query(`CREATE ROLE ${police.owner}; CREATE ROLE ${police.runtime}; CREATE ROLE eraser`);
}, 60_000);

afterAll(async () => {
  await client.end();
  await server.stop();
  removePostgres(join(base, 'server'));
  rmSync(base, { recursive: true });
});

/** An empty schema of the police, and a session of its owner. */
beforeEach(async () => {
  await client.query(`RESET ROLE; DROP SCHEMA IF EXISTS agency CASCADE; CREATE SCHEMA agency AUTHORIZATION ${police.owner};
    GRANT USAGE ON SCHEMA agency TO ${police.runtime}; GRANT eraser TO ${police.owner} WITH INHERIT FALSE, SET TRUE;
    SET ROLE ${police.owner}; SET search_path = agency; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`);
});

const script = (name: string, text: string): Script => ({ name, text: () => text });
const first = script('0001-first', 'CREATE TABLE suspicion (n int)');
const run = (functions: Script[], tables: Script[] = [first]) => runMigrations(police, { tables, functions }, client);

const ask = async (sql: string) => (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
/** The existing functions, by identity. */
const functions = () =>
  ask("SELECT p.oid::regprocedure::text FROM pg_proc p WHERE pronamespace = 'agency'::regnamespace ORDER BY 1");
const mayCall = (role: string, name: string) => ask(`SELECT has_function_privilege('${role}', '${name}', 'EXECUTE')`);

const answer = (text: string, n: number) =>
  script('answer', `CREATE OR REPLACE FUNCTION ${text} LANGUAGE sql AS 'SELECT ${n}'`);

test('applies a file of functions whenever its text has changed, and only then', async () => {
  await run([answer('answer() RETURNS int', 1)]);
  expect(await ask('SELECT answer()')).toEqual([1]);

  await run([answer('answer() RETURNS int', 2)]);
  expect(await ask('SELECT answer()')).toEqual([2]);

  const [made] = await ask("SELECT xmin::text FROM pg_proc WHERE oid = 'answer()'::regprocedure");
  await run([answer('answer() RETURNS int', 2)]);
  expect(await ask("SELECT xmin::text FROM pg_proc WHERE oid = 'answer()'::regprocedure")).toEqual([made]);
});

test('drops a function that no file makes any more, or that has got other arguments', async () => {
  const other = script('other', "CREATE OR REPLACE FUNCTION other() RETURNS int LANGUAGE sql AS 'SELECT 0'");
  await run([answer('answer() RETURNS int', 1), other]);
  await run([answer('answer(a int, b text[]) RETURNS int', 2), other]);
  expect(await functions()).toEqual(['answer(integer,text[])', 'other()']);

  await run([other]);
  expect(await functions()).toEqual(['other()']);
});

test('keeps a function that moves to another file', async () => {
  const text = "CREATE OR REPLACE FUNCTION moved() RETURNS int LANGUAGE sql AS 'SELECT 1'";
  await run([script('here', text), answer('answer() RETURNS int', 1)]);
  await run([script('there', text), answer('answer() RETURNS int', 1)]);
  expect(await functions()).toEqual(['answer()', 'moved()']);
});

test('changes a result, or the name of an argument, along with the objects that use the function', async () => {
  const view = script('view', 'CREATE OR REPLACE VIEW answers AS SELECT answer(1) AS n');
  await run([answer('answer(a int) RETURNS int', 1), view]);
  await run([answer('answer(b int) RETURNS bigint', 2), view]);
  expect(await ask('SELECT n FROM answers')).toEqual(['2']);
  expect(await functions()).toEqual(['answer(integer)']);
});

test('changes the type of an argument, along with an unchanged view that uses the function', async () => {
  const view = script('view', 'CREATE OR REPLACE VIEW answers AS SELECT answer(1) AS n');
  await run([answer('answer(a int) RETURNS int', 1), view]);
  await run([answer('answer(a bigint) RETURNS int', 2), view]);
  expect(await ask('SELECT n FROM answers')).toEqual([2]);
  expect(await functions()).toEqual(['answer(bigint)']);
});

test('drops no object that a table depends on, and changes nothing', async () => {
  const other = script('other', "CREATE OR REPLACE FUNCTION other() RETURNS int LANGUAGE sql AS 'SELECT 0'");
  await run([other, answer('answer() RETURNS int', 1)]);
  await client.query('ALTER TABLE suspicion ADD m int DEFAULT answer()');

  await expect(run([other])).rejects.toThrow('other objects depend on it');
  await expect(run([answer('answer() RETURNS text', 2)])).rejects.toThrow('answer: cannot change return type');
  expect(await functions()).toEqual(['answer()', 'other()']);
  expect(await ask('SELECT answer()')).toEqual([1]);
});

test('grants a function to the roles that its file names now, and to its owner', async () => {
  const granted = (...to: string[]) =>
    script(
      'granted',
      `CREATE OR REPLACE FUNCTION granted() RETURNS int LANGUAGE sql AS 'SELECT 1';
       ${to.map((role) => `GRANT EXECUTE ON FUNCTION granted TO ${role};`).join('')}`,
    );
  await run([granted(police.runtime, 'PUBLIC')]);
  expect(await mayCall(police.runtime, 'granted()')).toEqual([true]);

  await run([granted()]);
  expect(await mayCall(police.runtime, 'granted()')).toEqual([false]);
});

test('makes a function of another role again as its own', async () => {
  const given = (n: number) =>
    script(
      'given',
      `CREATE OR REPLACE FUNCTION given() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'SELECT ${n}';
       GRANT EXECUTE ON FUNCTION given TO ${police.runtime}; GRANT CREATE ON SCHEMA agency TO eraser;
       ALTER FUNCTION given OWNER TO eraser; REVOKE CREATE ON SCHEMA agency FROM eraser;`,
    );
  await run([given(1)]);
  await run([given(2)]);
  expect(await ask("SELECT prosrc, proowner::regrole::text FROM pg_proc WHERE oid = 'given()'::regprocedure")).toEqual([
    'SELECT 2',
    'eraser',
  ]);
  expect(await mayCall('public', 'given()')).toEqual([false]);
});

test('replaces triggers with their functions, and drops them with them', async () => {
  const doubling = (by: number, event: string) =>
    script(
      'doubling',
      `CREATE OR REPLACE FUNCTION multiply() RETURNS trigger LANGUAGE plpgsql AS
         'BEGIN NEW.n := NEW.n * ${by}; RETURN NEW; END';
       CREATE OR REPLACE TRIGGER multiplies BEFORE ${event} ON suspicion FOR EACH ROW EXECUTE FUNCTION multiply();`,
    );
  await run([doubling(2, 'INSERT')]);
  await client.query('INSERT INTO suspicion VALUES (1)');
  await run([doubling(3, 'INSERT OR UPDATE')]);
  await client.query('UPDATE suspicion SET n = n');
  await run([]);
  await client.query('UPDATE suspicion SET n = n');
  expect(await ask('SELECT n FROM suspicion')).toEqual([6]);
});

test('applies all functions again after a change of tables, because some depend on the columns', async () => {
  const columns = script(
    'columns',
    `DO $do$ BEGIN EXECUTE (SELECT format('CREATE OR REPLACE FUNCTION columns() RETURNS text LANGUAGE sql AS %L',
       format('SELECT %L::text', string_agg(attname, ' ' ORDER BY attnum)))
       FROM pg_attribute WHERE attrelid = 'suspicion'::regclass AND attnum > 0); END $do$`,
  );
  await run([columns]);
  await run([columns], [first, script('0002-more', 'ALTER TABLE suspicion ADD m int')]);
  expect(await ask('SELECT columns()')).toEqual(['n m']);
});

test('runs a migration on bare tables: no view blocks it and no trigger changes its rows', async () => {
  const view = script('view', 'CREATE OR REPLACE VIEW numbers AS SELECT n FROM suspicion');
  const one = script(
    'one',
    `CREATE OR REPLACE FUNCTION one() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.n := 1; RETURN NEW; END';
     CREATE OR REPLACE TRIGGER is_one BEFORE INSERT OR UPDATE ON suspicion FOR EACH ROW EXECUTE FUNCTION one();`,
  );
  await run([view, one]);
  await client.query('INSERT INTO suspicion VALUES (1)');
  const wider = script('0002-wider', 'ALTER TABLE suspicion ALTER n TYPE bigint; UPDATE suspicion SET n = 3000000000');
  await run([view, one], [first, wider]);
  expect(await ask('SELECT n FROM numbers')).toEqual(['3000000000']);
  await client.query('UPDATE suspicion SET n = n');
  expect(await ask('SELECT n FROM numbers')).toEqual(['1']);
});

test('names a file that fails, and leaves the tables before it unchanged', async () => {
  const half = script(
    'half',
    'CREATE OR REPLACE FUNCTION half() RETURNS int LANGUAGE sql AS $$ SELECT m FROM suspicion $$',
  );
  await expect(run([half], [first, script('0002-more', 'ALTER TABLE suspicion ADD k int')])).rejects.toThrow(
    'half: column "m" does not exist',
  );
  expect(await ask("SELECT to_regclass('suspicion')")).toEqual([null]);
});

test('does not repeat an earlier release’s single migration under its new names', async () => {
  await run([], [script('0001-all', 'CREATE TABLE suspicion (n int); CREATE TABLE report (n int)')]);
  const one: Script = { ...script('0001-suspicion', 'CREATE TABLE suspicion (n int)'), was: '0001-all' };
  const two: Script = { ...script('0002-report', 'CREATE TABLE report (n int)'), was: '0001-all' };
  await run([], [one, two, script('0003-more', 'ALTER TABLE report ADD m int')]);
  expect(await ask('SELECT name FROM migration ORDER BY id')).toEqual(['0001-all', '0003-more']);
});

test('keeps the database’s memory of its migrations from the serving role', async () => {
  await run([]);
  for (const table of ['migration', 'function_file']) {
    expect(await ask(`SELECT has_table_privilege('${police.runtime}', '${table}', 'SELECT, INSERT, UPDATE')`)).toEqual([
      false,
    ]);
  }
});
