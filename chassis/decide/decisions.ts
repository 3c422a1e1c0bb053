import type { Labels, UnitKind } from './labels.ts';

/** One permitted unit, as `authorize` answers it. A denied unit is simply not there. */
export interface Permit extends UnitKind {
  readonly youth: string;
  /** The agency whose records the permit is for. */
  readonly source: string;
  /** The grant's data period, half-open, YYYY-MM-DD. */
  readonly dataFrom: string | null;
  readonly dataTo: string | null;
  /** Opaque; equal keys mean the same permit. */
  readonly key: string;
  readonly timeLeftMs: number;
}

/**
 * What one request may read, decided once before it runs. It is never stored, merged or shared between requests. A youth,
 * kind or agency that is not in it is denied (C2).
 */
export class Decisions {
  /** Nothing asked, nothing permitted. */
  static readonly none = new Decisions([], null, false);
  /** The log could not be written: everything is denied, with LOG_UNAVAILABLE instead of CONSENT_REQUIRED (C13). */
  static readonly unavailable = new Decisions([], null, true);

  readonly logUnavailable: boolean;
  /** Milliseconds until the first of these permits ends by itself, from the instant of the decision. */
  readonly timeLeftMs: number;
  readonly #permits: readonly Permit[];
  readonly #masks = new Map<string, Map<string, number>>();

  constructor(permits: readonly Permit[], labels: Labels | null, logUnavailable = false) {
    this.#permits = permits;
    this.logUnavailable = logUnavailable;
    this.timeLeftMs = permits.reduce((least, permit) => Math.min(least, permit.timeLeftMs), Number.POSITIVE_INFINITY);
    for (const permit of permits) {
      const bit = labels === null ? 0 : labels.bit(permit);
      const bySource = this.#masks.get(permit.youth) ?? new Map<string, number>();
      bySource.set(permit.source, (bySource.get(permit.source) ?? 0) | bit);
      this.#masks.set(permit.youth, bySource);
    }
  }

  /** May the caller read these kinds about the youth from at least one agency? */
  permits(youth: string, mask: number): boolean {
    for (const permitted of this.#masks.get(youth)?.values() ?? []) if ((permitted & mask) === mask) return true;
    return false;
  }

  /** May the caller read these kinds about the youth from this agency? */
  permitsFrom(youth: string, source: string, mask: number): boolean {
    return (this.maskFrom(youth, source) & mask) === mask;
  }

  /** The kinds that the caller may read about the youth from this agency, as a mask. */
  maskFrom(youth: string, source: string): number {
    return this.#masks.get(youth)?.get(source) ?? 0;
  }

  /** All permits about the youth from this agency. */
  permitsOf(youth: string, source: string): Permit[] {
    return this.#permits.filter((permit) => permit.youth === youth && permit.source === source);
  }

  /** The permits for a category about these youths: what a loader may select, and from when to when. */
  sources(youths: readonly string[], category: string): Permit[] {
    const wanted = new Set(youths);
    return this.#permits.filter(
      (permit) => permit.category === category && !permit.whereabouts && wanted.has(permit.youth),
    );
  }
}
