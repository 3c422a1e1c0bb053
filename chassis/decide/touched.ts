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

/** A kind of unit that an operation asks for, with the names of the fields that ask. */
export interface TouchedKind extends UnitKind {
  readonly fields: string[];
}

/** The kinds of unit and the youths that an operation touches: the question to `authorize`. */
export interface Touched {
  readonly kinds: readonly TouchedKind[];
  readonly youths: readonly string[];
}

/** The value for an operation that has not been read yet. */
export const NOTHING_TOUCHED: Touched = { kinds: [], youths: [] };

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
/** Units that one operation may ask for, at most, before candidates are known: youths times kinds. */
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
  if (root == null || coerced === undefined) return NOTHING_TOUCHED;
  const walk = new Walk(schema, labels, document, coerced);
  walk.selections(root, operation.selectionSet);
  const kinds = [...walk.kinds.values()].map(({ fields, ...kind }) => ({ ...kind, fields: [...fields].sort() }));
  const youths = kinds.length === 0 ? [] : [...walk.youths];
  if (youths.length > MAX_YOUTHS || youths.length * kinds.length > MAX_UNITS) {
    throw new HubError(
      'LIMIT_EXCEEDED',
      `One operation may ask about at most ${MAX_YOUTHS} youths and ${MAX_UNITS} units (youths times kinds of information). Ask in several operations.`,
    );
  }
  return { kinds, youths };
}

class Walk {
  readonly kinds = new Map<string, UnitKind & { fields: Set<string> }>();
  readonly youths = new Set<string>();
  readonly #schema: GraphQLSchema;
  readonly #labels: Labels;
  readonly #fragments: Map<string, FragmentDefinitionNode>;
  readonly #variables: Readonly<Record<string, unknown>>;
  /** Selections that have been read on a type: reading doubled nested fragments again would take exponential time. */
  readonly #seen = new Map<SelectionSetNode, Set<GraphQLObjectType>>();

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

  selections(type: GraphQLObjectType, set: SelectionSetNode): void {
    const seen = this.#seen.get(set) ?? new Set();
    if (seen.has(type)) return;
    this.#seen.set(set, seen.add(type));
    for (const selection of set.selections) {
      if (!isIncluded(selection, this.#variables)) continue;
      if (selection.kind === Kind.FIELD) this.#field(type, selection);
      else this.#fragment(type, selection);
    }
  }

  #fragment(type: GraphQLObjectType, selection: Exclude<SelectionNode, FieldNode>): void {
    const named = selection.kind === Kind.FRAGMENT_SPREAD;
    const fragment = named ? this.#fragments.get(selection.name.value) : selection;
    if (fragment === undefined || !this.#applies(type, fragment.typeCondition)) return;
    this.selections(type, fragment.selectionSet);
  }

  #applies(type: GraphQLObjectType, condition: NamedTypeNode | undefined): boolean {
    if (condition === undefined) return true;
    const narrowed = this.#schema.getType(condition.name.value);
    return narrowed === type || (isAbstractType(narrowed) && this.#schema.isSubType(narrowed, type));
  }

  #field(type: GraphQLObjectType, node: FieldNode): void {
    const field = type.getFields()[node.name.value];
    if (field === undefined) return;
    if (!isFederationField(type, field.name)) {
      for (const label of this.#labels.of(type.name, field.name))
        if (label.kind === 'consent') this.#touch(label, field.name);
    }
    if (type === this.#schema.getQueryType()) this.#collectYouths(getArgumentValues(field, node, this.#variables));
    if (node.selectionSet === undefined) return;
    for (const possible of this.#possibleTypes(getNamedType(field.type))) this.selections(possible, node.selectionSet);
  }

  #touch({ category, whereabouts }: UnitKind, field: string): void {
    const kind = { category, whereabouts };
    const known = this.kinds.get(kindKey(kind)) ?? { ...kind, fields: new Set<string>() };
    known.fields.add(field);
    this.kinds.set(kindKey(kind), known);
  }

  /** Collects youths from `youth(id:)` and from the representations of `_entities`; nothing else leads to a Youth. */
  #collectYouths({ id, representations }: Record<string, unknown>): void {
    if (isYouthId(id)) this.youths.add(id.toLowerCase());
    if (!Array.isArray(representations)) return;
    for (const representation of representations) {
      const { __typename, id: key } = (representation ?? {}) as Record<string, unknown>;
      if (__typename === 'Youth' && isYouthId(key)) this.youths.add(key.toLowerCase());
    }
  }

  #possibleTypes(type: GraphQLNamedType): readonly GraphQLObjectType[] {
    if (isObjectType(type)) return [type];
    return isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [];
  }
}

/** True if skip and include let the selection be answered. `variables` have the values that execution uses. */
export function isIncluded(node: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  const skip = getDirectiveValues(GraphQLSkipDirective, node, variables);
  const include = getDirectiveValues(GraphQLIncludeDirective, node, variables);
  return skip?.if !== true && include?.if !== false;
}
