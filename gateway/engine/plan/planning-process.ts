import { type PlanNode, QueryPlanner } from '@graphql-hive/router-query-planner';

/** A message to the process: the supergraph first, then operations to plan. */
export type PlanningOrder =
  | { readonly supergraph: string }
  | { readonly id: number; readonly text: string; readonly name: string | null };

/** A message from the process: that it can plan or why it cannot, then plans or why there are none. */
export type PlanningReport =
  | { readonly ready: true }
  | { readonly broken: string }
  | { readonly id: number; readonly plan: PlanNode | null }
  | { readonly id: number; readonly fault: string };

/*
 * A process that plans and does nothing else. The planner is native code that can end its whole process, whichever thread
 * it runs in. This one holds no data, no keys and no connections. It ends with the gateway, whose channel then closes.
 */

let planner: QueryPlanner | undefined;

process.on('message', (order: PlanningOrder) => {
  if ('supergraph' in order) begin(order.supergraph);
  else void plan(order);
});
process.once('disconnect', () => process.exit(0));
// A terminal sends these to the gateway too, which still has requests in progress.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);

function begin(supergraph: string): void {
  try {
    planner = new QueryPlanner(supergraph);
    report({ ready: true });
  } catch (fault) {
    report({ broken: String(fault) });
  }
}

async function plan({ id, text, name }: Extract<PlanningOrder, { id: number }>): Promise<void> {
  try {
    if (planner === undefined) throw new TypeError('Expected a supergraph before the first operation. Send it first.');
    // No progressive overrides: no labels, and nothing at random.
    const { node } = await planner.planAsync(text, name, new Set(), 0);
    report({ id, plan: node ?? null });
  } catch (fault) {
    report({ id, fault: String(fault) });
  }
}

function report(message: PlanningReport): void {
  process.send?.(message);
}
