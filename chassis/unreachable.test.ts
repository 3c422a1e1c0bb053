import { expect, test } from '@jest/globals';
import pg from 'pg';
import { isUnreachable } from './unreachable.ts';

const coded = (code: string, more: object = {}) => Object.assign(new Error('x'), { code, ...more });

test.each([
  ['a port at which nobody listens', coded('ECONNREFUSED')],
  ['a connection that broke', new Error('Connection terminated unexpectedly')],
  ['no connection in time', new Error('timeout exceeded when trying to connect')],
  ['no connection of a single client in time', new Error('timeout expired')],
  ['a server that is stopping', coded('57P01')],
  ['a server that is starting', coded('57P03')],
  ['a server that has no connection left', coded('53300')],
  ['a standby', coded('25006')],
  ['what an ORM made of it', coded('x', { previous: coded('ECONNRESET') })],
  ['a cause', new Error('x', { cause: coded('08006') })],
  ['every address of a host', new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')])],
])('takes %s for a database that cannot be reached', (_, fault) => {
  expect(isUnreachable(fault)).toBe(true);
});

test.each([
  ['a row that exists already', coded('23505')],
  ['a missing right', coded('42501')],
  ['a statement that the database stopped', coded('57014')],
  ['a fault of the code', new TypeError('x is not a function')],
  ['no error', 'ECONNREFUSED'],
])('does not take %s for one', (_, fault) => {
  expect(isUnreachable(fault)).toBe(false);
});

test('knows what pg says of a port at which nobody listens', async () => {
  const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
  const fault = await pool.query('SELECT 1').catch((error: unknown) => error);
  await pool.end();
  expect(isUnreachable(fault)).toBe(true);
});
