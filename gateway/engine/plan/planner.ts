import type { PlanNode } from '@graphql-hive/router-query-planner';

/** Plans the operations of one supergraph. */
export interface Planner {
  /** Resolves when it can plan. Rejects if it cannot read the supergraph. */
  ready(): Promise<void>;
  /**
   * The plan of the operation called `name` in a text; null if there is nothing to fetch. Rejects with the planner's error
   * if there is no plan, with BAD_REQUEST for an operation that the planner does not survive, and with DEADLINE_EXCEEDED for one
   * that it is not ready with in time.
   */
  plan(text: string, name: string | null): Promise<PlanNode | null>;
  /** Ends it when nothing is being planned any more. */
  close(): void;
}

/** Makes the planner of a supergraph. */
export type MakePlanner = (supergraph: string) => Planner;
