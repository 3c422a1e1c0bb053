import { getMetadataStorage } from 'type-graphql';
import type { ClassReference } from '../names.ts';

/**
 * Sorts type-graphql's metadata as authors wrote it, for the next buildSchema. Root fields and fields on Youth follow the order of
 * `resolvers` and of the methods of each class, types the order of `types`, and arguments stand as written. Otherwise they follow
 * the order in which files were imported, and arguments are reversed.
 */
export function orderAsWritten(resolvers: readonly ClassReference[], types: readonly ClassReference[]): void {
  const storage = getMetadataStorage();
  const byClass = (classes: readonly ClassReference[]) => {
    const places = new Map(classes.map((each, place) => [each, place]));
    const placeOf = (target: ClassReference) => places.get(target) ?? classes.length;
    return (a: { readonly target: ClassReference }, b: { readonly target: ClassReference }) =>
      placeOf(a.target) - placeOf(b.target);
  };
  for (const fields of [storage.queries, storage.mutations, storage.fieldResolvers]) fields.sort(byClass(resolvers));
  storage.objectTypes.sort(byClass(types));
  storage.params.sort((a, b) => a.index - b.index);
}
