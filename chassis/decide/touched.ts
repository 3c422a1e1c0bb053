import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getVariableValues,
  isAbstractType,
  isObjectType,
  Kind,
  type NamedTypeNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { HubError } from '../../schema/errors.ts';
import { isYouthId } from '../../schema/youth-id.ts';
import { isFederationField, kindKey, type Labels, type UnitKind } from './labels.ts';
import { type Ask, askingOf, NOTHING_TOUCHED, numbered, type RootField, type Touched } from './units.ts';

/** An operation that fits the schema, as its client sent it. */
export interface ResolvedOperation {
  readonly schema: GraphQLSchema;
  readonly labels: Labels;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Notes what the operation touches, for the decision. Throws LIMIT_EXCEEDED if that is more than one operation may ask. */
export function touch(
  request: { touched: Touched },
  { schema, labels, document, operation, variables }: ResolvedOperation,
): void {
  request.touched = touchedBy(schema, labels, document, operation, variables);
}

/** Youths that one operation may ask about, at most. */
export const MAX_YOUTHS = 200;
/** And for at most this many units before candidates are known: a kind of one youth each. */
export const MAX_UNITS = 5_000;

/**
 * Reads from the document what the operation touches, with skip and include evaluated. `variables` are as the client sent
 * them. Throws LIMIT_EXCEEDED if that is more than one operation may ask.
 */
export function touchedBy(
  schema: GraphQLSchema,
  labels: Labels,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): Touched {
  const root = schema.getRootType(operation.operation);
  // The same values as in execution, defaults included. If the variables do not fit, nothing runs, so nothing is touched.
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  // Youths are named by fields of Query alone.
  if (root == null || root !== schema.getQueryType() || coerced === undefined) return NOTHING_TOUCHED;
  const walk = new Walk(schema, labels, document, coerced);
  const asking = askingOf(walk.roots(root, operation.selectionSet));
  const units = asking.flatMap(({ youths, fields }) => youths.map(() => fields.size));
  if (units.length > MAX_YOUTHS || units.reduce((sum, count) => sum + count, 0) > MAX_UNITS) {
    throw new HubError(
      'LIMIT_EXCEEDED',
      `One operation may ask about at most ${MAX_YOUTHS} youths and ${MAX_UNITS} units (a unit is a kind of information about a youth). Ask in several operations.`,
    );
  }
  return numbered(asking);
}

/** Whom a root field that names nobody names. */
const NOBODY: ReadonlySet<string> = new Set();

class Walk {
  readonly #schema: GraphQLSchema;
  readonly #labels: Labels;
  readonly #fragments: Map<string, FragmentDefinitionNode>;
  readonly #variables: Readonly<Record<string, unknown>>;
  readonly #interned = new Map<string, Ask>();
  /** The kinds that selections ask for on a type. Without this memory, doubled nested fragments take exponential time. */
  readonly #known = new Map<SelectionSetNode, Map<GraphQLObjectType, Set<Ask>>>();

  constructor(
    schema: GraphQLSchema,
    labels: Labels,
    document: DocumentNode,
    variables: Readonly<Record<string, unknown>>,
  ) {
    this.#schema = schema;
    this.#labels = labels;
    this.#variables = variables;
    this.#fragments = new Map(
      document.definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
    );
  }

