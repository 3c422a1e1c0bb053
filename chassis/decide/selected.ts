import {
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getNamedType,
  isAbstractType,
  isObjectType,
  Kind,
  type NamedTypeNode,
} from 'graphql';
import { isIncluded } from './touched.ts';

/** A field that an operation selects, in one place or in several that are answered as one. */
export interface Selected {
  readonly parent: GraphQLObjectType;
  readonly field: string;
  readonly nodes: readonly FieldNode[];
}

/**
 * The fields that are answered below these, one for each response name, with fragments resolved and skip and include evaluated.
 * Empty below a type that is not an object.
 */
export function selectedBelow(
  info: GraphQLResolveInfo,
  type: GraphQLOutputType | undefined,
  nodes: readonly FieldNode[],
): Selected[] {
  const parent = getNamedType(type);
  if (!isObjectType(parent)) return [];
  const byName = new Map<string, FieldNode[]>();
  for (const node of fieldsIn(info, parent, nodes)) {
    const name = (node.alias ?? node.name).value;
    byName.set(name, [...(byName.get(name) ?? []), node]);
  }
  return [...byName.values()].flatMap((same) =>
    same[0] === undefined ? [] : [{ parent, field: same[0].name.value, nodes: same }],
  );
}

function fieldsIn(info: GraphQLResolveInfo, parent: GraphQLObjectType, nodes: readonly FieldNode[]): FieldNode[] {
  const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
  const found: FieldNode[] = [];
  const named = new Set<string>();
  // The loop also visits elements that are added meanwhile.
  for (const { selections } of sets) {
    for (const selection of selections.filter((each) => isIncluded(each, info.variableValues))) {
      if (selection.kind === Kind.FIELD) {
        found.push(selection);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : info.fragments[selection.name.value];
      if (selection.kind === Kind.FRAGMENT_SPREAD && named.has(selection.name.value)) continue;
      if (selection.kind === Kind.FRAGMENT_SPREAD) named.add(selection.name.value);
      if (fragment !== undefined && applies(info, parent, fragment.typeCondition)) sets.push(fragment.selectionSet);
    }
  }
  return found;
}

function applies({ schema }: GraphQLResolveInfo, parent: GraphQLObjectType, condition?: NamedTypeNode): boolean {
  if (condition === undefined) return true;
  const narrowed = schema.getType(condition.name.value);
  return narrowed === parent || (isAbstractType(narrowed) && schema.isSubType(narrowed, parent));
}
