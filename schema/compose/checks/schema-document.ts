import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DirectiveDefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  Kind,
  OperationTypeNode,
  type SchemaDefinitionNode,
  type SchemaExtensionNode,
  type TypeDefinitionNode,
  type TypeExtensionNode,
  type TypeNode,
} from 'graphql';

/** A type with the content of its definition and its extensions. */
export interface TypeDocument {
  readonly name: string;
  readonly kind: TypeDefinitionNode['kind'];
  /** Null if absent; undefined if the type is only extended here, and so has no place for one. */
  readonly description: string | null | undefined;
  readonly directives: readonly ConstDirectiveNode[];
  /** Fields of an object or interface. */
  readonly fields: ReadonlyMap<string, FieldDefinitionNode>;
  /** Fields of an input object. */
  readonly inputs: readonly InputValueDefinitionNode[];
  readonly interfaces: readonly string[];
  /** Members of a union. */
  readonly members: readonly string[];
  /** Values of an enum. */
  readonly values: readonly string[];
}

/** A schema as its author wrote it, directives included. The rules read it. */
export interface SchemaDocument {
  /** The subgraph's name; null for the supergraph. */
  readonly name: string | null;
  readonly types: ReadonlyMap<string, TypeDocument>;
  readonly directiveDefinitions: readonly DirectiveDefinitionNode[];
  /** Directives on the schema itself. */
  readonly schemaDirectives: readonly ConstDirectiveNode[];
  /** The root types. */
  readonly roots: { readonly [operation in OperationTypeNode]: string };
}

/** Federation's own root fields, which belong to no sector and carry no label. */
const FEDERATION_FIELDS = ['_entities', '_service'];

/** Reads a document. Merges extensions into their types, and leaves federation's own parts out. */
export function readSchema(name: string | null, document: DocumentNode): SchemaDocument {
  const nodesByType = new Map<string, (TypeDefinitionNode | TypeExtensionNode)[]>();
  for (const node of document.definitions) {
    if (!isTypeDefinitionNode(node) && !isTypeExtensionNode(node)) continue;
    if (isFederations(node)) continue;
    nodesByType.set(node.name.value, [...(nodesByType.get(node.name.value) ?? []), node]);
  }
  const schemaNodes = document.definitions.filter(isSchemaNode);
  const root = (operation: OperationTypeNode, usual: string) =>
    schemaNodes.flatMap((node) => node.operationTypes ?? []).find((type) => type.operation === operation)?.type.name
      .value ?? usual;
  const roots = {
    query: root(OperationTypeNode.QUERY, 'Query'),
    mutation: root(OperationTypeNode.MUTATION, 'Mutation'),
    subscription: root(OperationTypeNode.SUBSCRIPTION, 'Subscription'),
  };
  const read = (type: string, nodes: readonly (TypeDefinitionNode | TypeExtensionNode)[]) =>
    readType(type, nodes, type === roots.query ? FEDERATION_FIELDS : []);
  return {
    name,
    types: new Map([...nodesByType].map(([type, nodes]) => [type, read(type, nodes)])),
    directiveDefinitions: document.definitions.filter((node) => node.kind === Kind.DIRECTIVE_DEFINITION),
    schemaDirectives: schemaNodes.flatMap((node) => node.directives ?? []),
    roots,
  };
}

/** True for types that federation adds to a schema. Only its scalars, enums and inputs have a prefix: no object hides behind one. */
function isFederations(node: TypeDefinitionNode | TypeExtensionNode): boolean {
  const { kind, name } = node;
  if (['_Any', '_Entity', '_Service', '_FieldSet'].includes(name.value)) return true;
  const kinds: string[] = [Kind.SCALAR_TYPE_DEFINITION, Kind.ENUM_TYPE_DEFINITION, Kind.INPUT_OBJECT_TYPE_DEFINITION];
  return kinds.includes(kind) && /^(federation|link|join)__/.test(name.value);
}

