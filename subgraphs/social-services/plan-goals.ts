import type { EntityManager } from '@mikro-orm/postgresql';
import type { InputFault } from '../../chassis/record/record-kind.ts';
import { ActionPlanRow } from './action-plan.ts';

/** A goal's number, and the input field that names it. */
export interface NamedGoal {
  readonly field: string;
  readonly number: number;
}

/** The fields that name an unknown goal: one that is not in the latest adopted action plan of the same link. */
export async function unknownGoals(
  named: readonly NamedGoal[],
  linkId: string,
  em: EntityManager,
): Promise<InputFault[]> {
  if (named.length === 0) return [];
  const plan = await em.findOne(
    ActionPlanRow,
    { linkId, withdrawnAt: null },
    { orderBy: { adopted: 'desc', recordedAt: 'desc', id: 'asc' } },
  );
  const numbers = plan?.goals.map(({ number }) => number) ?? [];
  return named
    .filter(({ number }) => !numbers.includes(number))
    .map(({ field }) => ({
      field,
      message: `${field} must be the number of a goal in the youth’s action plan. Read the plan’s goals, and send one of their numbers.`,
    }));
}
