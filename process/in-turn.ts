/**
 * A queue that serves callers in turn: one item of each caller who waits, then the next of each. However many items one caller
 * has put in, another's first item is served within one round.
 */
export class InTurn<Item> {
  /** The items of each caller who waits, in the order in which the callers get their turn. */
  readonly #waiting = new Map<string, Set<Item>>();
  #size = 0;

  /** The number of items that wait. */
  get size(): number {
    return this.#size;
  }

  /** The number of items of one caller that wait. */
  sizeOf(caller: string): number {
    return this.#waiting.get(caller)?.size ?? 0;
  }

  /** Adds an item behind the caller's own. */
  push(caller: string, item: Item): void {
    const own = this.#waiting.get(caller) ?? new Set();
    own.add(item);
    this.#waiting.set(caller, own);
    this.#size += 1;
  }

  /** Takes the first item of the caller whose turn it is, among those who `may`. Undefined if there is none. */
  shift(may: (caller: string) => boolean = () => true): Item | undefined {
    for (const [caller, own] of this.#waiting) {
      if (!may(caller)) continue;
      const [first] = own;
      this.#waiting.delete(caller);
      if (own.size > 1) this.#waiting.set(caller, own);
      if (first !== undefined) own.delete(first);
      this.#size -= 1;
      return first;
    }
    return undefined;
  }

  /** Takes an item out before its turn. False if it does not wait any more. */
  remove(caller: string, item: Item): boolean {
    const own = this.#waiting.get(caller);
    if (own === undefined || !own.delete(item)) return false;
    if (own.size === 0) this.#waiting.delete(caller);
    this.#size -= 1;
    return true;
  }

  /** Takes out the latest of the items that `may` go, of the caller with the most of them. Undefined if there is none. */
  pop(may: (item: Item) => boolean = () => true): Item | undefined {
    let longest: { readonly caller: string; readonly items: readonly Item[] } | undefined;
    for (const [caller, own] of this.#waiting) {
      const items = [...own].filter(may);
      if (items.length > (longest?.items.length ?? 0)) longest = { caller, items };
    }
    const last = longest?.items.at(-1);
    if (longest !== undefined && last !== undefined) this.remove(longest.caller, last);
    return last;
  }
}
