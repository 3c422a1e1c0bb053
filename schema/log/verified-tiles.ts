import type { TreeHead } from './merkle.ts';
import {
  edgeTiles,
  hashesAt,
  hashIn,
  hashOver,
  type ReadTile,
  rootOfEdge,
  TILE_WIDTH,
  type Tile,
  TiledTree,
  tileIn,
} from './tiles.ts';

/** A tile that is not part of the tree that was signed. */
export class TileFault extends Error {
  readonly tile: Tile;

  constructor(tile: Tile) {
    super('A tile is not part of the tree that the checkpoint signs.');
    this.tile = tile;
  }
}

/** Full tiles of leaf hashes that are kept: entries are read in order, so only the last few are asked for. */
const KEPT_LEAF_TILES = 64;

/** The tiles of a signed tree, each verified up to the root before it is used. */
export class VerifiedTiles {
  readonly #head: TreeHead;
  readonly #read: ReadTile;
  readonly #edge: ReadonlyMap<string, Buffer>;
  readonly #full = new Map<string, Promise<Buffer>>();

  private constructor(head: TreeHead, read: ReadTile, edge: ReadonlyMap<string, Buffer>) {
    this.#head = head;
    this.#read = read;
    this.#edge = edge;
  }

  /** Verifies the right edge of the tree; null if its root is another. Rejects as `read` does. */
  static async open(head: TreeHead, read: ReadTile): Promise<VerifiedTiles | null> {
    const edge = await Promise.all(edgeTiles(head.size).map(async (tile) => ({ tile, hashes: await read(tile) })));
    if (Buffer.compare(rootOfEdge(edge), head.root) !== 0) return null;
    return new VerifiedTiles(head, read, new Map(edge.map(({ tile, hashes }) => [keyOf(tile), hashes])));
  }

  /** The hashes of the leaves that share a tile with this one. Rejects with a TileFault if the tile is not part of the tree. */
  async leafTile(index: number): Promise<Buffer> {
    const tile = tileIn(this.#head.size, 0, Math.floor(index / TILE_WIDTH));
    if (tile === null) throw new RangeError('The tree has no such leaf.');
    return this.tile(tile);
  }

  /** The hash of a leaf. Rejects with a TileFault if its tile is not part of the tree. */
  async leafHash(index: number): Promise<Buffer> {
    return hashIn(await this.leafTile(index), index % TILE_WIDTH);
  }

  /** The root that the tree had at an earlier size. */
  rootAt(size: number): Promise<Buffer> {
    return new TiledTree(this.#head.size, (tile) => this.tile(tile)).root(size);
  }

  /** A tile's hashes, verified. */
  async tile(tile: Tile): Promise<Buffer> {
    const edge = this.#edge.get(keyOf(tile));
    if (edge !== undefined) return edge;
    const key = keyOf(tile);
    const known = this.#full.get(key);
    if (known !== undefined) return known;
    const verifying = this.#verified(tile);
    const [oldest] = this.#full.keys();
    // Only leaf tiles are dropped: tiles above them are few, and read again and again.
    if (tile.level === 0 && this.#full.size > KEPT_LEAF_TILES && oldest?.startsWith('0/')) this.#full.delete(oldest);
    this.#full.set(key, verifying);
    return verifying;
  }

  /** Reads a full tile and verifies it by its hash in the tile above. */
  async #verified(tile: Tile): Promise<Buffer> {
    const above = tileIn(this.#head.size, tile.level + 1, Math.floor(tile.index / TILE_WIDTH));
    if (above === null || hashesAt(tile.level + 1, this.#head.size) <= tile.index) throw new TileFault(tile);
    const [hashes, parent] = await Promise.all([this.#read(tile), this.tile(above)]);
    if (Buffer.compare(hashOver(hashes), hashIn(parent, tile.index % TILE_WIDTH)) === 0) return hashes;
    throw new TileFault(tile);
  }
}

function keyOf({ level, index }: Tile): string {
  return `${level}/${index}`;
}
