import pg from 'pg';
import type { DatabaseUrls } from '../../chassis/database-urls.ts';
import { type Folder, ownerLogin } from '../../chassis/folders.ts';

/** The row that tells a database the demo made, and when the demo filled it: no other database is ever filled. */
export const DEMO_MARK = 'public.demo_mark';

/** The statements that mark a new database as the demo's. */
export function demoMarkSql(owner: string): string {
  return `CREATE TABLE ${DEMO_MARK} (made_at timestamptz NOT NULL DEFAULT now(), seeded_at timestamptz);
    COMMENT ON TABLE ${DEMO_MARK} IS 'This database was made by the demo, which may fill it with invented persons.';
    INSERT INTO ${DEMO_MARK} DEFAULT VALUES;
    ALTER TABLE ${DEMO_MARK} OWNER TO ${owner};`;
}

/** Is every database there, marked as the demo's and filled? */
export async function isSeeded(folders: readonly Folder[], urls: DatabaseUrls): Promise<boolean> {
  const seeded = await Promise.all(
    folders.map(async (folder) => {
      const client = new pg.Client({ connectionString: urls[ownerLogin(folder).variable] ?? '' });
      try {
        await client.connect();
        const { rows } = await client.query(`SELECT seeded_at IS NOT NULL AS seeded FROM ${DEMO_MARK}`);
        return rows.length === 1 && rows[0].seeded === true;
      } catch (error) {
        // No such database or table: not seeded. Anything else is a fault to be told.
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
