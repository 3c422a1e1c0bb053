import type { Checkpoint } from '../../../../schema/log/checkpoint.ts';
import { leafOf } from '../../../../schema/log/leaf.ts';
import { GrowingTree, HASH_BYTES, hashLeaf } from '../../../../schema/log/merkle.ts';
import { FormatError } from '../../../../schema/log/note.ts';
import type { Policy, PolicyVerdict } from '../../../../schema/log/policy.ts';
import { hashIn, TILE_WIDTH } from '../../../../schema/log/tiles.ts';
import { TileFault, VerifiedTiles } from '../../../../schema/log/verified-tiles.ts';
import { demandConsistency, demandTrust, judged, seenTree } from './checkpoints.ts';
import { type Erasure, type Gap, judgeGaps } from './erasures.ts';
import { type ExportedLine, ExportFault, type ExportReader, FILES, type Manifest } from './exported.ts';
import { SeenIds } from './seen-ids.ts';
import { type Verdict, VerdictFaults } from './verdict.ts';

/** By what an export is verified. */
export interface Measure {
  readonly policy: Policy;
  /** Checkpoints that were kept elsewhere, as text: the log must go on from each. */
  readonly known: readonly string[];
  readonly retentionYears: number;
}

/**
 * Verifies an export: without network, without database. What was changed, taken away or put in is a fault of the verdict;
 * an ExportFault means that it could not be verified.
 */
