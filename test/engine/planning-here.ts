import { QueryPlanner } from '@graphql-hive/router-query-planner';
import type { Planner } from '../../gateway/engine/plan/planner.ts';

/** Plans in this process: a test starts in no time, and no operation of its own ends the planner. */
export function planHere(supergraph: string): Planner {
  const planner = new QueryPlanner(supergraph);
  return {
    ready: async () => undefined,
    plan: async (text, name) => (await planner.planAsync(text, name, new Set(), 0)).node ?? null,
    close: () => undefined,
  };
}
