import { GrowingTree, HASH_BYTES } from '../../../../schema/log/merkle.ts';
import { hashIn, TILE_WIDTH } from '../../../../schema/log/tiles.ts';
import { TileFault, type VerifiedTiles } from '../../../../schema/log/verified-tiles.ts';
import { type Gap, PLACES } from './erasures.ts';
import { ExportFault, FILES, type Manifest } from './exported.ts';
import { type ExportedLeaf, headerOf, idIn } from './exported-row.ts';
import { SeenIds } from './seen-ids.ts';
import type { VerdictFaults } from './verdict.ts';

/** A tile that is not the tree's is a fault of the log, and not of the reading. */
export async function orFault<T>(work: Promise<T>, faults: VerdictFaults, otherwise: T): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof TileFault)) throw cause;
    const { level, index } = cause.tile;
    const span = 256 ** (level + 1);
    faults.add('OTHER_TREE', 'A tile is not part of the tree that the checkpoint signs.', {
      leaves: [index * span, (index + 1) * span],
    });
    return otherwise;
  }
}

/** Holds row after row against its leaf. */
export class RowCheck {
  readonly gaps: Gap[] = [];
  taken = 0;
  /** Rows that read as they were sealed, and parts of these. */
  verified = 0;
  verifiedParts = 0;
  readonly #manifest: Manifest;
  readonly #tiles: VerifiedTiles;
  readonly #faults: VerdictFaults;
  readonly #tree = new GrowingTree();
  readonly #ids: SeenIds;

  /** The tile of the last leaf that was asked for; without hashes when it is not the tree's. */
  #tile: { readonly index: number; readonly hashes: Buffer | null } = { index: -1, hashes: null };

  constructor(manifest: Manifest, tiles: VerifiedTiles, faults: VerdictFaults) {
    this.#manifest = manifest;
    this.#tiles = tiles;
    this.#faults = faults;
    this.#ids = new SeenIds(manifest.until - manifest.from);
  }

  /** Takes the next leaves, each of a row that reads as it was sealed, or of one that is gone. */
  async take(leaves: readonly ExportedLeaf[]): Promise<void> {
    for (const leaf of leaves) {
      const index = this.#manifest.from + this.taken;
      if (leaf.index < index || leaf.index >= this.#manifest.until)
        throw new ExportFault('The rows of the export are not in order: export anew.');
      // A leaf that is not even told of.
      for (let lost = index; lost < leaf.index; lost += 1) this.#lost(lost, await this.#sealedHash(lost));
      // Rows share a tile: most need no waiting.
      const sealed = this.#hasTileOf(leaf.index) ? this.#hashInTile(leaf.index) : await this.#sealedHash(leaf.index);
      if (leaf.header === null) this.#lost(leaf.index, sealed, leaf.hash, leaf.parts);
      else this.#present(leaf, leaf.header, sealed);
    }
  }

  #present(leaf: ExportedLeaf, header: Buffer, sealed: Buffer | null): void {
    this.taken += 1;
    this.#tree.append(leaf.hash ?? NO_HASH);
    if (sealed === null) return;
    const { index, hash, gone } = leaf;
    const entry = idIn(header);
    if (hash === null || !hash.equals(sealed)) {
      this.#faults.add('CHANGED', 'The row does not read as it was sealed.', { leaves: [index, index + 1], entry });
      return;
    }
    if (!this.#ids.add(entry)) {
      this.#faults.add('TWICE', 'The row is in the log twice.', { leaves: [index, index + 1], entry });
      return;
    }
    this.verified += 1;
    this.verifiedParts += leaf.parts - gone.length;
    const before = this.gaps.at(-1);
    if (before === undefined ? gone.length === 0 : before.nextAt !== null && gone.length === 0) return;
    const { at } = headerOf(header);
    const writtenAt = typeof at === 'string' ? Date.parse(at) : Number.NaN;
    if (before !== undefined && before.nextAt === null) before.nextAt = writtenAt;
    for (const [from, until] of stretches(gone, index * PLACES))
      this.gaps.push({ from, until, nextAt: writtenAt, parts: null });
  }

  /** An export that ends before its range does has lost the rest. */
  demandEnd(): void {
    const { from, until } = this.#manifest;
    if (from + this.taken < until) throw new ExportFault(`${FILES.entries} ends before its last row: export anew.`);
  }

  /** The root over the leaves as the rows give them, from the first of the export on. */
  root(): Buffer {
    return this.#tree.root();
  }

  /** The hash that was sealed; null when the tile that has it is not the tree's, which is reported once. */
  async #sealedHash(index: number): Promise<Buffer | null> {
    if (!this.#hasTileOf(index)) {
      const tile = this.#tiles.leafTile(index);
      this.#tile = {
        index: Math.floor(index / TILE_WIDTH),
        hashes: await orFault<Buffer | null>(tile, this.#faults, null),
      };
    }
    return this.#hashInTile(index);
  }

  #hasTileOf(index: number): boolean {
    return this.#tile.index === Math.floor(index / TILE_WIDTH);
  }

  #hashInTile(index: number): Buffer | null {
    const { hashes } = this.#tile;
    return hashes === null ? null : hashIn(hashes, index % TILE_WIDTH);
  }

  #lost(index: number, sealed: Buffer | null, told: Buffer | null = sealed, parts = 0): void {
    this.taken += 1;
    this.#tree.append(told ?? NO_HASH);
    if (sealed !== null && told !== null && !told.equals(sealed))
      this.#faults.add('CHANGED', 'The leaf is not the one that was sealed.', { leaves: [index, index + 1] });
    const gap = this.gaps.at(-1);
    if (gap?.until === index * PLACES && gap.nextAt === null) {
      gap.until += PLACES;
      gap.parts?.push(parts);
    } else this.gaps.push({ from: index * PLACES, until: (index + 1) * PLACES, nextAt: null, parts: [parts] });
  }
}

/** Stands for a leaf that cannot be known: the root then comes out wrong, as it must. */
const NO_HASH = Buffer.alloc(HASH_BYTES);

/** Numbers in order as intervals, moved by an offset. */
function stretches(numbers: readonly number[], offset: number): [from: number, until: number][] {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last?.[1] === offset + number) last[1] += 1;
    else found.push([offset + number, offset + number + 1]);
  }
  return found;
}
