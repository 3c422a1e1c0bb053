/** What can be wrong with an export. */
export type FaultKind =
  /** No key of the policy signed the checkpoint. */
  | 'NOT_SIGNED'
  /** Too few witnesses of the policy have cosigned the checkpoint. */
  | 'NO_QUORUM'
  /** The checkpoint does not go on from an earlier one: the log has been rewritten, or split. */
  | 'NOT_CONSISTENT'
  /** An earlier checkpoint is of more entries than the log has now. */
  | 'SHORTER'
  /** The tree of the export is not the one that the checkpoint signs. */
  | 'OTHER_TREE'
  /** An entry does not read as it was sealed. */
  | 'CHANGED'
  /** A sealed entry is gone, and no erasure tells of it. */
  | 'MISSING'
  /** A sealed entry was erased before its time, or nobody can tell that it was not. */
  | 'ERASED_EARLY'
  /** An erasure names no ground, or nobody else confirmed it. */
  | 'ERASED_UNCONFIRMED'
  /** An entry stands among the sealed ones and was never sealed. */
  | 'NEVER_SEALED'
  /** An entry is in the log twice. */
  | 'TWICE';

/** Something wrong. */
export interface VerdictFault {
  readonly kind: FaultKind;
  /** The leaves that it is about, from the first on and before the second; null when it is about the whole. */
  readonly leaves: readonly [number, number] | null;
  readonly entry: string | null;
  readonly message: string;
}

/** What came of a verification. */
export interface Verdict {
  /** FULL: from the first entry on, the root rebuilt from the entries. RANGE: each entry by the tiles above it. */
  readonly mode: 'FULL' | 'RANGE';
  readonly origin: string;
  /** Leaves of the tree that the checkpoint signs. */
  readonly size: number;
  readonly from: number;
  readonly until: number;
  /** Entries that read as they were sealed. */
  readonly verified: number;
  /** Entries that were lawfully erased. */
  readonly erased: number;
  /** When each witness cosigned the checkpoint, by its name in the policy. */
  readonly cosignedAt: Readonly<Record<string, string>>;
  /** Earlier checkpoints that the log goes on from. */
  readonly consistentWith: number;
  readonly faultCount: number;
  /** The first of them. */
  readonly faults: readonly VerdictFault[];
  readonly remarks: readonly string[];
}

/** So many faults are listed; the others are counted. */
const LISTED_FAULTS = 1_000;

/** Takes faults as they are found. */
export class VerdictFaults {
  readonly listed: VerdictFault[] = [];
  count = 0;

  add(kind: FaultKind, message: string, about: { leaves?: readonly [number, number]; entry?: string } = {}): void {
    this.count += 1;
    if (this.listed.length >= LISTED_FAULTS) return;
    this.listed.push({ kind, leaves: about.leaves ?? null, entry: about.entry ?? null, message });
  }
}

const number = (value: number): string => value.toLocaleString('en-GB');

/** The report for people. */
export function verdictText(verdict: Verdict): string {
  const { mode, origin, size, from, until, verified, erased, cosignedAt, consistentWith, faultCount, faults, remarks } =
    verdict;
  const witnesses = Object.entries(cosignedAt).map(([name, at]) => `${name} (${at})`);
  const more = faultCount - faults.length;
  return [
    faultCount === 0
      ? 'The log stands: nothing in it was changed or taken away.'
      : `The log does not stand: ${number(faultCount)} ${faultCount === 1 ? 'fault' : 'faults'}.`,
    `  log           ${origin}, ${number(size)} entries sealed`,
    `  verified      ${mode === 'FULL' ? 'from the first entry on, the root rebuilt' : `the leaves from ${number(from)} on and before ${number(until)}`}`,
    `  as sealed     ${number(verified)} entries`,
    `  erased        ${number(erased)} entries, lawfully`,
    `  witnesses     ${witnesses.length === 0 ? 'none' : witnesses.join(', ')}`,
    `  goes on from  ${number(consistentWith)} earlier checkpoints`,
    ...faults.slice(0, 50).map((fault) => `  ${fault.kind}${placeOf(fault)}: ${fault.message}`),
    ...(faults.length > 50 || more > 0
      ? [`  … and ${number(faultCount - Math.min(50, faults.length))} more; the report as JSON lists them.`]
      : []),
    ...remarks.map((remark) => `  Note: ${remark}`),
  ].join('\n');
}

function placeOf({ leaves, entry }: VerdictFault): string {
  if (leaves === null) return entry === null ? '' : ` (entry ${entry})`;
  const [first, end] = leaves;
  const place = end - first === 1 ? `leaf ${number(first)}` : `leaves ${number(first)} to ${number(end - 1)}`;
  return ` (${place}${entry === null ? '' : `, entry ${entry}`})`;
}
