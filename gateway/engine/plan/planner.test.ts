import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type PlanNode, QueryPlanner } from '@graphql-hive/router-query-planner';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { InMemoryFederation } from '../../../test/engine/in-memory-federation.ts';
import { PETS } from '../../../test/engine/pets-federation.ts';
import { execute } from '../fetch/fetch.ts';
import { newRun } from '../fetch/run.ts';
import { Types } from '../prepare/types.ts';
import { type Step, stepOf } from './steps.ts';

/*
 * The properties of the planner that the engine relies on. The planner's plans are no documented interface, so its version
 * is pinned, and these tests notice a version that plans differently.
 */

const federation = new InMemoryFederation(PETS);
const planner = new QueryPlanner(federation.supergraph);

async function planOf(operation: string): Promise<PlanNode | undefined> {
  const { kind, node } = await planner.planAsync(operation, null, new Set(), 0);
  expect(kind).toBe('QueryPlan');
  return node;
}

const keyOf = (typeCondition: string) => ({
  kind: 'InlineFragment',
  typeCondition,
  selections: ['__typename', 'id'].map((name) => ({ kind: 'Field', name })),
});

describe('the planner', () => {
  test('has the version that the project pins', () => {
    const manifest = createRequire(import.meta.url).resolve('@graphql-hive/router-query-planner/package.json');
    const installed = JSON.parse(readFileSync(manifest, 'utf8')).version;
    const pinned = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')).dependencies;
    expect(pinned['@graphql-hive/router-query-planner']).toBe(installed);
  });

  test('gives root fetches in parallel, and the fetches that need them in sequence', async () => {
    const plan = await planOf('{ anybody { id } dogs { name weight } }');
    if (plan?.kind !== 'Sequence' || plan.nodes[0]?.kind !== 'Parallel') throw new Error(JSON.stringify(plan));
    const [{ nodes }, after] = plan.nodes as [{ nodes: PlanNode[] }, PlanNode];
    const operations = nodes.map((node) => (node.kind === 'Fetch' ? [node.serviceName, node.operation] : node.kind));
    expect(operations.sort()).toEqual([
      ['people', '{anybody{id}}'],
      ['pets', '{dogs{__typename id weight}}'],
    ]);
    expect(after).toEqual({
      kind: 'Flatten',
      path: [{ Field: 'dogs' }, '@'],
      node: {
        kind: 'Fetch',
        serviceName: 'people',
        operationKind: 'query',
        operation: 'query($representations:[_Any!]!){_entities(representations: $representations){...on Dog{name}}}',
        requires: [keyOf('Dog')],
      },
    });
  });

  test('joins the fetches from one subgraph at several places', async () => {
    const plan = await planOf('{ anybody { friends { score } best { score } } }');
    const batch = plan?.kind === 'Sequence' ? plan.nodes[1] : undefined;
    if (batch?.kind !== 'BatchFetch') throw new Error(JSON.stringify(plan));
    expect(batch.operation).toBe(
      'query($__batch_reps_0:[_Any!]!){_e0: _entities(representations: $__batch_reps_0){...on Person{score}}}',
    );
    const [{ paths, ...alias } = { paths: [] }, ...others] = batch.entityBatch.aliases;
    expect([alias, others]).toEqual([
      { alias: '_e0', representationsVariableName: '__batch_reps_0', requires: [keyOf('Person')] },
      [],
    ]);
    const places = [
      [{ Field: 'anybody' }, { Field: 'best' }],
      [{ Field: 'anybody' }, { Field: 'friends' }, '@'],
    ];
    expect(paths.toSorted((a, b) => a.length - b.length)).toEqual(places);
  });

  test('fails when it knows no way', async () => {
    await expect(planOf('{ nobody }')).rejects.toThrow('nobody');
  });
});

describe('a step on a condition', () => {
  // operation.ts decides conditions before planning; a plan that holds one is carried out all the same.
  const fetchOf = (operation: string): PlanNode => ({ kind: 'Fetch', serviceName: 'pets', operation });
  const node: PlanNode = {
    kind: 'Condition',
    condition: 'yes',
    ifClause: fetchOf('{then}'),
    elseClause: fetchOf('{otherwise}'),
  };

  test.each([
    [true, node, ['{then}']],
    [false, node, ['{otherwise}']],
    [false, { kind: 'Condition', condition: 'yes', ifClause: fetchOf('{then}') } as PlanNode, []],
  ])('is taken when the variable is %p', async (yes, plan, expected) => {
    const asked: string[] = [];
    const step: Step = stepOf(plan);
    const types = new Types(parse(federation.supergraph));
    const run = newRun(types, { yes });
    const send = async ({ operation }: { operation: string }) => {
      asked.push(operation);
      return { data: {} };
    };
    await execute(step, run, send, new Set());
    expect(asked).toEqual(expected);
  });

  test('rejects a kind that none of our plans should have', () => {
    const deferred: PlanNode = { kind: 'Defer', primary: {}, deferred: [] };
    expect(() => stepOf(deferred)).toThrow('Defer');
    expect(() =>
      stepOf({ kind: 'Subscription', primary: { kind: 'Fetch', serviceName: 'a', operation: '{a}' } }),
    ).toThrow('Subscription');
  });
});
