import type pg from 'pg';
import type { Logger } from 'pino';

/**
 * Makes the log's partitions of this month and the three that follow, and says so when rows fell into the net beneath them:
 * then nothing is lost, but their month has no partition.
 */
export async function makePartitions(db: Pick<pg.Pool, 'query'>, log: Logger): Promise<void> {
  const { rows } = await db.query<{ astray: string }>('SELECT seal.make_partitions() AS astray');
  const astray = Number(rows[0]?.astray);
  if (astray > 0)
    log.error(
      { alarm: 'ENTRY_OUTSIDE_PARTITIONS', entries: astray },
      'entries of the access log have instants that no partition is made for: look at the database server’s clock',
    );
}
