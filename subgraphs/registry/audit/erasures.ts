import type { EntryContent } from '../../../schema/log/leaf.ts';
import type { Policy } from '../../../schema/log/policy.ts';
import type { SeenTree } from './checkpoints.ts';
import type { Faults } from './verdict.ts';

/** An erasure, as its own entry tells of it. */
export interface Erasure {
  /** The leaf of the entry that tells of it. */
  readonly index: number;
  readonly entry: EntryContent;
}

/** Leaves in a row whose entries are gone. */
export interface Gap {
  readonly from: number;
  until: number;
  /** When the first entry after them was written, in milliseconds since 1970: a bound on their age where nobody witnessed it. */
  nextAt: number | null;
}

/** A witness's clock may be off by so much. */
const CLOCKS_MS = 10 * 60 * 1000;

/** What it takes to judge erasures. */
export interface ErasureRule {
  readonly policy: Policy;
  readonly seen: readonly SeenTree[];
  /** An entry is kept at least so many years. */
  readonly retentionYears: number;
}

/** Judges gaps: returns how many entries were lawfully erased, and tells every other as a fault. */
export function judgeGaps(
  gaps: readonly Gap[],
  erasures: readonly Erasure[],
  rule: ErasureRule,
  faults: Faults,
): number {
  let lawful = 0;
  for (const gap of gaps) {
    for (let first = gap.from; first < gap.until; ) {
      const covering = erasures.filter(({ entry }) => covers(entry, first));
      const end =
        covering.length === 0
          ? nextStart(erasures, first, gap.until)
          : Math.min(gap.until, ...covering.map(({ entry }) => leafOf(entry, 'leaf_until')));
      const leaves: readonly [number, number] = [first, end];
      const wrong = covering.map((erasure) => wrongWith(erasure, { ...gap, from: first, until: end }, rule));
      if (covering.length === 0)
        faults.add('MISSING', 'Sealed, and gone without an erasure that tells of it.', { leaves });
      else if (wrong.includes(null)) lawful += end - first;
      else if (wrong[0]) faults.add(wrong[0].kind, wrong[0].message, { leaves });
      first = end;
    }
  }
  return lawful;
}

function covers(entry: EntryContent, leaf: number): boolean {
  return leafOf(entry, 'leaf_from') <= leaf && leaf < leafOf(entry, 'leaf_until');
}

/** Where the next erasure begins, or the gap ends. */
function nextStart(erasures: readonly Erasure[], after: number, end: number): number {
  return Math.min(end, ...erasures.map(({ entry }) => leafOf(entry, 'leaf_from')).filter((from) => from > after));
}

function leafOf(entry: EntryContent, column: 'leaf_from' | 'leaf_until'): number {
  const value = entry[column];
  return typeof value === 'number' ? value : Number.NaN;
}

function wrongWith(
  { index, entry }: Erasure,
  gap: Gap,
  { policy, seen, retentionYears }: ErasureRule,
): { kind: 'ERASED_EARLY' | 'ERASED_UNCONFIRMED'; message: string } | null {
  const { ground, confirmed_by: confirmer, caller, permitted, kind, at } = entry;
  if (
    kind !== 'CHANGE' ||
    permitted !== true ||
    index < gap.until ||
    !isText(ground) ||
    !isText(confirmer) ||
    confirmer === caller
  )
    return {
      kind: 'ERASED_UNCONFIRMED',
      message: 'The erasure names no ground, or nobody but who made it confirmed it.',
    };
  const early = (message: string) => ({ kind: 'ERASED_EARLY' as const, message });
  const erasedAt = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  const writtenBy = policy.asksForWitnesses ? earliest(seen, gap.until) : gap.nextAt;
  if (writtenBy === null) return early('Nothing shows how old the entries were when they were erased.');
  if (!(yearsAfter(writtenBy, retentionYears) <= erasedAt))
    return early(`Erased before ${retentionYears} years had passed since they were written.`);
  // An erasure could be dated ahead; whoever cosigned it saw it when it was there.
  const seenAt = earliest(seen, index + 1);
  if (policy.asksForWitnesses && !(seenAt !== null && erasedAt <= seenAt + CLOCKS_MS))
    return early('The erasure is dated later than the witnesses saw it.');
  return null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** When the quorum first saw a tree of at least this size. */
function earliest(seen: readonly SeenTree[], size: number): number | null {
  const times = seen.filter((tree) => tree.size >= size).map(({ at }) => at);
  return times.length === 0 ? null : Math.min(...times);
}

function yearsAfter(milliseconds: number, years: number): number {
  const date = new Date(milliseconds);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return date.getTime();
}
