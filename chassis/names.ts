/** A type-graphql or MikroORM class, as their registries take it. */
// biome-ignore lint/complexity/noBannedTypes: both libraries type their class lists as Function.
export type ClassReference = Function;

/** A class of objects, as storage and GraphQL declare them. */
export type ClassOf<T extends object> = new () => T;

/** The first letter as a capital: `schoolLinkYouth` takes a `SchoolLinkYouthInput`. */
export function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