function readType(
  name: string,
  nodes: readonly (TypeDefinitionNode | TypeExtensionNode)[],
  hiddenFields: readonly string[],
): TypeDocument {
  const definition = nodes.find(isTypeDefinitionNode);
  const fields = nodes.flatMap((node): readonly (FieldDefinitionNode | InputValueDefinitionNode)[] =>
    'fields' in node ? (node.fields ?? []) : [],
  );
  return {
    name,
    kind: definition?.kind ?? DEFINED_BY[(nodes[0] as TypeExtensionNode).kind],
    description: definition === undefined ? undefined : (definition.description?.value ?? null),
    directives: nodes.flatMap((node) => node.directives ?? []),
    fields: new Map(
      fields
        .filter((field) => field.kind === Kind.FIELD_DEFINITION)
        .filter((field) => !hiddenFields.includes(field.name.value))
        .map((field) => [field.name.value, field]),
    ),
    inputs: fields.filter((field) => field.kind === Kind.INPUT_VALUE_DEFINITION),
    interfaces: nodes.flatMap((node) => ('interfaces' in node ? namesOf(node.interfaces) : [])),
    members: nodes.flatMap((node) => ('types' in node ? namesOf(node.types) : [])),
    values: nodes.flatMap((node) => ('values' in node ? namesOf(node.values) : [])),
  };
}

const DEFINED_BY = {
  [Kind.SCALAR_TYPE_EXTENSION]: Kind.SCALAR_TYPE_DEFINITION,
  [Kind.OBJECT_TYPE_EXTENSION]: Kind.OBJECT_TYPE_DEFINITION,
  [Kind.INTERFACE_TYPE_EXTENSION]: Kind.INTERFACE_TYPE_DEFINITION,
  [Kind.UNION_TYPE_EXTENSION]: Kind.UNION_TYPE_DEFINITION,
  [Kind.ENUM_TYPE_EXTENSION]: Kind.ENUM_TYPE_DEFINITION,
  [Kind.INPUT_OBJECT_TYPE_EXTENSION]: Kind.INPUT_OBJECT_TYPE_DEFINITION,
} as const;

function isSchemaNode(node: DefinitionNode): node is SchemaDefinitionNode | SchemaExtensionNode {
  return node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION;
}

function namesOf(nodes: readonly { readonly name: { readonly value: string } }[] | undefined): string[] {
  return (nodes ?? []).map((node) => node.name.value);
}

/** The object types of a schema, the roots among them. */
export function objectTypes(schema: SchemaDocument): TypeDocument[] {
  return [...schema.types.values()].filter((type) => type.kind === Kind.OBJECT_TYPE_DEFINITION);
}

/** The name at the core of a type reference, without lists and non-null marks. */
export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

/** The object types that a value of the named type can be: itself, an interface's implementations, a union's members. */
export function possibleTypes(schema: SchemaDocument, name: string): TypeDocument[] {
  const type = schema.types.get(name);
  if (type === undefined) return [];
  if (type.kind === Kind.OBJECT_TYPE_DEFINITION) return [type];
  return objectTypes(schema).filter((object) => object.interfaces.includes(name) || type.members.includes(object.name));
}

/** The string value of a directive's argument; null if it is absent or no string. */
export function stringArgument(directive: ConstDirectiveNode, name: string): string | null {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : null;
}

/** The elements of a schema that can carry a directive, with their coordinates. */
export function* elements(
  schema: SchemaDocument,
): Iterable<{ coordinate: string; directives: readonly ConstDirectiveNode[] }> {
  for (const type of schema.types.values()) {
    yield { coordinate: type.name, directives: type.directives };
    for (const field of type.fields.values()) {
      const coordinate = `${type.name}.${field.name.value}`;
      yield { coordinate, directives: field.directives ?? [] };
      for (const argument of field.arguments ?? []) {
        yield { coordinate: `${coordinate}(${argument.name.value}:)`, directives: argument.directives ?? [] };
      }
    }
    for (const input of type.inputs) {
      yield { coordinate: `${type.name}.${input.name.value}`, directives: input.directives ?? [] };
    }
  }
}
