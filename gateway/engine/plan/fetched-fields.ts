import { Kind, type SelectionSetNode } from 'graphql';
import { isJsonObject, type JsonObject, type Path, read } from '../json.ts';
import { type Fragments, responseKey } from '../prepare/selections.ts';
import type { Types } from '../prepare/types.ts';

/** The selection below each response key; null below a leaf. */
type Fields = ReadonlyMap<string, FetchedFields | null>;

/**
 * The fields that a fetch selects at one place of its answer. Nothing else of an answer is taken over: a subgraph must
 * not write into fields that another agency answers.
 */
export class FetchedFields {
  readonly #sets: readonly SelectionSetNode[];
  readonly #fragments: Fragments;
  readonly #types: Types;
  readonly #onType = new Map<string, Fields>();
  #onAny: Fields | undefined;

  constructor(sets: readonly SelectionSetNode[], fragments: Fragments, types: Types) {
    this.#sets = sets;
    this.#fragments = fragments;
    this.#types = types;
  }

  /** Removes from `value`, in place, each key that the fetch did not select on a value of its type. Returns the number. */
  strip(value: JsonObject): number {
    const fields = this.#fieldsOf(value);
    let removed = 0;
    for (const key of Object.keys(value)) {
      const below = fields.get(key);
      if (below === undefined) {
        delete value[key];
        removed += 1;
      } else if (below !== null) removed += below.#stripWithin(value[key]);
    }
    return removed;
  }

  /** True if the fetch selected the place at `path`, on whichever type. */
  covers(path: Path): boolean {
    let here: FetchedFields | null = this;
    for (const key of path) {
      if (typeof key === 'number') continue;
      const below: FetchedFields | null | undefined = here === null ? undefined : here.#fields().get(key);
      if (below === undefined) return false;
      here = below;
    }
    return true;
  }

  #stripWithin(value: unknown): number {
    if (isJsonObject(value)) return this.strip(value);
    let removed = 0;
    if (Array.isArray(value)) for (const item of value) removed += this.#stripWithin(item);
    return removed;
  }

  /** The fields on the object type that the value names; those on any type if it names none. */
  #fieldsOf(value: JsonObject): Fields {
    const name = read(value, '__typename');
    // Only names of the supergraph are remembered: a subgraph can make up any number of others.
    if (!this.#types.isObject(name) || !this.#fields().has('__typename')) return this.#fields();
    const known = this.#onType.get(name) ?? this.#collect((condition) => this.#types.is(name, condition));
    this.#onType.set(name, known);
    return known;
  }

  #fields(): Fields {
    this.#onAny ??= this.#collect(() => true);
    return this.#onAny;
  }

  #collect(applies: (condition: string) => boolean): Fields {
    const below = new Map<string, SelectionSetNode[]>();
    for (const set of this.#sets) this.#gather(set, applies, below);
    const fields = [...below].map(([key, sets]) => {
      return [key, sets.length === 0 ? null : new FetchedFields(sets, this.#fragments, this.#types)] as const;
    });
    return new Map(fields);
  }

  #gather(set: SelectionSetNode, applies: (condition: string) => boolean, into: Map<string, SelectionSetNode[]>): void {
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) {
        const sets = into.get(responseKey(node)) ?? [];
        if (node.selectionSet !== undefined) sets.push(node.selectionSet);
        into.set(responseKey(node), sets);
        continue;
      }
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : this.#fragments.get(node.name.value);
      const condition = fragment?.typeCondition?.name.value;
      if (fragment === undefined || (condition !== undefined && !applies(condition))) continue;
      this.#gather(fragment.selectionSet, applies, into);
    }
  }
}
