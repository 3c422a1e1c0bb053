import {
  type ASTNode,
  buildASTSchema,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLEnumType,
  GraphQLError,
  type GraphQLScalarType,
  type GraphQLSchema,
  isEnumType,
  isScalarType,
  Kind,
  type NamedTypeNode,
  valueFromASTUntyped,
  visit,
} from 'graphql';
import { SCALARS } from '../../../schema/scalars.ts';
import { stringArgument } from './supergraph.ts';

const APOLLO_SPECS = 'https://specs.apollo.dev/';

/**
 * The directives of incremental delivery. Answers are sent whole, so an operation that uses one is rejected for an
 * unknown directive.
 */
const INCREMENTAL = ['defer', 'stream'];

/**
 * The schema that clients see: the supergraph without federation's own types and directives and without anything
 * @inaccessible. Directives that subgraphs compose into the supergraph (the labels) stay.
 */
export function apiSchemaOf(supergraph: DocumentNode): GraphQLSchema {
  const { inaccessible, isFederation } = linkedSpecs(supergraph);
  const removed = new Set<string>();
  const drop = (node: ASTNode & { readonly directives?: readonly ConstDirectiveNode[] | undefined }) => {
    const hidden = node.directives?.some(({ name }) => name.value === inaccessible) ?? false;
    const name = 'name' in node && node.name?.kind === Kind.NAME ? node.name.value : '';
    if (!hidden && !(isDefinition(node) && isFederation(name))) return undefined;
    if (isDefinition(node)) removed.add(name);
    return null;
  };
  const stripped = visit(supergraph, {
    SchemaDefinition: (node) => ({ ...node, directives: [] }),
    DirectiveDefinition: drop,
    ScalarTypeDefinition: drop,
    ObjectTypeDefinition: drop,
    InterfaceTypeDefinition: drop,
    UnionTypeDefinition: drop,
    EnumTypeDefinition: drop,
    InputObjectTypeDefinition: drop,
    FieldDefinition: drop,
    InputValueDefinition: drop,
    EnumValueDefinition: drop,
    Directive: { leave: ({ name }) => (isFederation(name.value) ? null : undefined) },
  });
  const schema = buildASTSchema(withoutReferences(stripped, removed), { assumeValidSDL: true });
  for (const scalar of SCALARS) {
    const type = schema.getType(scalar.name);
    if (isScalarType(type)) Object.assign(type, checkedBy(scalar));
  }
  for (const type of Object.values(schema.getTypeMap())) if (isEnumType(type)) Object.assign(type, naming(type));
  return schema;
}

/** Rejects the values that a subgraph would reject, and passes the others on unchanged: the subgraph parses them. */
function checkedBy(scalar: (typeof SCALARS)[number]): Pick<GraphQLScalarType<unknown>, 'parseValue' | 'parseLiteral'> {
  return {
    parseValue: (value) => {
      scalar.parseValue(value);
      return value;
    },
    parseLiteral: (node, variables) => {
      scalar.parseLiteral(node, variables);
      return valueFromASTUntyped(node, variables);
    },
  };
}

/** Rejects a literal that is none of the enum's values with a message that names these, and suggests none. */
function naming(type: GraphQLEnumType): Pick<GraphQLEnumType, 'parseLiteral'> {
  const parse = type.parseLiteral.bind(type);
  const values = type.getValues().map(({ name }) => name);
  return {
    parseLiteral: (node, variables) => {
      try {
        return parse(node, variables);
      } catch {
        throw new GraphQLError(`Expected a value of the enum ${type.name}: ${values.join(', ')}.`, { nodes: node });
      }
    },
  };
}

/** Removes references to removed types from unions and lists of interfaces. */
function withoutReferences(schema: DocumentNode, removed: ReadonlySet<string>): DocumentNode {
  const kept = (types: readonly NamedTypeNode[] | undefined) => types?.filter(({ name }) => !removed.has(name.value));
  return visit(schema, {
    UnionTypeDefinition: (node) => ({ ...node, types: kept(node.types) }),
    ObjectTypeDefinition: (node) => ({ ...node, interfaces: kept(node.interfaces) }),
    InterfaceTypeDefinition: (node) => ({ ...node, interfaces: kept(node.interfaces) }),
  });
}

function isDefinition(node: ASTNode): boolean {
  return node.kind === Kind.DIRECTIVE_DEFINITION || node.kind.endsWith('TypeDefinition');
}

/** The names that the supergraph's @link directives import from federation's specifications. */
function linkedSpecs(supergraph: DocumentNode) {
  const names = new Set(['link', 'core', ...INCREMENTAL]);
  let inaccessible = 'inaccessible';
  const schema = supergraph.definitions.find((node) => node.kind === Kind.SCHEMA_DEFINITION);
  for (const directive of schema?.directives ?? []) {
    const url = stringArgument(directive, 'url') ?? stringArgument(directive, 'feature');
    if (!url?.startsWith(APOLLO_SPECS)) continue;
    const spec = url.slice(APOLLO_SPECS.length).split('/')[0] ?? '';
    const name = stringArgument(directive, 'as') ?? spec;
    if (spec === 'inaccessible') inaccessible = name;
    names.add(name);
    for (const imported of importsOf(directive)) names.add(imported);
  }
  const isFederation = (name: string) => {
    const prefix = name.indexOf('__');
    return names.has(name) || (prefix > 0 && names.has(name.slice(0, prefix)));
  };
  return { inaccessible, isFederation };
}

function importsOf(directive: ConstDirectiveNode): string[] {
  const value = directive.arguments?.find((argument) => argument.name.value === 'import')?.value;
  if (value?.kind !== Kind.LIST) return [];
  return value.values.flatMap((item) => {
    if (item.kind === Kind.STRING) return [item.value.replace('@', '')];
    if (item.kind !== Kind.OBJECT) return [];
    const named = item.fields.find(({ name }) => name.value === 'as') ?? item.fields[0];
    return named?.value.kind === Kind.STRING ? [named.value.value.replace('@', '')] : [];
  });
}
