import type { EntityManager } from '@mikro-orm/postgresql';
import { HubError } from '../../schema/errors.ts';

/** Holds the youth's facts still for the rest of the transaction; what settles them takes the same lock. */
export async function lockYouth(em: EntityManager, id: string): Promise<void> {
  await em.execute('SELECT FROM registry.youth WHERE id = ? FOR NO KEY UPDATE', [id]);
}

/** Holds a group still for the rest of the transaction; FORBIDDEN, as for those who ask later, when it has just ended. */
export async function lockGroup(em: EntityManager, id: string | null): Promise<void> {
  const [group] = await em.execute<{ ended: boolean }[]>(
    'SELECT ended_at IS NOT NULL AS ended FROM registry.intervention_group WHERE id = ? FOR NO KEY UPDATE',
    [id],
  );
  if (group?.ended !== false) throw HubError.constant('FORBIDDEN');
}
