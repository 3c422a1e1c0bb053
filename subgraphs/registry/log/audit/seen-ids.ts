/**
 * Remembers ids, in eight bytes each: an export has millions. The bytes are mixed of the whole id: those of the log's rows end in
 * zeros, and begin with their time. Two of a million are taken for one another once in ten million exports.
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
    const a = Number.parseInt(id.slice(0, 8), 16);
    const b = Number.parseInt(id.slice(9, 13) + id.slice(14, 18), 16);
    const c = Number.parseInt(id.slice(19, 23) + id.slice(24, 28), 16);
    const d = Number.parseInt(id.slice(28), 16);
    const high = mixed(mixed(a, c), d);
    // Never zero, which marks a free place.
    const low = mixed(mixed(b, d), c) || 1;
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

/** Two numbers of 32 bits as one (the finalizer of MurmurHash3). */
function mixed(one: number, other: number): number {
  let bits = Math.imul(one, 0x9e3779b1) ^ other;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
