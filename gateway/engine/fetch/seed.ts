import {
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  type SelectionSetNode,
} from 'graphql';
import { isJsonObject, type JsonObject, read } from '../json.ts';
import type { Fetch, Step } from '../plan/steps.ts';
import {
  eachField,
  type Fragments,
  fragmentsOf,
  operationOf,
  responseKey,
  type Variables,
} from '../prepare/selections.ts';
import type { Types } from '../prepare/types.ts';

/**
 * The gateway's own knowledge of a root field: a reference to an object of `type`, whose field `key` is the argument of
 * that name in lower case. An argument that does not fit gives no reference.
 */
export interface Seed {
  readonly type: string;
  readonly key: string;
  readonly fits: (argument: string) => boolean;
}

/** Seeds by the coordinate of their root field, such as `Query.youth`. */
export type Seeds = Readonly<Record<string, Seed>>;

/** Puts the seeds of a plan's root fields into the data, so that the objects remain whichever subgraph fails. */
export class Seeding {
  readonly #schema: GraphQLSchema;
  readonly #types: Types;
  readonly #seeds: Seeds;

  constructor(schema: GraphQLSchema, types: Types, seeds: Seeds) {
    this.#schema = schema;
    this.#types = types;
    this.#seeds = seeds;
  }

  /** Seeds every root fetch of the step, and returns the fetches that then have nothing left to ask. */
  sow(step: Step, data: JsonObject, variables: Variables): ReadonlySet<Fetch> {
    const needless = new Set<Fetch>();
    for (const fetch of rootFetches(step, variables)) {
      if (this.#sowFetch(fetch, data, variables)) needless.add(fetch);
    }
    return needless;
  }

  #sowFetch(fetch: Fetch, data: JsonObject, variables: Variables): boolean {
    const root = fetch.request.kind === 'query' ? this.#schema.getQueryType() : this.#schema.getMutationType();
    if (!root) return false;
    const fragments = fragmentsOf(fetch.document);
    let needless = fetch.request.kind === 'query';
    const is = (condition: string) => condition === root.name;
    eachField(operationOf(fetch.document).selectionSet, fragments, variables, is, (field) => {
      if (field.name.value === '__typename') return;
      const seed = this.#seedOf(root, field, variables);
      if (seed === null) needless = false;
      else if (!this.#sowField(field, seed, data, fragments, variables)) needless = false;
    });
    return needless;
  }

  #seedOf(root: GraphQLObjectType, field: FieldNode, variables: Variables): JsonObject | null {
    const coordinate = `${root.name}.${field.name.value}`;
    const seed = Object.hasOwn(this.#seeds, coordinate) ? this.#seeds[coordinate] : undefined;
    const definition = root.getFields()[field.name.value];
    if (seed === undefined || definition === undefined) return null;
    const key = String(getArgumentValues(definition, field, variables)[seed.key]).toLowerCase();
    return seed.fits(key) ? { __typename: seed.type, [seed.key]: key } : null;
  }

  /** Seeds one field; true if the seed gives all selected fields of the object. */
  #sowField(field: FieldNode, seed: JsonObject, data: JsonObject, fragments: Fragments, variables: Variables): boolean {
    const known = read(data, responseKey(field));
    const object = isJsonObject(known) ? known : {};
    data[responseKey(field)] = object;
    let complete = true;
    const name = read(seed, '__typename');
    const is = (condition: string) => typeof name === 'string' && this.#types.is(name, condition);
    const selections: SelectionSetNode | undefined = field.selectionSet;
    if (selections === undefined) return true;
    eachField(selections, fragments, variables, is, (child) => {
      if (Object.hasOwn(seed, child.name.value)) object[responseKey(child)] = seed[child.name.value];
      else complete = false;
    });
    return complete;
  }
}

function* rootFetches(step: Step, variables: Variables): Generator<Fetch> {
  if (step.kind === 'roots') yield step.fetch;
  else if (step.kind === 'sequence' || step.kind === 'parallel') {
    for (const child of step.steps) yield* rootFetches(child, variables);
  } else if (step.kind === 'condition') {
    const taken = variables[step.variable] === true ? step.ifTrue : step.ifFalse;
    if (taken !== null) yield* rootFetches(taken, variables);
  }
}
