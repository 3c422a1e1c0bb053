import type {
  BatchFetchNode,
  ConditionNode,
  EntityBatchAlias,
  FetchNode,
  FlattenNode,
  FlattenNodePathSegment,
  PlanNode,
  RequiresSelection,
} from '@graphql-hive/router-query-planner';
import { type DocumentNode, parse } from 'graphql';
import { fragmentsOf, operationOf } from '../prepare/selections.ts';
import type { Types } from '../prepare/types.ts';
import { FetchedFields } from './fetched-fields.ts';
import { type Rewrite, rewritesOf } from './rewrite.ts';

/** The constant part of a fetch, the same every time that it is sent: everything but the values of its variables. */
export interface FetchRequest {
  readonly subgraph: string;
  readonly operation: string;
  readonly operationName?: string;
  /** The request's JSON up to the value of its variables. */
  readonly head: string;
  readonly kind: 'query' | 'mutation';
}

/** One request to a subgraph, as the plan has it. */
export class Fetch {
  readonly request: FetchRequest;
  readonly variables: readonly string[];
  #document: DocumentNode | undefined;
  #selected: FetchedFields | undefined;

  constructor(node: FetchNode | BatchFetchNode) {
    if (node.operationKind === 'subscription') throw unsupported('Subscription');
    const { operation, operationName } = node;
    const name = operationName ? `,"operationName":${JSON.stringify(operationName)}` : '';
    this.request = {
      subgraph: node.serviceName,
      operation,
      ...(operationName == null ? {} : { operationName }),
      head: `{"query":${JSON.stringify(operation)}${name},"variables":`,
      kind: node.operationKind ?? 'query',
    };
    this.variables = node.variableUsages ?? [];
  }

  /** The parsed operation; parsed when first needed. */
  get document(): DocumentNode {
    this.#document ??= parse(this.request.operation, { noLocation: true });
    return this.#document;
  }

  /** The fields that the fetch selects, of a supergraph with these types. */
  selected(types: Types): FetchedFields {
    const { document } = this;
    this.#selected ??= new FetchedFields([operationOf(document).selectionSet], fragmentsOf(document), types);
    return this.#selected;
  }
}

/** The plan's instructions for representing the entities at some paths. */
export interface Representing {
  readonly paths: readonly (readonly FlattenNodePathSegment[])[];
  readonly requires: readonly RequiresSelection[];
  readonly inputRewrites: readonly Rewrite[];
}

/** One `_entities` field of a fetch. */
export interface Entities extends Representing {
  /** The field's response key. */
  readonly alias: string;
  /** The variable that holds its representations. */
  readonly variable: string;
  readonly outputRewrites: readonly Rewrite[];
}

/** A query plan, prepared to be carried out many times. */
export type Step =
  | { readonly kind: 'sequence'; readonly steps: readonly Step[] }
  | { readonly kind: 'parallel'; readonly steps: readonly Step[] }
  | {
      readonly kind: 'condition';
      readonly variable: string;
      readonly ifTrue: Step | null;
      readonly ifFalse: Step | null;
    }
  | { readonly kind: 'roots'; readonly fetch: Fetch; readonly outputRewrites: readonly Rewrite[] }
  | { readonly kind: 'entities'; readonly fetch: Fetch; readonly entities: readonly Entities[] };

type FlattenPath = FlattenNode['path'];

/** The step for a node of the planner. Throws a TypeError for a node that none of our plans should have. */
export function stepOf(node: PlanNode, path: FlattenPath | null = null): Step {
  switch (node.kind) {
    case 'Sequence':
      return { kind: 'sequence', steps: node.nodes.map((child) => stepOf(child, path)) };
    case 'Parallel':
      return { kind: 'parallel', steps: node.nodes.map((child) => stepOf(child, path)) };
    case 'Condition':
      return conditionOf(node, path);
    case 'Flatten':
      return stepOf(node.node, [...(path ?? []), ...node.path]);
    case 'Fetch':
      return fetchOf(node, path);
    case 'BatchFetch':
      return { kind: 'entities', fetch: new Fetch(node), entities: node.entityBatch.aliases.map(batchedEntities) };
    default:
      throw unsupported(node.kind);
  }
}

function conditionOf(node: ConditionNode, path: FlattenPath | null): Step {
  return {
    kind: 'condition',
    variable: node.condition,
    ifTrue: clauseOf(node.ifClause, path),
    ifFalse: clauseOf(node.elseClause, path),
  };
}

/** The step of a clause; the planner gives null for an absent one, whatever its types say. */
function clauseOf(node: PlanNode | null | undefined, path: FlattenPath | null): Step | null {
  return node === null || node === undefined ? null : stepOf(node, path);
}

function fetchOf(node: FetchNode, path: FlattenPath | null): Step {
  const outputRewrites = rewritesOf(node.outputRewrites);
  if (path === null) return { kind: 'roots', fetch: new Fetch(node), outputRewrites };
  if (!node.requires) throw unsupported('Flatten without requirements');
  const entities: Entities = {
    alias: '_entities',
    variable: 'representations',
    paths: [path],
    requires: node.requires,
    inputRewrites: rewritesOf(node.inputRewrites),
    outputRewrites,
  };
  return { kind: 'entities', fetch: new Fetch(node), entities: [entities] };
}

function batchedEntities(alias: EntityBatchAlias): Entities {
  return {
    alias: alias.alias,
    variable: alias.representationsVariableName,
    paths: alias.paths,
    requires: alias.requires,
    inputRewrites: rewritesOf(alias.inputRewrites),
    outputRewrites: rewritesOf(alias.outputRewrites),
  };
}

function unsupported(what: string): TypeError {
  return new TypeError(`Expected a plan of fetches; the planner gave ${what}. Pin the planner's version.`);
}
