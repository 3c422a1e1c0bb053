/** The kinds of fault that an export can have. */
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
  /** A row does not read as it was sealed: its header, or a part. */
  | 'CHANGED'
  /** A sealed row or a part of one is gone, and no erasure names it. */
  | 'MISSING'
  /** A sealed row or a part of one was erased before its time, or nobody can tell that it was not. */
  | 'ERASED_EARLY'
  /** An erasure names no ground, or nobody else confirmed it. */
  | 'ERASED_UNCONFIRMED'
  /** A row stands among the sealed ones and was never sealed. */
  | 'NEVER_SEALED'
  /** A row is in the log twice. */
  | 'TWICE'
  /** The meaning of the numbers in the log is not as it was exported. */
  | 'OTHER_DICTIONARIES';

/** Something wrong. */
export interface VerdictFault {
  readonly kind: FaultKind;
  /** The leaves that it is about, from the first on and before the second; null when it is about the whole. */
  readonly leaves: readonly [number, number] | null;
  /** The parts of one leaf that it is about, likewise; null when it is about whole rows. */
  readonly parts: readonly [number, number] | null;
  /** The id of the row. */
  readonly entry: string | null;
  readonly message: string;
}

/** The result of a verification. */
export interface Verdict {
  /** FULL: from the first row on, the root rebuilt from the rows. RANGE: each row by the tiles above it. */
  readonly mode: 'FULL' | 'RANGE';
  readonly origin: string;
  /** Leaves of the tree that the checkpoint signs. */
  readonly size: number;
  readonly from: number;
  readonly until: number;
  /** Rows that read as they were sealed, whatever of their parts is lawfully gone, and their parts. */
  readonly verified: number;
  readonly verifiedParts: number;
  /** Rows that were lawfully erased, and the parts that were: of these rows, and of rows that stay. */
  readonly erased: number;
  readonly erasedParts: number;
  /** When each witness cosigned the checkpoint, by its name in the policy. */
  readonly cosignedAt: Readonly<Record<string, string>>;
  /** Earlier checkpoints that the log goes on from. */
  readonly consistentWith: number;
  readonly faultCount: number;
  /** The first of them. */
  readonly faults: readonly VerdictFault[];
  readonly remarks: readonly string[];
}

/** The most faults that are listed; the others are counted. */
const LISTED_FAULTS = 1_000;

/** The leaves, parts and row that a fault is about. */
type About = Partial<Pick<VerdictFault, 'leaves' | 'parts' | 'entry'>>;

/** Takes faults as they are found. */
export class VerdictFaults {
  readonly listed: VerdictFault[] = [];
  count = 0;

  add(kind: FaultKind, message: string, about: About = {}): void {
    this.count += 1;
    if (this.listed.length >= LISTED_FAULTS) return;
    const { leaves = null, parts = null, entry = null } = about;
    this.listed.push({ kind, leaves, parts, entry, message });
  }
}

const number = (value: number): string => value.toLocaleString('en-GB');

/** The report for people. */
export function verdictText(verdict: Verdict): string {
  const { mode, origin, size, from, until, cosignedAt, consistentWith, faultCount, faults, remarks } = verdict;
  const witnesses = Object.entries(cosignedAt).map(([name, at]) => `${name} (${at})`);
  const more = faultCount - faults.length;
  return [
    faultCount === 0
      ? 'The log stands: nothing in it was changed or taken away.'
      : `The log does not stand: ${number(faultCount)} ${faultCount === 1 ? 'fault' : 'faults'}.`,
    `  log           ${origin}, ${number(size)} rows sealed`,
    `  verified      ${mode === 'FULL' ? 'from the first row on, the root rebuilt' : `the leaves from ${number(from)} on and before ${number(until)}`}`,
    `  as sealed     ${number(verdict.verified)} rows, ${number(verdict.verifiedParts)} parts`,
    `  erased        ${number(verdict.erased)} rows, ${number(verdict.erasedParts)} parts, lawfully`,
    `  witnesses     ${witnesses.length === 0 ? 'none' : witnesses.join(', ')}`,
    `  goes on from  ${number(consistentWith)} earlier checkpoints`,
    ...faults.slice(0, 50).map((fault) => `  ${fault.kind}${placeOf(fault)}: ${fault.message}`),
    ...(faults.length > 50 || more > 0
      ? [`  … and ${number(faultCount - Math.min(50, faults.length))} more; the report as JSON lists them.`]
      : []),
    ...remarks.map((remark) => `  Note: ${remark}`),
  ].join('\n');
}

function placeOf({ leaves, parts, entry }: VerdictFault): string {
  if (leaves === null) return entry === null ? '' : ` (row ${entry})`;
  const among = parts === null ? '' : `, ${span('part', 'parts', parts)}`;
  return ` (${span('leaf', 'leaves', leaves)}${among}${entry === null ? '' : `, row ${entry}`})`;
}

function span(one: string, many: string, [first, end]: readonly [number, number]): string {
  return end - first === 1 ? `${one} ${number(first)}` : `${many} ${number(first)} to ${number(end - 1)}`;
}
