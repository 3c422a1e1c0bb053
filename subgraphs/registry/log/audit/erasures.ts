import type { EntryContent } from '../../../../schema/log/leaf.ts';
import type { Policy } from '../../../../schema/log/policy.ts';
import type { SeenTree } from './checkpoints.ts';
import type { VerdictFaults } from './verdict.ts';

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

/** Judges gaps, in their order: returns how many entries were lawfully erased, and tells every other as a fault. */
export function judgeGaps(
  gaps: readonly Gap[],
  erasures: readonly Erasure[],
  rule: ErasureRule,
  faults: VerdictFaults,
): number {
  const times = new SeenTimes(rule.seen);
  const told = erasures.flatMap(stretchesOf).sort((a, b) => a.from - b.from);
  let next = 0;
  let open: Stretch[] = [];
  let lawful = 0;
  for (const gap of gaps) {
    for (let first = gap.from; first < gap.until; ) {
      for (let begun = told[next]; begun !== undefined && begun.from <= first; begun = told[next]) {
        open.push(begun);
        next += 1;
      }
      open = open.filter(({ until }) => until > first);
      const end = Math.min(gap.until, told[next]?.from ?? gap.until, ...open.map(({ until }) => until));
      const leaves: readonly [number, number] = [first, end];
      const wrong = open.map(({ erasure }) => wrongWith(erasure, { ...gap, from: first, until: end }, rule, times));
      if (open.length === 0) faults.add('MISSING', 'Sealed, and gone without an erasure that tells of it.', { leaves });
      else if (wrong.includes(null)) lawful += end - first;
      else if (wrong[0]) faults.add(wrong[0].kind, wrong[0].message, { leaves });
      first = end;
    }
  }
  return lawful;
}

/** Leaves in a row that an erasure tells of. */
interface Stretch {
  readonly from: number;
  readonly until: number;
  readonly erasure: Erasure;
}

/** The leaves that an erasure names: all between its first and its last, or those of its list (a PostgreSQL int8multirange). */
function stretchesOf(erasure: Erasure): Stretch[] {
  const { leaf_from: from, leaf_until: until, leaves } = erasure.entry;
  if (typeof leaves === 'string')
    return [...leaves.matchAll(/\[(\d+),(\d+)\)/g)].map(([, first, end]) => ({
      from: Number(first),
      until: Number(end),
      erasure,
    }));
  return typeof from === 'number' && typeof until === 'number' ? [{ from, until, erasure }] : [];
}

function wrongWith(
  { index, entry }: Erasure,
  gap: Gap,
  { policy, retentionYears }: ErasureRule,
  times: SeenTimes,
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
  const writtenBy = policy.asksForWitnesses ? times.earliest(gap.until) : gap.nextAt;
  if (writtenBy === null) return early('Nothing shows how old the entries were when they were erased.');
  if (!(yearsAfter(writtenBy, retentionYears) <= erasedAt))
    return early(`Erased before ${retentionYears} years had passed since they were written.`);
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
