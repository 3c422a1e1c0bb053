import type { FieldDefinitionNode } from 'graphql';
import { namedType, possibleTypes, type SchemaDocument } from './schema-document.ts';

/** One field on a path. */
export interface PathStep {
  readonly coordinate: string;
  readonly field: FieldDefinitionNode;
}

/**
 * Every object type that a selection on the named type can reach, itself included, with a shortest path of fields. A type of
 * `stopAt` is reached, but no path goes through it.
 */
export function reachable(
  schema: SchemaDocument,
  from: string,
  stopAt: readonly string[] = [],
): ReadonlyMap<string, readonly PathStep[]> {
  const paths = new Map<string, readonly PathStep[]>(possibleTypes(schema, from).map((type) => [type.name, []]));
  // The loop also visits entries that are added meanwhile: a breadth-first walk.
  for (const [name, path] of paths) {
    if (stopAt.includes(name)) continue;
    for (const [fieldName, field] of schema.types.get(name)?.fields ?? []) {
      for (const next of possibleTypes(schema, namedType(field.type))) {
        if (!paths.has(next.name)) paths.set(next.name, [...path, { coordinate: `${name}.${fieldName}`, field }]);
      }
    }
  }
  return paths;
}
