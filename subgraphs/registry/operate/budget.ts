import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { named } from '../../../chassis/statement.ts';

/** The least budget of units an hour: one operation may ask for so many (docs/design.md, section 5). */
export const LEAST_BUDGET = 5_000;

/** Units an hour that a caller may ask of one sector. */
export interface BudgetUnits {
  readonly person: number;
  /** For an agency's own system, which acts for nobody. */
  readonly system: number;
}

/**
 * Sets the budgets of callers. Processes use them within a minute. The change itself is an entry. `db` is a session of the owner.
 */
export async function setBudget(
  db: pg.Client,
  { person, system }: BudgetUnits,
  by: string,
  reason: string,
): Promise<void> {
  await db.query('BEGIN');
  await db.query(named('UPDATE registry.budget SET person = :person, system = :system', { person, system }));
  const operation = createHash('sha256').update('setBudget').digest('hex');
  await db.query(
    named(
      `INSERT INTO registry.log_row (kind, request_id, operation_hash, caller, agency, roles, name, ground, part_from, unit_part,
         unit_permitted)
       VALUES ('CHANGE', :request, :operation, :by, (SELECT id FROM registry.agency WHERE code = 'hub:samsyn'), 0, 'setBudget',
         :ground, '{1,2}', '{1}', '{true}')`,
      { request: randomUUID(), operation, by, ground: `${person} units a person, ${system} a system: ${reason}` },
    ),
  );
  await db.query('COMMIT');
}
