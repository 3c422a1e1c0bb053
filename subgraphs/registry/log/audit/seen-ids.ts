/**
 * Remembers ids, in eight bytes each: an export has millions. Two of the random halves of a million UUIDs are alike once in
 * ten million exports.
 */
export class SeenIds {
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #mask: number;

  /** @param most how many ids there can be. */
  constructor(most: number) {
    const places = 2 ** Math.ceil(Math.log2(Math.max(16, most * 2)));
    this.#high = new Uint32Array(places);
    this.#low = new Uint32Array(places);
    this.#mask = places - 1;
  }

  /** Adds an id (UUID); false when it was there. */
  add(id: string): boolean {
    const high = Number.parseInt(id.slice(19, 23) + id.slice(24, 28), 16);
    // Never zero, which marks a free place.
    const low = Number.parseInt(id.slice(28), 16) || 1;
    for (let place = low & this.#mask; ; place = (place + 1) & this.#mask) {
      if (this.#low[place] === 0) {
        this.#high[place] = high;
        this.#low[place] = low;
        return true;
      }
      if (this.#low[place] === low && this.#high[place] === high) return false;
    }
  }
}
