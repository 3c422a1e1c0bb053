import type { ApolloServerOptionsWithGateway, BaseContext } from '@apollo/server';
import { assertValidSchema, executeSync, type GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { HubError } from '../../schema/errors.ts';
import type { Entrant } from '../waiting-operations.ts';
import { lossesOf } from './answer/losses.ts';
import { project } from './answer/project.ts';
import { execute, type Send, sendBy, type Transport } from './fetch/fetch.ts';
import { newRun } from './fetch/run.ts';
import { Seeding, type Seeds } from './fetch/seed.ts';
import type { JsonObject } from './json.ts';
import { PlanCache } from './plan/plan.ts';
import type { MakePlanner, Planner } from './plan/planner.ts';
import { PlanningProcesses } from './plan/planning-processes.ts';
import type { Fetch } from './plan/steps.ts';
import { apiSchemaOf } from './prepare/api-schema.ts';
import { conditionsIn, Operation } from './prepare/operation.ts';
import type { Variables } from './prepare/selections.ts';
import { subgraphsOf } from './prepare/supergraph.ts';
import { Types } from './prepare/types.ts';
import { coerceVariables } from './prepare/variables.ts';

export { MAX_ERRORS, type SubgraphError } from './errors.ts';
export type { SubgraphAnswer, SubgraphRequest, Transport } from './fetch/fetch.ts';
export type { Seeds } from './fetch/seed.ts';

/*
 * The way of one request: variables.ts coerces, operation.ts prepares the operation (once per text), plan.ts plans it
 * (once), seed.ts adds the references that the gateway itself knows, fetch.ts carries out the steps of steps.ts, each with
 * represent.ts, rewrite.ts and merge.ts; losses.ts finds the fields that failures cost, and project.ts makes the answer in
 * the client's shape.ts, with errors.ts.
 */

/** Apollo Server's seam for federation engines. */
export type GatewayInterface = ApolloServerOptionsWithGateway<BaseContext>['gateway'];
type Listener = Parameters<GatewayInterface['onSchemaLoadOrUpdate']>[0];
type Executor = NonNullable<Awaited<ReturnType<GatewayInterface['load']>>['executor']>;
type Request = Parameters<Executor>[0];

/** A federation engine whose supergraph can be replaced while it runs. */
export interface Engine {
  /** The schema that clients see now. */
  readonly apiSchema: GraphQLSchema;
  /** Serves another supergraph from the next request on. Rejects if it is broken, and the old one stays. */
  reload(supergraph: string): Promise<void>;
}

/** The parts of an engine. */
export interface EngineOptions<Context> {
  /** SDL of any Federation 2 supergraph. */
  readonly supergraph: string;
  readonly transport: Transport<Context>;
  /**
   * The description of the API schema; absent: none. The planner cannot parse a description on a supergraph's schema.
   */
  readonly description?: string;
  readonly seeds?: Seeds;
  /** Makes the planner of each supergraph; absent: processes that plan. */
  readonly planner?: MakePlanner;
  /** Whose turn a request takes if its operation has to be planned. Absent: all take one turn, and none is urgent. */
  readonly entrant?: (context: Context) => Entrant;
  /** Called when a planning process ended by itself. Another has taken its place. */
  readonly onPlannerEnd?: () => void;
  /** Called when a request's operation has a plan. */
  readonly onPlanned?: (context: Context) => void;
  /** Called with the number of keys and errors that a subgraph answered unasked; they have been dropped. */
  readonly onUnasked?: (subgraph: string, count: number, context: Context) => void;
}

/** Everything that belongs to one supergraph. */
interface Supergraph {
  readonly sdl: string;
  readonly schema: GraphQLSchema;
  readonly types: Types;
  readonly planner: Planner;
  readonly plans: PlanCache;
  readonly seeding: Seeding | null;
}

interface Result {
  data?: JsonObject | null;
  errors?: readonly GraphQLError[];
}

/** A Federation 2 gateway engine for `new ApolloServer({ gateway })`. Throws if the supergraph is broken. */
export function createEngine<Context extends BaseContext>(
  options: EngineOptions<Context>,
): Engine & GatewayInterface & { load(): Promise<{ schema: GraphQLSchema; executor: Executor }> } {
  let current = supergraphOf(options.supergraph, options);
  const bySchema = new WeakMap([[current.schema, current]]);
  const listeners = new Set<Listener>();
  const announce = (listener: Listener) => listener({ apiSchema: current.schema, coreSupergraphSdl: current.sdl });
  const executor: Executor = (request) => {
    // A request that was validated against the schema before a reload is planned against the same schema.
    const supergraph = bySchema.get(request.schema) ?? current;
    const context = request.context as Context;
    const noted: Noted = {
      entrant: options.entrant?.(context) ?? ANYBODY,
      planned: () => options.onPlanned?.(context),
      unasked: (count, subgraph) => options.onUnasked?.(subgraph, count, context),
    };
    return answer(supergraph, request, noted, sendBy(options.transport, context));
  };
  return {
    get apiSchema() {
      return current.schema;
    },
    async reload(supergraph) {
      const next = supergraphOf(supergraph, options);
      await readyOf(next);
      // Requests that were validated before are still planned; then the planner ends.
      current.planner.close();
      current = next;
      bySchema.set(current.schema, current);
      for (const listener of listeners) announce(listener);
    },
    async load() {
      await readyOf(current);
      for (const listener of listeners) announce(listener);
      return { schema: current.schema, executor };
    },
    onSchemaLoadOrUpdate(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      listeners.clear();
      current.planner.close();
    },
  };
}

type Given = Pick<EngineOptions<never>, 'description' | 'seeds' | 'planner' | 'onPlannerEnd'>;

function supergraphOf(sdl: string, { description, seeds, planner: make, onPlannerEnd }: Given): Supergraph {
  const document = parse(sdl, { noLocation: true });
  if (subgraphsOf(document).size === 0) {
    throw new TypeError(
      'Expected a supergraph, which names its subgraphs; this document names none. Compose it with Federation 2.',
    );
  }
  const schema = apiSchemaOf(document);
  schema.description = description;
  // Apollo Server would notice only later, when requests are already on their way to the new one.
  assertValidSchema(schema);
  // Without a query root type the planner aborts the process instead of throwing.
  if (!schema.getQueryType())
    throw new TypeError(
      'Expected a supergraph with a query root type; this document has none. Add a query field to a subgraph.',
    );
  const types = new Types(document);
  const seeding = seeds === undefined ? null : new Seeding(schema, types, seeds);
  const planner = make?.(sdl) ?? new PlanningProcesses(sdl, onPlannerEnd);
  return { sdl, schema, types, planner, plans: new PlanCache(planner), seeding };
}

async function readyOf({ planner }: Supergraph): Promise<void> {
  try {
    await planner.ready();
  } catch (fault) {
    planner.close();
    throw fault;
  }
}

const SEND_ALL: ReadonlySet<Fetch> = new Set();

const ANYBODY: Entrant = { caller: '', isUrgent: false, onOver: () => undefined };

/** Who makes a request, and its moments that the engine reports. */
interface Noted {
  readonly entrant: Entrant;
  planned(): void;
  unasked(count: number, subgraph: string): void;
}

/** One request: coerce, plan, seed, fetch, project. */
async function answer(
  { schema, types, plans, seeding }: Supergraph,
  { operation: definition, document, source, operationName, request }: Request,
  noted: Noted,
  send: Send,
): Promise<Result> {
  const coerced = coerceVariables(schema, definition, request.variables ?? {});
  if ('errors' in coerced) return { errors: coerced.errors };
  const { variables } = coerced;
  try {
    const conditions = conditionsIn(document, variables);
    const prepare = () => new Operation(schema, types, document, definition, conditions);
    const asked = { document, source, name: operationName, conditions: Object.values(conditions).map(Number).join('') };
    const { operation, step } = await plans.plan(asked, noted.entrant, prepare);
    noted.planned();
    const fault = operation.nullable.faultOf(variables);
    if (fault !== null) return { errors: [fault] };
    const run = newRun(types, variables);
    if (step !== null) {
      const needless = seeding?.sow(step, run.data, variables) ?? SEND_ALL;
      await execute(step, run, send, needless);
      run.unasked.forEach(noted.unasked);
    }
    if (operation.introspection !== null) introspect(schema, operation, variables, run.data);
    const { data, faults } = project(operation.shape, run.data, { ...run, losses: lossesOf(run) });
    const errors = faults.toErrors();
    return errors.length === 0 ? { data } : { data, errors };
  } catch (cause) {
    return {
      data: null,
      errors: [cause instanceof HubError ? cause : HubError.constant('INTERNAL_SERVER_ERROR', cause)],
    };
  }
}

function introspect(schema: GraphQLSchema, operation: Operation, variables: Variables, data: JsonObject): void {
  const { introspection, shape } = operation;
  if (introspection === null) return;
  const known = executeSync({ schema, document: introspection, variableValues: variables });
  if (known.errors?.[0] !== undefined) throw known.errors[0];
  for (const { kind, key, dataKey } of shape.fieldsOf(shape.type.name)) {
    if (kind === 'introspection') data[dataKey] = known.data?.[key];
  }
}