  /** Each root field of a selection, in its fragments too, every one once. */
  roots(type: GraphQLObjectType, set: SelectionSetNode, seen = new Set<SelectionSetNode>()): RootField[] {
    if (seen.has(set)) return [];
    seen.add(set);
    return set.selections.flatMap((selection) => {
      if (!isIncluded(selection, this.#variables)) return [];
      if (selection.kind === Kind.FIELD) return [this.#root(type, selection)];
      const inner = this.#fragment(type, selection);
      return inner === undefined ? [] : this.roots(type, inner, seen);
    });
  }

  #root(type: GraphQLObjectType, node: FieldNode): RootField {
    const asks = new Set<Ask>();
    this.#field(type, node, asks);
    const field = type.getFields()[node.name.value];
    if (field === undefined || asks.size === 0) return { youths: NOBODY, asks };
    return { youths: youthsIn(getArgumentValues(field, node, this.#variables)), asks };
  }

  #asks(type: GraphQLObjectType, set: SelectionSetNode): ReadonlySet<Ask> {
    const known = this.#known.get(set) ?? new Map<GraphQLObjectType, Set<Ask>>();
    this.#known.set(set, known);
    const before = known.get(type);
    if (before !== undefined) return before;
    const asks = new Set<Ask>();
    // Before it is whole: a circle of fragments, which no valid document has, ends here.
    known.set(type, asks);
    for (const selection of set.selections) {
      if (!isIncluded(selection, this.#variables)) continue;
      if (selection.kind === Kind.FIELD) {
        this.#field(type, selection, asks);
      } else {
        const inner = this.#fragment(type, selection);
        if (inner !== undefined) addAll(asks, this.#asks(type, inner));
      }
    }
    return asks;
  }

  /** The selections of a fragment that applies to the type. */
  #fragment(type: GraphQLObjectType, selection: Exclude<SelectionNode, FieldNode>): SelectionSetNode | undefined {
    const named = selection.kind === Kind.FRAGMENT_SPREAD;
    const fragment = named ? this.#fragments.get(selection.name.value) : selection;
    if (fragment === undefined || !this.#applies(type, fragment.typeCondition)) return undefined;
    return fragment.selectionSet;
  }

  #applies(type: GraphQLObjectType, condition: NamedTypeNode | undefined): boolean {
    if (condition === undefined) return true;
    const narrowed = this.#schema.getType(condition.name.value);
    return narrowed === type || (isAbstractType(narrowed) && this.#schema.isSubType(narrowed, type));
  }

  #field(type: GraphQLObjectType, node: FieldNode, into: Set<Ask>): void {
    const field = type.getFields()[node.name.value];
    if (field === undefined) return;
    if (!isFederationField(type, field.name)) {
      for (const kind of this.#labels.asks(type.name, field.name)) into.add(this.#ask(kind, field.name));
    }
    if (node.selectionSet === undefined) return;
    for (const possible of this.#possibleTypes(getNamedType(field.type))) {
      addAll(into, this.#asks(possible, node.selectionSet));
    }
  }

  #ask({ category, whereabouts }: UnitKind, field: string): Ask {
    const kind = { category, whereabouts };
    const key = `${kindKey(kind)} ${field}`;
    const ask = this.#interned.get(key) ?? { kind, field };
    this.#interned.set(key, ask);
    return ask;
  }

  #possibleTypes(type: GraphQLNamedType): readonly GraphQLObjectType[] {
    if (isObjectType(type)) return [type];
    return isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [];
  }
}

/** Youths are named by `youth(id:)` and by the representations of `_entities`; nothing else leads to a Youth. */
function youthsIn({ id, representations }: Record<string, unknown>): Set<string> {
  const youths = new Set<string>();
  if (isYouthId(id)) youths.add(id.toLowerCase());
  if (!Array.isArray(representations)) return youths;
  for (const representation of representations) {
    const { __typename, id: key } = (representation ?? {}) as Record<string, unknown>;
    if (__typename === 'Youth' && isYouthId(key)) youths.add(key.toLowerCase());
  }
  return youths;
}

function addAll<T>(into: Set<T>, values: ReadonlySet<T>): void {
  for (const value of values) into.add(value);
}

/** True if the selection is answered, by its skip and include. `variables` are as execution takes them. */
export function isIncluded(node: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  const skip = getDirectiveValues(GraphQLSkipDirective, node, variables);
  const include = getDirectiveValues(GraphQLIncludeDirective, node, variables);
  return skip?.if !== true && include?.if !== false;
}
