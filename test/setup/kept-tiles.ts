import { HASH_BYTES } from '../../schema/log/merkle.ts';
import { hashOver, type ReadTile, TILE_WIDTH, type Tile } from '../../schema/log/tiles.ts';

/** The tiles of a tree whose leaf hashes are at hand, kept in memory. */
export function keptTiles(leafHashes: readonly Buffer[]): ReadTile {
  const levels = [Buffer.concat(leafHashes)];
  for (let below = levels[0]; below !== undefined && below.length >= TILE_WIDTH * HASH_BYTES; below = levels.at(-1)) {
    const whole = below;
    const full = Math.floor(whole.length / HASH_BYTES / TILE_WIDTH);
    levels.push(Buffer.concat(Array.from({ length: full }, (_, index) => hashOver(tileOf(whole, index, TILE_WIDTH)))));
  }
  return async ({ level, index, width }: Tile) => {
    const hashes = levels[level];
    const tile = hashes === undefined ? Buffer.alloc(0) : tileOf(hashes, index, width);
    if (tile.length !== width * HASH_BYTES) throw new RangeError('The tree has no such tile.');
    return tile;
  };
}

function tileOf(hashes: Buffer, index: number, width: number): Buffer {
  const first = index * TILE_WIDTH * HASH_BYTES;
  return hashes.subarray(first, first + width * HASH_BYTES);
}
