import type { EntityManager } from '@mikro-orm/postgresql';
import { HubError } from '../../../schema/errors.ts';

/** Locks a group for the rest of the transaction; FORBIDDEN, as for later requests, if it has just ended. */
export async function lockGroup(em: EntityManager, id: string | null): Promise<void> {
  const [group] = await em.execute<{ ended: boolean }[]>(
    'SELECT ended_at IS NOT NULL AS ended FROM registry.intervention_group WHERE id = ? FOR NO KEY UPDATE',
    [id],
  );
  if (group?.ended !== false) throw HubError.constant('FORBIDDEN');
}

/** The kinds of things that have a revision. */
export type Revised = 'youth' | 'group' | 'seat' | 'consent';

/** The table of each revision, and the row that every change of it locks first. The order is group, youth, the rest. */
const REVISIONS: Readonly<Record<Revised, { readonly table: string; readonly lock: string }>> = {
  youth: { table: 'registry.youth', lock: 'SELECT FROM registry.youth WHERE id = ? FOR NO KEY UPDATE' },
  group: {
    table: 'registry.intervention_group',
    lock: 'SELECT FROM registry.intervention_group WHERE id = ? FOR NO KEY UPDATE',
  },
  seat: {
    table: 'registry.seat',
    lock: `SELECT FROM registry.intervention_group g JOIN registry.seat s ON s.group_id = g.id
      WHERE s.id = ? FOR NO KEY UPDATE OF g`,
  },
  consent: {
    table: 'registry.consent',
    lock: `SELECT FROM registry.youth y JOIN registry.intervention_group g ON g.youth = y.id
      JOIN registry.consent c ON c.group_id = g.id WHERE c.id = ? FOR NO KEY UPDATE OF y`,
  },
};

/** One thing with a revision. */
interface RevisedThing {
  readonly kind: Revised;
  readonly id: string;
}

/** Locks a thing, if any, for the rest of the transaction; CONFLICT if a revision is expected and it has another. */
export async function hold(em: EntityManager, thing: RevisedThing | null, expected: number | null): Promise<void> {
  if (thing === null) return;
  await em.execute(REVISIONS[thing.kind].lock, [thing.id]);
  // A separate statement after the lock, so that it sees everything committed during the wait.
  if (expected === null || expected === (await revisionOf(em, thing))) return;
  throw new HubError(
    'CONFLICT',
    'Somebody has changed it since you read it. Read it again, then decide whether your change still applies.',
  );
}

/** The revision of a thing, as the transaction sees it now. */
export async function revisionOf(em: EntityManager, { kind, id }: RevisedThing): Promise<number | null> {
  const [row] = await em.execute<{ revision: number }[]>(`SELECT revision FROM ${REVISIONS[kind].table} WHERE id = ?`, [
    id,
  ]);
  return row?.revision ?? null;
}
