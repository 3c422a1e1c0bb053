import type pg from 'pg';

/**
 * Thins the checkpoints that are older than a day to one an hour, rather one that witnesses have cosigned: there can be
 * several a second, and each later one proves what an earlier one does. Tiles, leaves and proofs stay as they are.
 */
export async function thinCheckpoints(db: Pick<pg.Pool, 'query'>): Promise<void> {
  await db.query(
    `DELETE FROM seal.checkpoint c USING (
       SELECT log, size, row_number() OVER (
         PARTITION BY log, date_trunc('hour', sealed_at) ORDER BY witnessed_at IS NOT NULL DESC, size DESC) AS place
       FROM seal.checkpoint WHERE sealed_at < clock_timestamp() - interval '1 day'
     ) old
     WHERE c.log = old.log AND c.size = old.size AND old.place > 1`,
  );
}
