import type pg from 'pg';
import { statement } from '../../../../chassis/statement.ts';
import { HASH_BYTES } from '../../../../schema/log/merkle.ts';
import { edgeTiles, hashOver, rootOfEdge, TILE_WIDTH, type Tile } from '../../../../schema/log/tiles.ts';

/** Full tiles never change, and proofs need the same few again and again. */
const KEPT_TILES = 2_048;

const TILE = statement<{ readonly level: number; readonly index: number }>(
  'seal tile',
  'SELECT hashes FROM seal.tile WHERE level = :level AND index = :index',
);

const EDGE = statement<{ readonly levels: readonly number[]; readonly indexes: readonly number[] }>(
  'seal edge',
  `SELECT t.level, t.hashes FROM unnest(:levels::smallint[], :indexes::bigint[]) AS edge (level, index)
    JOIN seal.tile t ON t.level = edge.level AND t.index = edge.index`,
);

/** Reads tiles of the stored tree; rejects when one is not there, or not so wide. */
export class StoredTiles {
  readonly #db: Pick<pg.Pool, 'query'>;
  readonly #full = new Map<string, Buffer>();

  constructor(db: Pick<pg.Pool, 'query'>) {
    this.#db = db;
  }

  readonly read = async ({ level, index, width }: Tile): Promise<Buffer> => {
    const key = `${level}/${index}`;
    const known = this.#full.get(key);
    if (known !== undefined) return known.subarray(0, width * HASH_BYTES);
    const { rows } = await this.#db.query<{ hashes: Buffer }>(TILE({ level, index }));
    const hashes = rows[0]?.hashes ?? Buffer.alloc(0);
    // A tile that has grown since still begins as it was.
    if (hashes.length < width * HASH_BYTES) throw new RangeError('The tree has no such tile.');
    if (hashes.length === TILE_WIDTH * HASH_BYTES) this.#keep(key, hashes);
    return hashes.subarray(0, width * HASH_BYTES);
  };

  #keep(key: string, hashes: Buffer): void {
    const [oldest] = this.#full.keys();
    if (this.#full.size >= KEPT_TILES && oldest !== undefined) this.#full.delete(oldest);
    this.#full.set(key, hashes);
  }
}

/** The right edge of the tree, to append to: the tiles that are not full, by level. */
export class TreeEdge {
  /** Per level the index of the tile that is not full, and its hashes. */
  readonly #levels: { index: number; hashes: Buffer[] }[] = [];
  readonly #changed = new Map<string, { level: number; index: number; hashes: Buffer[] }>();
  #size: number;

  private constructor(size: number, edge: readonly { tile: Tile; hashes: Buffer }[]) {
    this.#size = size;
    for (let level = 0, hashes = size; hashes > 0; level += 1, hashes = Math.floor(hashes / TILE_WIDTH)) {
      const tile = edge.find((each) => each.tile.level === level)?.hashes ?? Buffer.alloc(0);
      this.#levels.push({
        index: Math.floor(hashes / TILE_WIDTH),
        hashes: Array.from({ length: tile.length / HASH_BYTES }, (_, n) =>
          tile.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES),
        ),
      });
    }
  }

  /** The edge of the tree without leaves. */
  static empty(): TreeEdge {
    return new TreeEdge(0, []);
  }

  /** Reads the edge of a tree of `size`; null when the stored tree is not the one with this root. */
  static async read(db: Pick<pg.Client, 'query'>, size: number, root: Buffer): Promise<TreeEdge | null> {
    const tiles = edgeTiles(size);
    const { rows } = await db.query<{ level: number; hashes: Buffer }>(
      EDGE({ levels: tiles.map(({ level }) => level), indexes: tiles.map(({ index }) => index) }),
    );
    const edge = tiles.map((tile) => ({
      tile,
      hashes: rows.find(({ level }) => level === tile.level)?.hashes ?? Buffer.alloc(0),
    }));
    if (edge.some(({ tile, hashes }) => hashes.length !== tile.width * HASH_BYTES)) return null;
    return Buffer.compare(rootOfEdge(edge), root) === 0 ? new TreeEdge(size, edge) : null;
  }

  get size(): number {
    return this.#size;
  }

  append(leafHash: Buffer): void {
    this.#append(0, leafHash);
    this.#size += 1;
  }

  root(): Buffer {
    return rootOfEdge(
      this.#levels.flatMap(({ index, hashes }, level) =>
        hashes.length === 0 ? [] : [{ tile: { level, index, width: hashes.length }, hashes: Buffer.concat(hashes) }],
      ),
    );
  }

  /** The tiles that are new or wider than they were when the edge was read. */
  changed(): { level: number; index: number; hashes: Buffer }[] {
    return [...this.#changed.values()].map(({ level, index, hashes }) => ({
      level,
      index,
      hashes: Buffer.concat(hashes),
    }));
  }

  #append(level: number, appended: Buffer): void {
    const known = this.#levels[level];
    const { index, hashes } = known ?? { index: 0, hashes: [] };
    hashes.push(appended);
    this.#changed.set(`${level}/${index}`, { level, index, hashes });
    if (hashes.length < TILE_WIDTH) {
      this.#levels[level] = { index, hashes };
      return;
    }
    // The tile is full: its hash goes up, and the next one begins.
    this.#levels[level] = { index: index + 1, hashes: [] };
    this.#append(level + 1, hashOver(Buffer.concat(hashes)));
  }
}
