import pg from 'pg';
import type { Hub } from '../../hub/hub.ts';
import { until } from './until.ts';

/** Statements that wait for tables: a process waits for one at a time, and each has begun to at another time. */
const WAITING = `SELECT pid || ' ' || waitstart AS statement FROM pg_locks
  WHERE NOT granted AND waitstart IS NOT NULL AND relation = ANY ($1::regclass[])`;

/** Tables of a database that nobody reads or writes until they are released. */
export interface Lock {
  /** Resolves when as many statements have waited for the tables, each for a while. */
  waiting(statements: number): Promise<void>;
  /** Ends the statements that wait, as their time limit does. */
  giveUp(): Promise<void>;
  release(): Promise<void>;
}

/** Locks tables, as the owner: a read of them hangs. */
export async function lockTables(hub: Hub, variable: string, tables: readonly string[]): Promise<Lock> {
  const client = new pg.Client({ connectionString: hub.databaseUrls[variable] });
  await client.connect();
  await client.query('BEGIN');
  await client.query(`LOCK TABLE ${tables.join(', ')} IN ACCESS EXCLUSIVE MODE`);
  return {
    waiting: async (statements) => {
      const seen = new Set<string>();
      await until(`${statements} statements that wait for ${tables.join(', ')}`, async () => {
        const { rows } = await client.query<{ statement: string }>(WAITING, [tables]);
        for (const { statement } of rows) seen.add(statement);
        return seen.size >= statements ? true : undefined;
      });
    },
    giveUp: async () => {
      const url = new URL(hub.postgres.sectors.adminUrl);
      url.pathname = `/${client.database}`;
      const admin = new pg.Client({ connectionString: url.href });
      await admin.connect();
      await admin.query(
        'SELECT pg_cancel_backend(pid) FROM pg_locks WHERE NOT granted AND relation = ANY ($1::regclass[])',
        [tables],
      );
      await admin.end();
    },
    release: async () => {
      await client.query('ROLLBACK');
      await client.end();
    },
  };
}
