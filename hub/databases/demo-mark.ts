import pg from 'pg';
import type { DatabaseUrls } from '../../chassis/database-urls.ts';
import { type Folder, ownerLogin } from '../../chassis/folders.ts';

/**
 * The table that marks a database as made by the demo, with the time when the demo filled it. No other database is ever
 * filled.
 */
export const DEMO_MARK = 'public.demo_mark';

/** The statements that mark a new database as the demo's. */
export function demoMarkSql(owner: string): string {
  return `CREATE TABLE ${DEMO_MARK} (made_at timestamptz NOT NULL DEFAULT now(), seeded_at timestamptz);
    COMMENT ON TABLE ${DEMO_MARK} IS 'This database was made by the demo, which may fill it with invented persons.';
    INSERT INTO ${DEMO_MARK} DEFAULT VALUES;
    ALTER TABLE ${DEMO_MARK} OWNER TO ${owner};`;
}

/** True if every database exists, is marked as the demo's and is filled. */
export async function isSeeded(folders: readonly Folder[], urls: DatabaseUrls): Promise<boolean> {
  const seeded = await Promise.all(
    folders.map(async (folder) => {
      const client = new pg.Client({ connectionString: urls[ownerLogin(folder).variable] ?? '' });
      try {
        await client.connect();
        const { rows } = await client.query(`SELECT seeded_at IS NOT NULL AS seeded FROM ${DEMO_MARK}`);
        return rows.length === 1 && rows[0].seeded === true;
      } catch (error) {
        // No such database or table means not seeded. Anything else is a fault to report.
        if (error instanceof pg.DatabaseError && ['3D000', '42P01', '28P01', '28000'].includes(error.code ?? ''))
          return false;
        throw error;
      } finally {
        await client.end();
      }
    }),
  );
  return seeded.every(Boolean);
}
