import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { named } from '../../../chassis/statement.ts';

/** The years that an entry is kept at least, whatever the hub's setting (HSLF-FS 2016:40); the database refuses less. */
export const LEAST_RETENTION_YEARS = 5;

/**
 * Sets the years that entries written from now on are kept, unless their programme asks for more. Older entries keep what is
 * written on them. The change itself is an entry. `db` is a session of the owner.
 */
export async function setRetention(db: pg.Client, years: number, by: string, reason: string): Promise<void> {
  await db.query('BEGIN');
  await db.query(named('UPDATE seal.state SET retention_years = :years', { years }));
  const operation = createHash('sha256').update('setRetention').digest('hex');
  await db.query(
    named(
      `INSERT INTO registry.log_row (kind, request_id, operation_hash, caller, agency, roles, name, ground, part_from, unit_part,
         unit_permitted)
       VALUES ('CHANGE', :request, :operation, :by, (SELECT id FROM registry.agency WHERE code = 'hub:samsyn'), 0, 'setRetention',
         :ground, '{1,2}', '{1}', '{true}')`,
      { request: randomUUID(), operation, by, ground: `${years} years: ${reason}` },
    ),
  );
  await db.query('COMMIT');
}
