import { type DocumentNode, Kind } from 'graphql';

/** Which types of the whole supergraph, inaccessible ones included, are which others. */
export class Types {
  readonly #objects = new Set<string>();
  readonly #abstractions = new Map<string, Set<string>>();
  readonly #fieldNames = new Set<string>();

  constructor(supergraph: DocumentNode) {
    for (const node of supergraph.definitions) {
      if (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION) {
        if (node.kind === Kind.OBJECT_TYPE_DEFINITION) this.#objects.add(node.name.value);
        for (const { name } of node.interfaces ?? []) this.#relate(node.name.value, name.value);
        for (const { name } of node.fields ?? []) this.#fieldNames.add(name.value);
      } else if (node.kind === Kind.UNION_TYPE_DEFINITION) {
        for (const { name } of node.types ?? []) this.#relate(name.value, node.name.value);
      }
    }
  }

  #relate(name: string, abstraction: string): void {
    const known = this.#abstractions.get(name) ?? new Set();
    this.#abstractions.set(name, known.add(abstraction));
  }

  /** Does a value of type `name` satisfy the type condition? */
  is(name: string, condition: string): boolean {
    return name === condition || (this.#abstractions.get(name)?.has(condition) ?? false);
  }

  /** Is this an object type (and so the type of a value, not only of a position)? */
  isObject(name: unknown): name is string {
    return typeof name === 'string' && this.#objects.has(name);
  }

  /** Does any type have a field of this name? */
  hasFieldNamed(name: string): boolean {
    return this.#fieldNames.has(name);
  }
}
