import type { Checkpoint } from '../../../../schema/log/checkpoint.ts';
import { FormatError } from '../../../../schema/log/note.ts';
import { judge, type Policy, type PolicyVerdict } from '../../../../schema/log/policy.ts';
import type { VerifiedTiles } from '../../../../schema/log/verified-tiles.ts';
import { ExportFault } from './exported.ts';
import type { VerdictFaults } from './verdict.ts';

/** When the quorum had seen a tree of some size: its entries are not younger. In milliseconds since 1970. */
export interface SeenTree {
  readonly size: number;
  readonly at: number;
}

/** Judges a checkpoint by the policy. Throws an ExportFault when it is none. */
export function judged(text: string, policy: Policy, what: string): PolicyVerdict {
  try {
    return judge(text, policy);
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new ExportFault(`${what} is no signed checkpoint: export anew, or name another file.`, { cause });
  }
}

/** The fault of the checkpoint that everything is proven against. */
export function demandTrust({ isSigned, hasQuorum, broken }: PolicyVerdict, faults: VerdictFaults): void {
  if (broken.length > 0) {
    const names = broken.join(', ');
    faults.add(
      'NOT_SIGNED',
      `A signature under the checkpoint that bears the name of a trusted key does not verify: ${names}.`,
    );
    return;
  }
  if (!isSigned) faults.add('NOT_SIGNED', 'No log key of the policy signed the checkpoint.');
  if (!hasQuorum)
    faults.add(
      'NO_QUORUM',
      'Too few witnesses of the policy have cosigned the checkpoint: who holds the log’s key could have rewritten the log.',
    );
}

/** Remarks on how far a checkpoint can be trusted, for the report. They are no faults. */
export function remarksOn({ unverified }: PolicyVerdict, { asksForWitnesses }: Policy): string[] {
  return [
    ...(asksForWitnesses ? [] : ['The policy asks for no witness: who holds the log’s key can have rewritten it.']),
    ...unverified.map(
      (name) =>
        `${name} signed by ML-DSA-44, which this Node cannot verify, so it does not count: use Node 24.7 or later.`,
    ),
  ];
}

/**
 * Holds an earlier checkpoint against the tree: does the log go on from it? Returns false when that was not so, or when
 * nothing in the policy vouches for the checkpoint.
 */
export async function demandConsistency(
  earlier: PolicyVerdict,
  now: Checkpoint,
  tiles: VerifiedTiles,
  faults: VerdictFaults,
): Promise<boolean> {
  const { size, root } = earlier.checkpoint;
  if (!earlier.isSigned) return false;
  if (size > now.size) {
    faults.add('SHORTER', `A checkpoint of ${size} entries was signed; the log has ${now.size}.`);
    return false;
  }
  if (Buffer.compare(await tiles.rootAt(size), root) === 0) return true;
  faults.add('NOT_CONSISTENT', `The log of now does not begin with what was signed at ${size} entries.`, {
    leaves: [0, size],
  });
  return false;
}

/** When the quorum of a policy had cosigned a checkpoint; null when it had not, or the policy asks for nobody. */
export function seenTree({ checkpoint, cosignedAt, isSigned }: PolicyVerdict, policy: Policy): SeenTree | null {
  if (!policy.asksForWitnesses || !isSigned) return null;
  const names = new Set<string>();
  for (const [name, seconds] of [...cosignedAt].sort(([, a], [, b]) => a - b)) {
    names.add(name);
    if (policy.isQuorum(names)) return { size: checkpoint.size, at: seconds * 1000 };
  }
  return null;
}
