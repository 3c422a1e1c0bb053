import {
  type DefinitionNode,
  type DocumentNode,
  type FieldNode,
  type FloatValueNode,
  type GraphQLSchema,
  type IntValueNode,
  Kind,
  type NameNode,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { HubError } from '../../../schema/errors.ts';
import { NullableArguments } from './arguments.ts';
import { type SafeAliases, safeAliases } from './safe-aliases.ts';
import { type Fragments, fragmentsOf, isIncluded, type Variables } from './selections.ts';
import { Shape } from './shape.ts';
import type { Types } from './types.ts';

const INTROSPECTION = new Set(['__schema', '__type']);

/**
 * A client's operation with given values of its conditions, prepared once for planner, introspection and projection.
 */
export class Operation {
  /** The text to plan; null if no subgraph is needed. */
  readonly text: string | null;
  /** The introspection part, which the gateway itself answers; null if there is none. */
  readonly introspection: DocumentNode | null;
  /** The client's selection. */
  readonly shape: Shape;
  /** The arguments whose values decide whether the operation can be executed. */
  readonly nullable: NullableArguments;

  /**
   * Throws BAD_USER_INPUT for a number that the planner cannot read.
   *
   * @param conditions the values that `conditionsIn` finds; they decide what @skip and @include leave out.
   */
  constructor(
    schema: GraphQLSchema,
    types: Types,
    document: DocumentNode,
    definition: OperationDefinitionNode,
    conditions: Conditions,
  ) {
    refuseHugeNumbers(document);
    const fragments = fragmentsOf(document);
    const dataKeys = safeAliases(document, types);
    const root = schema.getRootType(definition.operation);
    if (!root)
      throw new TypeError('Expected a valid operation; the schema has no root type for this one. Validate it first.');
    this.shape = new Shape(
      { schema, fragments, variables: conditions, dataKeys },
      root,
      new Set([definition.selectionSet]),
    );
    const roots = openFragments(definition.selectionSet, fragments, conditions);
    const introspects = asksFor(roots, isIntrospection);
    this.introspection = introspects ? withRoots(document, definition, keepFields(roots, isIntrospection)) : null;
    const asksSubgraphs = asksFor(roots, (field) => !field.name.value.startsWith('__'));
    const planned = withRoots(
      document,
      definition,
      keepFields(roots, (field) => !isIntrospection(field)),
    );
    const executed = forPlanner(planned, dataKeys, conditions);
    this.text = asksSubgraphs ? print(executed) : null;
    this.nullable = new NullableArguments(schema, executed, definition);
  }
}

/** The values of the variables that @skip and @include depend on, by name. */
export type Conditions = Readonly<Record<string, boolean>>;

/** The conditions of a document under the client's variables, in the order of their names. */
export function conditionsIn(document: DocumentNode, variables: Variables): Conditions {
  const values: Record<string, boolean> = {};
  for (const name of conditionsOf(document)) values[name] = variables[name] === true;
  return values;
}

/** The names of the variables that @skip and @include depend on, sorted; found once per document. */
function conditionsOf(document: DocumentNode): readonly string[] {
  const known = conditions.get(document);
  if (known !== undefined) return known;
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: given }) {
      if (name.value !== 'skip' && name.value !== 'include') return;
      for (const { value } of given ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  const sorted = [...names].sort();
  conditions.set(document, sorted);
  return sorted;
}

const conditions = new WeakMap<DocumentNode, readonly string[]>();

function isIntrospection(field: FieldNode): boolean {
  return INTROSPECTION.has(field.name.value);
}

const ANYTHING: SelectionNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/**
 * The document in the form that the planner accepts: with safe aliases, without descriptions, and without the parts
 * that @skip and @include leave out. Plans that decide this themselves forget a condition when several are equal, and
 * fetch fields that nobody asked for. It is printed again for the planner, whose parser knows no surrogate pairs and no
 * \u{...} in strings.
 */
function forPlanner(document: DocumentNode, aliases: SafeAliases, variables: Variables): DocumentNode {
  const undescribed = { description: undefined };
  return visit(document, {
    OperationDefinition: (node) => ({ ...node, ...undescribed }),
    FragmentDefinition: (node) => ({ ...node, ...undescribed }),
    VariableDefinition: (node) => ({ ...node, ...undescribed }),
    SelectionSet({ kind, selections }) {
      const included = selections.filter(({ directives }) => isIncluded(directives, variables));
      return { kind, selections: included.length === 0 ? [ANYTHING] : included };
    },
    Directive: ({ name }) => (name.value === 'skip' || name.value === 'include' ? null : undefined),
    Field(node) {
      const safe = aliases.get(node);
      if (safe === undefined) return undefined;
      const alias: NameNode = { kind: Kind.NAME, value: safe };
      return { ...node, alias };
    },
  });
}

/** Rejects huge numbers: the planner reads integers of 64 bits and would print an infinite float as `inf`. */
function refuseHugeNumbers(document: DocumentNode): void {
  const refuse = (node: IntValueNode | FloatValueNode) => {
    if (Math.abs(Number(node.value)) < 2 ** 63) return;
    if (node.kind === Kind.FLOAT && Number.isFinite(Number(node.value))) return;
    throw new HubError('BAD_USER_INPUT', 'A number in the operation is too large. Send it in a variable.');
  };
  visit(document, { IntValue: refuse, FloatValue: refuse });
}

/** The root selections that the conditions leave, with fragments made inline, so that parts can be taken out. */
function openFragments(set: SelectionSetNode, fragments: Fragments, variables: Variables): SelectionSetNode {
  const included = set.selections.filter(({ directives }) => isIncluded(directives, variables));
  const selections = included.map((node): SelectionNode => {
    if (node.kind === Kind.FIELD) return node;
    const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value);
    if (fragment === undefined) return node;
    const { typeCondition, selectionSet } = fragment;
    return {
      kind: Kind.INLINE_FRAGMENT,
      ...(typeCondition === undefined ? {} : { typeCondition }),
      ...(node.directives === undefined ? {} : { directives: node.directives }),
      selectionSet: openFragments(selectionSet, fragments, variables),
    };
  });
  return { kind: Kind.SELECTION_SET, selections };
}

function asksFor(set: SelectionSetNode, wanted: (field: FieldNode) => boolean): boolean {
  return set.selections.some((node) => {
    if (node.kind === Kind.FIELD) return wanted(node);
    return node.kind === Kind.INLINE_FRAGMENT && asksFor(node.selectionSet, wanted);
  });
}

function keepFields(set: SelectionSetNode, wanted: (field: FieldNode) => boolean): SelectionSetNode {
  const selections = set.selections.flatMap((node): SelectionNode[] => {
    if (node.kind === Kind.FIELD) return wanted(node) ? [node] : [];
    if (node.kind === Kind.FRAGMENT_SPREAD || !asksFor(node.selectionSet, wanted)) return [];
    return [{ ...node, selectionSet: keepFields(node.selectionSet, wanted) }];
  });
  return { kind: Kind.SELECTION_SET, selections };
}

function withRoots(
  document: DocumentNode,
  definition: OperationDefinitionNode,
  selectionSet: SelectionSetNode,
): DocumentNode {
  const definitions = document.definitions.flatMap((node): DefinitionNode[] => {
    if (node.kind === Kind.FRAGMENT_DEFINITION) return [node];
    return node === definition ? [{ ...definition, selectionSet }] : [];
  });
  return { ...document, definitions };
}
