import { hash } from 'node:crypto';
import type { Checkpoint } from '../../../../schema/log/checkpoint.ts';
import type { Policy, PolicyVerdict } from '../../../../schema/log/policy.ts';
import { VerifiedTiles } from '../../../../schema/log/verified-tiles.ts';
import { demandConsistency, demandTrust, judged, remarksOn, seenTree } from './checkpoints.ts';
import { type Erasure, judgeGaps } from './erasures.ts';
import { ExportFault, type ExportReader, FILES, type Manifest } from './exported.ts';
import { headerOf, idIn } from './exported-row.ts';
import { orFault, RowCheck } from './row-check.ts';
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
  let found: Found = { verified: 0, verifiedParts: 0, erased: 0, erasedParts: 0, consistentWith: 0 };
  if (tiles === null) {
    faults.add('OTHER_TREE', 'The tiles of the export are not of the tree that the checkpoint signs.');
  } else {
    const rows = new RowCheck(manifest, tiles, faults);
    const consistentWith = await countConsistent([...earlier, ...known], checkpoint, tiles, faults);
    for await (const leaves of reader.leaves(FILES.entries)) {
      await rows.take(leaves);
      onProgress(rows.taken, manifest.until - manifest.from);
    }
    rows.demandEnd();
    if (isFull && Buffer.compare(rows.root(), checkpoint.root) !== 0)
      faults.add('OTHER_TREE', 'The root that the rows give is not the one that the checkpoint signs.');
    const erasures = rows.gaps.length === 0 ? [] : await erasuresIn(reader, tiles, faults);
    const rule = { policy, seen, retentionYears: measure.retentionYears };
    const { verified, verifiedParts } = rows;
    found = { verified, verifiedParts, ...judgeGaps(rows.gaps, erasures, rule, faults), consistentWith };
  }
  demandDictionaries(reader, manifest, faults);
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
    remarks: remarksOn(standing, policy),
  };
}

type Found = Pick<Verdict, 'verified' | 'verifiedParts' | 'erased' | 'erasedParts' | 'consistentWith'>;

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

/** The erasures that the log itself records: each is a row that reads as it was sealed. */
async function erasuresIn(reader: ExportReader, tiles: VerifiedTiles, faults: VerdictFaults): Promise<Erasure[]> {
  const erasures: Erasure[] = [];
  for await (const leaves of reader.leaves(FILES.erasures)) {
    for (const { index, hash, header } of leaves) {
      const told = header === null ? null : headerOf(header);
      if (told === null || told.name !== 'eraseEntries') continue;
      const sealed = await orFault<Buffer | null>(tiles.leafHash(index), faults, null);
      if (hash !== null && sealed?.equals(hash) === true) erasures.push({ index, told });
      else
        faults.add('CHANGED', 'The row of an erasure does not read as it was sealed.', { leaves: [index, index + 1] });
    }
  }
  return erasures;
}

async function demandNoneUnsealed(reader: ExportReader, faults: VerdictFaults): Promise<void> {
  for await (const leaves of reader.leaves(FILES.unsealed)) {
    for (const { header } of leaves) {
      faults.add(
        'NEVER_SEALED',
        'The row stands before sealed ones and was never sealed: it was put in past the hub, or its leaf was taken away.',
        { entry: header === null ? '' : idIn(header) },
      );
    }
  }
}

/** Checks that the meaning of the numbers in the log is as it was when it was exported. */
function demandDictionaries(reader: ExportReader, { dictionaries }: Manifest, faults: VerdictFaults): void {
  if (dictionaries === undefined) return;
  if (hash('sha256', reader.text(FILES.dictionaries), 'base64') !== dictionaries)
    faults.add('OTHER_DICTIONARIES', `${FILES.dictionaries} is not the one that was exported with the log.`);
}
