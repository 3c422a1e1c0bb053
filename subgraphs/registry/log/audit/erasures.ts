import type { RowContent } from '../../../../schema/log/leaf.ts';
import type { Policy } from '../../../../schema/log/policy.ts';
import type { SeenTree } from './checkpoints.ts';
import type { VerdictFault, VerdictFaults } from './verdict.ts';

/** Places of a leaf: its header's, which is the leaf's index times this, and behind it those of its parts from 1 on. */
export const PLACES = 65_536;

/** An erasure, as its own row records it. */
export interface Erasure {
  /** The leaf of the row that records it. */
  readonly index: number;
  /** The row's header. */
  readonly told: RowContent;
}

/** Places in a row of which everything is gone. */
export interface Gap {
  readonly from: number;
  until: number;
  /**
   * When they were written at the latest, in milliseconds since 1970, by the row that they are parts of or the first row after
   * them: a bound on their age where nobody witnessed it.
   */
  nextAt: number | null;
  /** The number of parts that each whole row had; null for parts of a row that stays. */
  readonly parts: number[] | null;
}

/** A witness's clock may be off by so much. */
const CLOCKS_MS = 10 * 60 * 1000;

/** The rule by which erasures are judged. */
export interface ErasureRule {
  readonly policy: Policy;
  readonly seen: readonly SeenTree[];
  /** A part is kept at least so many years. */
  readonly retentionYears: number;
}

/** The counts of what was lawfully erased: rows, and parts of these and of others. */
export interface LawfullyErased {
  readonly erased: number;
  readonly erasedParts: number;
}

/** Judges gaps, in their order: returns how much was lawfully erased, and reports everything else as a fault. */
export function judgeGaps(
  gaps: readonly Gap[],
  erasures: readonly Erasure[],
  rule: ErasureRule,
  faults: VerdictFaults,
): LawfullyErased {
  const times = new SeenTimes(rule.seen);
  const told = erasures.flatMap(stretchesOf).sort((a, b) => a.from - b.from);
  let next = 0;
  let open: Stretch[] = [];
  let erased = 0;
  let erasedParts = 0;
  for (const gap of gaps) {
    for (let first = gap.from; first < gap.until; ) {
      for (let begun = told[next]; begun !== undefined && begun.from <= first; begun = told[next]) {
        open.push(begun);
        next += 1;
      }
      open = open.filter(({ until }) => until > first);
      const end = Math.min(gap.until, told[next]?.from ?? gap.until, ...open.map(({ until }) => until));
      const about = placesAbout(gap, first, end);
      const wrong = open.map(({ erasure }) => wrongWith(erasure, { ...gap, from: first, until: end }, rule, times));
      if (open.length === 0) faults.add('MISSING', 'Sealed, and gone without an erasure that names it.', about);
      else if (wrong.includes(null)) {
        erased += gap.parts === null ? 0 : Math.ceil(end / PLACES) - Math.ceil(first / PLACES);
        erasedParts += partsBetween(gap, first, end);
      } else if (wrong[0]) faults.add(wrong[0].kind, wrong[0].message, about);
      first = end;
    }
  }
  return { erased, erasedParts };
}

/** Leaves, and of one leaf the parts, between two places of a gap. */
function placesAbout(gap: Gap, first: number, end: number): Pick<VerdictFault, 'leaves' | 'parts'> {
  const leaf = Math.floor(first / PLACES);
  const isPartly = gap.parts === null || first % PLACES > 0 || (end < gap.until && end % PLACES > 0);
  const parts = isPartly && end <= (leaf + 1) * PLACES ? ([first % PLACES, end - leaf * PLACES] as const) : null;
  return { leaves: [leaf, Math.ceil(end / PLACES)], parts };
}

function partsBetween({ from, parts }: Gap, first: number, end: number): number {
  if (parts === null) return end - first;
  let count = 0;
  for (let leaf = Math.floor(first / PLACES); leaf * PLACES < end; leaf += 1) {
    const begins = leaf * PLACES + 1;
    const had = parts[leaf - from / PLACES] ?? 0;
    count += Math.max(0, Math.min(end, begins + had) - Math.max(first, begins));
  }
  return count;
}

/** Places in a row that an erasure names. */
interface Stretch {
  readonly from: number;
  readonly until: number;
  readonly erasure: Erasure;
}

/**
 * The places that an erasure names: those of its list (a PostgreSQL int8multirange). Release 0.1.0 named leaves: those of its list,
 * or all between its first and its last.
 */
function stretchesOf(erasure: Erasure): Stretch[] {
  const { leaf_from: from, leaf_until: until, leaves, erased_parts: places } = erasure.told;
  const stretch = (first: number, end: number, each: number) => ({ from: first * each, until: end * each, erasure });
  if (typeof places === 'string') return rangesIn(places).map(([first, end]) => stretch(first, end, 1));
  if (typeof leaves === 'string') return rangesIn(leaves).map(([first, end]) => stretch(first, end, PLACES));
  return typeof from === 'number' && typeof until === 'number' ? [stretch(from, until, PLACES)] : [];
}

function rangesIn(multirange: string): [number, number][] {
  return [...multirange.matchAll(/\[(\d+),(\d+)\)/g)].map(([, first, end]) => [Number(first), Number(end)]);
}

function wrongWith(
  { index, told }: Erasure,
  gap: Gap,
  { policy, retentionYears }: ErasureRule,
  times: SeenTimes,
): { kind: 'ERASED_EARLY' | 'ERASED_UNCONFIRMED'; message: string } | null {
  const { ground, confirmed_by: confirmer, caller, permitted, kind, at } = told;
  if (
    kind !== 'CHANGE' ||
    permitted === false ||
    index * PLACES < gap.until ||
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
  const writtenBy = policy.asksForWitnesses ? times.earliest(Math.ceil(gap.until / PLACES)) : gap.nextAt;
  if (writtenBy === null) return early('Nothing shows how old it was when they were erased.');
  if (!(yearsAfter(writtenBy, retentionYears) <= erasedAt))
    return early(`Erased before ${retentionYears} years had passed since it was written.`);
  // An erasure could be dated ahead; whoever cosigned it saw it when it was there.
  const seenAt = times.earliest(index + 1);
  if (policy.asksForWitnesses && !(seenAt !== null && erasedAt <= seenAt + CLOCKS_MS))
    return early('The erasure is dated later than the witnesses saw it.');
  return null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** When the quorum first saw a tree of at least some size; asked for every gap, of which there may be very many. */
class SeenTimes {
  readonly #seen: readonly SeenTree[];

  constructor(seen: readonly SeenTree[]) {
    let first = Number.POSITIVE_INFINITY;
    const largestFirst = seen
      .toSorted((a, b) => b.size - a.size)
      .map(({ size, at }) => {
        first = Math.min(first, at);
        return { size, at: first };
      });
    this.#seen = largestFirst.toReversed();
  }

  earliest(size: number): number | null {
    let low = 0;
    let high = this.#seen.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#seen[middle]?.size ?? 0) < size) low = middle + 1;
      else high = middle;
    }
    return this.#seen[low]?.at ?? null;
  }
}

function yearsAfter(milliseconds: number, years: number): number {
  const date = new Date(milliseconds);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return date.getTime();
}
