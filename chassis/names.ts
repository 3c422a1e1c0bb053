/** A class of type-graphql or MikroORM, in the type that their registries take. */
// biome-ignore lint/complexity/noBannedTypes: both libraries type their class lists as Function.
export type ClassReference = Function;

/** A class of objects that storage or GraphQL declares. */
export type ClassOf<T extends object> = new () => T;

/** The word with a capital first letter: `schoolLinkYouth` takes a `SchoolLinkYouthInput`. */
export function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The prefix of a sector's own mutations, for example `socialServices` in `socialServicesLinkYouth`. */
export function prefixOf(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
