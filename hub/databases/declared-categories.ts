import {
  type ConstDirectiveNode,
  type DocumentNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  valueFromASTUntyped,
} from 'graphql';

/**
 * A category as the composed schema declares it: the arguments of its @category, `guardedFields` as `Type.field`, and
 * `whereaboutsFields`, those labelled whereabouts.
 */
export type ComposedCategory = Readonly<Record<string, unknown>>;

/** The categories that the composed schema declares. */
export function categoriesOf(supergraph: string): ComposedCategory[] {
  const document = parse(supergraph, { noLocation: true });
  const guarded = guardedFields(document);
  return objectTypes(document)
    .flatMap(({ directives }) => argumentsOf('category', directives))
    .map((given) => {
      const code = String(given.code);
      const fields = (guarded.get(code) ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
      return {
        ...given,
        code,
        guardedFields: fields.map(({ name }) => name),
        whereaboutsFields: fields.filter(({ whereabouts }) => whereabouts).map(({ name }) => name),
      };
    });
}

interface GuardedField {
  readonly name: string;
  readonly whereabouts: boolean;
}

/** The guarded fields by category: that of the field's own label, or that of its type. */
function guardedFields(document: DocumentNode): Map<string, GuardedField[]> {
  const byCategory = new Map<string, GuardedField[]>();
  for (const type of objectTypes(document)) {
    const [onType] = argumentsOf('consent', type.directives);
    for (const field of type.fields ?? []) {
      const label = argumentsOf('consent', field.directives)[0] ?? onType;
      if (label === undefined) continue;
      const category = String(label.category);
      const name = `${type.name.value}.${field.name.value}`;
      const whereabouts = label.whereabouts === true;
      byCategory.set(category, [...(byCategory.get(category) ?? []), { name, whereabouts }]);
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
