import { type DocumentNode, Kind } from 'graphql';

/** The relations between all types of the supergraph, including inaccessible ones. */
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

  /** True if a value of type `name` satisfies the type condition. */
  is(name: string, condition: string): boolean {
    return name === condition || (this.#abstractions.get(name)?.has(condition) ?? false);
  }

  /** True for an object type, that is, the type of a value and not only of a position. */
  isObject(name: unknown): name is string {
    return typeof name === 'string' && this.#objects.has(name);
  }

  /** True if any type has a field of this name. */
  hasFieldNamed(name: string): boolean {
    return this.#fieldNames.has(name);
  }
}
