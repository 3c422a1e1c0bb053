import type pg from 'pg';

/**
 * Has the database learn anew what the log as a whole holds, if it has grown or shrunk by a tenth since it last did. true when
 * it has. Nobody who reads, writes or seals waits for it.
 */
export async function analyseLog(db: Pick<pg.Pool, 'query'>): Promise<boolean> {
  const { rows } = await db.query<{ done: boolean }>('SELECT seal.analyse_log() AS done');
  return rows[0]?.done === true;
}
