import {
  type ConstDirectiveNode,
  type DocumentNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  valueFromASTUntyped,
} from 'graphql';

/** A category as the composed schema declares it: the arguments of its @category, and `guardedFields`, as `Type.field`. */
export type DeclaredCategory = Readonly<Record<string, unknown>>;

/** The categories that the composed schema declares. */
export function categoriesOf(supergraph: string): DeclaredCategory[] {
  const document = parse(supergraph, { noLocation: true });
  const guarded = guardedFields(document);
  return objectTypes(document)
    .flatMap(({ directives }) => argumentsOf('category', directives))
    .map((given) => ({ ...given, code: String(given.code), guardedFields: guarded.get(String(given.code)) ?? [] }));
}

/** A field is guarded by the category of its own label, else by that of its type. */
function guardedFields(document: DocumentNode): Map<string, string[]> {
  const byCategory = new Map<string, string[]>();
  for (const type of objectTypes(document)) {
    const [onType] = argumentsOf('consent', type.directives);
    for (const field of type.fields ?? []) {
      const label = argumentsOf('consent', field.directives)[0] ?? onType;
      if (label === undefined) continue;
      const category = String(label.category);
      byCategory.set(category, [...(byCategory.get(category) ?? []), `${type.name.value}.${field.name.value}`].sort());
    }
  }
  return byCategory;
}

function objectTypes({ definitions }: DocumentNode): ObjectTypeDefinitionNode[] {
  return definitions.filter((definition) => definition.kind === Kind.OBJECT_TYPE_DEFINITION);
}

function argumentsOf(directive: string, nodes: readonly ConstDirectiveNode[] = []): Record<string, unknown>[] {
  return nodes
    .filter(({ name }) => name.value === directive)
    .map(({ arguments: given }) =>
      Object.fromEntries((given ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)])),
    );
}
