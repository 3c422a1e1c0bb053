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
import { HubError } from '../../schema/errors.ts';
import { type Fragments, fragmentsOf, isIncluded, responseKey, type Variables } from './selections.ts';
import { Shape } from './shape.ts';
import type { Types } from './types.ts';

/** How many shapes are remembered per operation: one per combination of @skip and @include values met. */
const MAX_SHAPES = 16;

const INTROSPECTION = new Set(['__schema', '__type']);

/** A client's operation, made ready once for planner, introspection and projection. */
export class Operation {
  readonly definition: OperationDefinitionNode;
  /** What the planner is to plan; null when no subgraph is needed. */
  readonly text: string | null;
  /** The introspection part, for the gateway itself; null when there is none. */
  readonly introspection: DocumentNode | null;
  readonly #schema: GraphQLSchema;
  readonly #fragments: Fragments;
  readonly #dataKeys: ReadonlyMap<string, string>;
  readonly #conditions: readonly string[];
  readonly #shapes = new Map<string, Shape>();

  /** Throws BAD_USER_INPUT for a number that the planner cannot read. */
  constructor(schema: GraphQLSchema, types: Types, document: DocumentNode, definition: OperationDefinitionNode) {
    this.#schema = schema;
    this.definition = definition;
    this.#fragments = fragmentsOf(document);
    this.#conditions = conditionVariables(document);
    this.#dataKeys = safeAliases(document, types);
    const roots = openFragments(definition.selectionSet, this.#fragments);
    const introspects = asksFor(roots, isIntrospection);
    this.introspection = introspects ? withRoots(document, definition, keepFields(roots, isIntrospection)) : null;
    const planned = introspects
      ? withRoots(
          document,
          definition,
          keepFields(roots, (field) => !isIntrospection(field)),
        )
      : document;
    refuseHugeNumbers(document);
    const asksSubgraphs = asksFor(roots, (field) => !field.name.value.startsWith('__'));
    this.text = asksSubgraphs ? print(forPlanner(planned, this.#dataKeys)) : null;
  }

  /** The client's selection for these variables. */
  shapeFor(variables: Variables): Shape {
    const key = this.#conditions.map((name) => (variables[name] === true ? '1' : '0')).join('');
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    const root = this.#schema.getRootType(this.definition.operation);
    if (!root) throw new TypeError(`The schema has a root type for each valid operation; none for this one.`);
    const source = { schema: this.#schema, fragments: this.#fragments, variables, dataKeys: this.#dataKeys };
    const shape = new Shape(source, root, new Set([this.definition.selectionSet]));
    if (this.#shapes.size < MAX_SHAPES) this.#shapes.set(key, shape);
    return shape;
  }
}

function isIntrospection(field: FieldNode): boolean {
  return INTROSPECTION.has(field.name.value);
}

function conditionVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: given }) {
      if (name.value !== 'skip' && name.value !== 'include') return;
      for (const { value } of given ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names].sort();
}

/**
 * Aliases that could be taken for something else on the way: for a field that the planner fetches for itself (a key), for
 * a name it makes up (all start with `_`), or for what every object inherits (`__proto__`). The planner gets others.
 */
function safeAliases(document: DocumentNode, types: Types): Map<string, string> {
  const aliases = new Map<string, string>();
  visit(document, {
    Field({ alias, name }) {
      const key = alias?.value;
      if (key === undefined || key === name.value || aliases.has(key)) return;
      const collides = key.startsWith('_') || key in Object.prototype || types.hasFieldNamed(key);
      if (collides) aliases.set(key, `_client_${aliases.size}`);
    },
  });
  return aliases;
}

/**
 * The document as the planner can take it: with safe aliases, and without descriptions. It is printed anew for it, because
 * its parser knows no surrogate pairs and no \u{...} in strings.
 */
function forPlanner(document: DocumentNode, aliases: ReadonlyMap<string, string>): DocumentNode {
  const undescribed = { description: undefined };
  return visit(document, {
    OperationDefinition: (node) => ({ ...node, ...undescribed }),
    FragmentDefinition: (node) => ({ ...node, ...undescribed }),
    VariableDefinition: (node) => ({ ...node, ...undescribed }),
    Field(node) {
      const safe = node.alias === undefined ? undefined : aliases.get(node.alias.value);
      if (safe === undefined || responseKey(node) === node.name.value) return undefined;
      const alias: NameNode = { kind: Kind.NAME, value: safe };
      return { ...node, alias };
    },
  });
}

/** The planner reads integers of 64 bits and would print an infinite float as `inf`. */
function refuseHugeNumbers(document: DocumentNode): void {
  const refuse = (node: IntValueNode | FloatValueNode) => {
    if (Math.abs(Number(node.value)) < 2 ** 63) return;
    if (node.kind === Kind.FLOAT && Number.isFinite(Number(node.value))) return;
    throw new HubError('BAD_USER_INPUT', 'A number in the operation is too large. Send it in a variable.');
  };
  visit(document, { IntValue: refuse, FloatValue: refuse });
}

/** The root selections with fragment spreads turned into inline fragments, so that parts can be taken out. */
function openFragments(set: SelectionSetNode, fragments: Fragments): SelectionSetNode {
  const selections = set.selections.map((node): SelectionNode => {
    if (node.kind === Kind.FIELD) return node;
    const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value);
    if (fragment === undefined) return node;
    const { typeCondition, selectionSet } = fragment;
    return {
      kind: Kind.INLINE_FRAGMENT,
      ...(typeCondition === undefined ? {} : { typeCondition }),
      ...(node.directives === undefined ? {} : { directives: node.directives }),
      selectionSet: openFragments(selectionSet, fragments),
    };
  });
  return { kind: Kind.SELECTION_SET, selections };
}

/** Is such a field asked for, unless @skip or @include leave it out whatever the variables? */
function asksFor(set: SelectionSetNode, wanted: (field: FieldNode) => boolean): boolean {
  return set.selections.some((node) => {
    if (isNeverIncluded(node)) return false;
    if (node.kind === Kind.FIELD) return wanted(node);
    return node.kind === Kind.INLINE_FRAGMENT && asksFor(node.selectionSet, wanted);
  });
}

function isNeverIncluded({ directives }: SelectionNode): boolean {
  const constant = directives?.filter((directive) => directive.arguments?.[0]?.value.kind === Kind.BOOLEAN);
  return !isIncluded(constant, {});
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
