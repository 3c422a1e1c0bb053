import { HASH_BYTES, hashNode, rootOver } from './merkle.ts';

/** Hashes in a full tile (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;

/** A tile: `width` consecutive hashes of the tree, each over 256 to the power of `level` leaves. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  /** The number of hashes, from 1 to 256; less than 256 only at the right edge of the tree. */
  readonly width: number;
}

/** Reads a tile's hashes, one after the other. Rejects if the tile does not exist. */
export type ReadTile = (tile: Tile) => Promise<Buffer>;

/** The path of a tile, or of the bundle of entries under a tile of level 0, without a leading slash. */
export function tilePath({ level, index, width }: Tile, kind: 'hashes' | 'entries' = 'hashes'): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const place = groups.map((group, n) => (n < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${kind === 'entries' ? kind : level}/${place}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

const PATH = /^tile\/(0|[1-9]\d?|entries)\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** The tile that a path names; null if it is not the path of a tile. */
export function parseTilePath(path: string): (Tile & { readonly kind: 'hashes' | 'entries' }) | null {
  const [, level, place, partial] = PATH.exec(path) ?? [];
  if (level === undefined || place === undefined) return null;
  const isEntries = level === 'entries';
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  const tile = { level: isEntries ? 0 : Number(level), index: Number(place.replaceAll(/\D/g, '')), width };
  const kind = isEntries ? 'entries' : 'hashes';
  // A tile has only one path: none with leading zeros, none that is both partial and full.
  return tilePath(tile, kind) === path && tile.level < 64 ? { ...tile, kind } : null;
}

/** The number of hashes on a level of tiles in a tree. */
export function hashesAt(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** The tile of a level at an index, as wide as in a tree of `size`; null if that tree has no such tile. */
export function tileIn(size: number, level: number, index: number): Tile | null {
  const width = Math.min(TILE_WIDTH, hashesAt(level, size) - index * TILE_WIDTH);
  return width > 0 ? { level, index, width } : null;
}

/** The partial tiles at the right edge of a tree of `size`, the lowest first. Its root needs no others. */
export function edgeTiles(size: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; hashesAt(level, size) > 0; level += 1) {
    const hashes = hashesAt(level, size);
    const width = hashes % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: Math.floor(hashes / TILE_WIDTH), width });
  }
  return tiles;
}

/** A hash of a tile. */
export function hashIn(tile: Buffer, place: number): Buffer {
  return tile.subarray(place * HASH_BYTES, (place + 1) * HASH_BYTES);
}

/** The hash over `count` hashes of a tile, starting at `first`; `count` is a power of two. */
export function hashOver(tile: Buffer, first = 0, count = tile.length / HASH_BYTES): Buffer {
  if (count === 1) return hashIn(tile, first);
  return hashNode(hashOver(tile, first, count / 2), hashOver(tile, first + count / 2, count / 2));
}

/** The root of a tree from the tiles at its right edge. */
export function rootOfEdge(edge: readonly { readonly tile: Tile; readonly hashes: Buffer }[]): Buffer {
  const subtrees = edge.toReversed().flatMap(({ tile, hashes }) => {
    const within: Buffer[] = [];
    let first = 0;
    for (let count = TILE_WIDTH / 2; count >= 1; count /= 2) {
      if (tile.width - first < count) continue;
      within.push(hashOver(hashes, first, count));
      first += count;
    }
    return within;
  });
  return rootOver(subtrees);
}

/** A tree whose hashes are read from tiles, each once. It does not verify them. */
export class TiledTree {
  readonly size: number;
  readonly #read: ReadTile;
  readonly #tiles = new Map<string, Promise<Buffer>>();

  constructor(size: number, read: ReadTile) {
    this.size = size;
    this.#read = read;
  }

  /** The root of the tree as it was at `size`, which is at most its present size. */
  root(size: number = this.size): Promise<Buffer> {
    return this.#over(0, size);
  }

  /** The hash of a leaf. */
  leafHash(index: number): Promise<Buffer> {
    return this.#perfect(0, index);
  }

  /** The hashes that prove that the leaf is in the tree of `size` (RFC 6962, section 2.1.1). */
  async inclusionProof(index: number, size: number = this.size): Promise<Buffer[]> {
    const siblings: Promise<Buffer>[] = [];
    let [low, high] = [0, size];
    while (high - low > 1) {
      const split = low + powerBelow(high - low);
      const isLeft = index < split;
      siblings.push(isLeft ? this.#over(split, high) : this.#over(low, split));
      [low, high] = isLeft ? [low, split] : [split, high];
    }
    return (await Promise.all(siblings)).reverse();
  }

  /** The hashes that prove that the tree of size `to` begins with that of size `from` (RFC 6962, section 2.1.2). */
  async consistencyProof(from: number, to: number = this.size): Promise<Buffer[]> {
    if (from === 0 || from === to) return [];
    const siblings: Promise<Buffer>[] = [];
    let [low, high] = [0, to];
    while (high !== from) {
      const split = low + powerBelow(high - low);
      const isLeft = from <= split;
      siblings.push(isLeft ? this.#over(split, high) : this.#over(low, split));
      [low, high] = isLeft ? [low, split] : [split, high];
    }
    // Adds the older tree itself, unless it is a whole node at the beginning of the newer one: then its root is known.
    if (low > 0) siblings.push(this.#over(low, high));
    return (await Promise.all(siblings)).reverse();
  }

  /** The hash over the leaves from `low` to before `high`; a subtree of that size must be able to begin at `low`. */
  async #over(low: number, high: number): Promise<Buffer> {
    const subtrees: Promise<Buffer>[] = [];
    let first = low;
    while (first < high) {
      const count = powerUpTo(high - first);
      subtrees.push(this.#perfect(Math.log2(count), first / count));
      first += count;
    }
    return rootOver(await Promise.all(subtrees));
  }

  /** The hash over the `index`-th run of 2 to the power of `height` leaves. */
  async #perfect(height: number, index: number): Promise<Buffer> {
    const level = Math.floor(height / TILE_HEIGHT);
    const count = 2 ** (height % TILE_HEIGHT);
    const first = index * count;
    const tile = await this.#tile(level, Math.floor(first / TILE_WIDTH));
    return hashOver(tile, first % TILE_WIDTH, count);
  }

  #tile(level: number, index: number): Promise<Buffer> {
    const key = `${level}/${index}`;
    const known = this.#tiles.get(key);
    if (known !== undefined) return known;
    const tile = tileIn(this.size, level, index);
    if (tile === null) throw new RangeError('The tree has no tile at this place: it lies beyond its size.');
    const reading = this.#read(tile);
    this.#tiles.set(key, reading);
    return reading;
  }
}

/** The largest power of two up to and including `number`. */
function powerUpTo(number: number): number {
  let power = 1;
  while (power * 2 <= number) power *= 2;
  return power;
}

/** The largest power of two below `number`, which must be above 1. */
function powerBelow(number: number): number {
  const power = powerUpTo(number);
  return power === number ? power / 2 : power;
}