export async function verifyExport(
  reader: ExportReader,
  measure: Measure,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<Verdict> {
  const { policy } = measure;
  const faults = new VerdictFaults();
  const manifest = reader.manifest();
  const standing = judged(reader.text(FILES.checkpoint), policy, 'The checkpoint of the export');
  const { checkpoint } = standing;
  if (manifest.until > checkpoint.size) throw new ExportFault('The export goes beyond its checkpoint: export anew.');
  demandTrust(standing, faults);
  const earlier = reader.checkpoints().map((text) => judged(text, policy, 'An earlier checkpoint of the export'));
  const known = measure.known.map((text) => judged(text, policy, 'The checkpoint that was kept'));
  if (known.some(({ isSigned }) => !isSigned))
    throw new ExportFault('No log key of the policy signed the checkpoint that was kept: name another file.');
  const seen = [standing, ...earlier].map((each) => seenTree(each, policy)).filter((tree) => tree !== null);
  const tiles = await VerifiedTiles.open(checkpoint, reader.readTile);
  const isFull = manifest.from === 0 && manifest.until === checkpoint.size;
  let found: Found = { verified: 0, erased: 0, consistentWith: 0 };
  if (tiles === null) {
    faults.add('OTHER_TREE', 'The tiles of the export are not of the tree that the checkpoint signs.');
  } else {
    const entries = new EntryCheck(manifest, tiles, faults);
    const consistentWith = await countConsistent([...earlier, ...known], checkpoint, tiles, faults);
    for await (const lines of reader.lines(FILES.entries)) {
      await entries.take(lines);
      onProgress(entries.taken, manifest.until - manifest.from);
    }
    entries.demandEnd();
    if (isFull && Buffer.compare(entries.root(), checkpoint.root) !== 0)
      faults.add('OTHER_TREE', 'The root that the entries give is not the one that the checkpoint signs.');
    const erasures = entries.gaps.length === 0 ? [] : await erasuresIn(reader, tiles, faults);
    const rule = { policy, seen, retentionYears: measure.retentionYears };
    found = { verified: entries.verified, erased: judgeGaps(entries.gaps, erasures, rule, faults), consistentWith };
  }
  await demandNoneUnsealed(reader, faults);
  return {
    mode: isFull ? 'FULL' : 'RANGE',
    origin: checkpoint.origin,
    size: checkpoint.size,
    from: manifest.from,
    until: manifest.until,
    ...found,
    cosignedAt: timesOf(standing),
    faultCount: faults.count,
    faults: faults.listed,
    remarks: policy.asksForWitnesses
      ? []
      : ['The policy asks for no witness: who holds the log’s key can have rewritten it.'],
  };
}

type Found = Pick<Verdict, 'verified' | 'erased' | 'consistentWith'>;

async function countConsistent(
  standings: readonly PolicyVerdict[],
  now: Checkpoint,
  tiles: VerifiedTiles,
  faults: VerdictFaults,
): Promise<number> {
  let count = 0;
  for (const each of standings)
    if (await orFault(demandConsistency(each, now, tiles, faults), faults, false)) count += 1;
  return count;
}

function timesOf({ cosignedAt }: PolicyVerdict): Verdict['cosignedAt'] {
  return Object.fromEntries([...cosignedAt].map(([name, seconds]) => [name, new Date(seconds * 1000).toISOString()]));
}

/** A tile that is not the tree's is a fault of the log, and not of the reading. */
async function orFault<T>(work: Promise<T>, faults: VerdictFaults, otherwise: T): Promise<T> {
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

/** Holds entry after entry against its leaf. */
class EntryCheck {
  readonly gaps: Gap[] = [];
  taken = 0;
  verified = 0;
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

  /** Takes the next lines, each an entry that reads as it was sealed, or a leaf whose entry is gone. */
  async take(lines: readonly ExportedLine[]): Promise<void> {
    for (const line of lines) {
      const index = this.#manifest.from + this.taken;
      if (line.index < index || line.index >= this.#manifest.until)
        throw new ExportFault('The entries of the export are not in order: export anew.');
      // A leaf that is not even told of.
      for (let lost = index; lost < line.index; lost += 1) this.#lost(lost, await this.#sealedHash(lost));
      // Entries share a tile: most need no waiting.
      const sealed = this.#hasTileOf(line.index) ? this.#hashInTile(line.index) : await this.#sealedHash(line.index);
      if ('entry' in line) this.#present(line, sealed);
      else this.#lost(line.index, sealed, hashLeaf(Buffer.from(line.leaf, 'base64')));
    }
  }

  #present(line: Extract<ExportedLine, { entry: unknown }>, sealed: Buffer | null): void {
    this.taken += 1;
    const found = leafHashOf(line);
    this.#tree.append(found ?? NO_HASH);
    const entry = typeof line.entry.id === 'string' ? line.entry.id : '';
    const about = { leaves: [line.index, line.index + 1] as const, entry };
    if (sealed === null) return;
    if (found === null || Buffer.compare(found, sealed) !== 0) {
      this.#faults.add('CHANGED', 'The entry does not read as it was sealed.', about);
      return;
    }
    if (!this.#ids.add(entry)) {
      this.#faults.add('TWICE', 'The entry is in the log twice.', about);
      return;
    }
    this.verified += 1;
    const gap = this.gaps.at(-1);
    if (gap !== undefined && gap.nextAt === null && typeof line.entry.at === 'string')
      gap.nextAt = Date.parse(line.entry.at);
  }

  /** An export that ends before its range does has lost the rest. */
  demandEnd(): void {
    const { from, until } = this.#manifest;
    if (from + this.taken < until) throw new ExportFault(`${FILES.entries} ends before its last entry: export anew.`);
  }

  /** The root over the leaves as the entries give them, from the first of the export on. */
  root(): Buffer {
    return this.#tree.root();
  }

  /** The hash that was sealed; null when the tile that has it is not the tree's, which is told once. */
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

  #lost(index: number, sealed: Buffer | null, told: Buffer | null = sealed): void {
    this.taken += 1;
    this.#tree.append(told ?? NO_HASH);
    if (sealed !== null && told !== null && Buffer.compare(told, sealed) !== 0)
      this.#faults.add('CHANGED', 'The leaf is not the one that was sealed.', { leaves: [index, index + 1] });
    const gap = this.gaps.at(-1);
    if (gap?.until === index && gap.nextAt === null) gap.until = index + 1;
    else this.gaps.push({ from: index, until: index + 1, nextAt: null });
  }
}

/** Stands for a leaf that cannot be known: the root then comes out wrong, as it must. */
const NO_HASH = Buffer.alloc(HASH_BYTES);

/** The hash of the leaf that an entry would have; null when it could have none. */
function leafHashOf({ salt, text, entry }: Extract<ExportedLine, { entry: unknown }>): Buffer | null {
  try {
    return hashLeaf(leafOf(entry, Buffer.from(salt, 'base64'), text));
  } catch (cause) {
    if (cause instanceof FormatError) return null;
    throw cause;
  }
}

/** The erasures that the log itself tells of: each is an entry that reads as it was sealed. */
async function erasuresIn(reader: ExportReader, tiles: VerifiedTiles, faults: VerdictFaults): Promise<Erasure[]> {
  const erasures: Erasure[] = [];
  for await (const lines of reader.lines(FILES.erasures)) {
    for (const line of lines) {
      if (!('entry' in line) || line.entry.name !== 'eraseEntries') continue;
      const found = leafHashOf(line);
      const sealed = await orFault<Buffer | null>(tiles.leafHash(line.index), faults, null);
      if (found !== null && sealed !== null && Buffer.compare(found, sealed) === 0)
        erasures.push({ index: line.index, entry: line.entry });
      else
        faults.add('CHANGED', 'The entry of an erasure does not read as it was sealed.', {
          leaves: [line.index, line.index + 1],
        });
    }
  }
  return erasures;
}

async function demandNoneUnsealed(reader: ExportReader, faults: VerdictFaults): Promise<void> {
  for await (const lines of reader.lines(FILES.unsealed)) {
    for (const line of lines) {
      const entry = 'entry' in line && typeof line.entry.id === 'string' ? line.entry.id : '';
      faults.add(
        'NEVER_SEALED',
        'The entry stands before sealed ones and was never sealed: it was put in past the hub, or its leaf was taken away.',
        { entry },
      );
    }
  }
}
