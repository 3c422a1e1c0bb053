import pg from 'pg';
import type { Hub } from '../../hub/hub.ts';
import { until } from './until.ts';

/** Tables of a database that nobody reads or writes until they are released. */
export interface Lock {
  /** Resolves when as many statements wait for the tables. */
  waiting(statements: number): Promise<void>;
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
      await until(`${statements} statements that wait for ${tables.join(', ')}`, async () => {
        const { rows } = await client.query<{ n: number }>(
          'SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND relation = ANY ($1::regclass[])',
          [tables],
        );
        return (rows[0]?.n ?? 0) >= statements ? true : undefined;
      });
    },
    release: async () => {
      await client.query('ROLLBACK');
      await client.end();
    },
  };
}
