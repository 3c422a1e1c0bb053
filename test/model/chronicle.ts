import { all, type Content, type Fact, type FactOf } from './world.ts';

/** The youth, group, seat or consent that a number chooses from what there is. */
export function pick<T>(from: readonly T[], n: number): T {
  const chosen = from[n % from.length];
  if (chosen === undefined) throw new RangeError('Expected something to choose from.');
  return chosen;
}

/** What has been recorded so far, and the clock of the next recording. */
export class Chronicle {
  readonly year: number;
  readonly youths: readonly string[];
  facts: readonly Fact[] = [];
  now: number;

  constructor(year: number, youths: readonly string[]) {
    this.year = year;
    this.youths = youths;
    this.now = Date.UTC(year, 1, 1, 9);
  }

  /** Records it now; no two facts are of the same millisecond. */
  record(content: Content): void {
    this.facts = [...this.facts, { ...content, recordedAt: this.now }];
    this.now += 1;
  }

  readonly groups = () => all(this.facts, 'GROUP');
  readonly seats = () => all(this.facts, 'SEAT');
  readonly consents = () => all(this.facts, 'PROPOSED');

  /** A consent by number, the latest first, if there is one. */
  consent(n: number): FactOf<'PROPOSED'>[] {
    const latestFirst = this.consents().toReversed();
    return latestFirst.length === 0 ? [] : [pick(latestFirst, n)];
  }

  youthOf(group: string): string {
    return this.groups().find((fact) => fact.group === group)?.youth ?? '';
  }

  /** The youth's date of birth as it is known; null is unknown. */
  bornOn(youth: string): string | null {
    return all(this.facts, 'BORN').findLast((fact) => fact.youth === youth)?.born ?? null;
  }

  /** Custody of the youth that has not been told to end. */
  custodyOf(youth: string): FactOf<'CUSTODY'>[] {
    const ended = (custody: FactOf<'CUSTODY'>) =>
      all(this.facts, 'CUSTODY_ENDS').some(
        (fact) => fact.youth === youth && fact.guardian === custody.guardian && custody.recordedAt < fact.recordedAt,
      );
    return all(this.facts, 'CUSTODY').filter((custody) => custody.youth === youth && !ended(custody));
  }

  /** The guardians whose custody of the youth has not been told to end. */
  guardiansOf(youth: string): string[] {
    return [...new Set(this.custodyOf(youth).map(({ guardian }) => guardian))];
  }

  /** Who is named for a seat. */
  staffOf(seat: FactOf<'SEAT'>): { readonly holder: string | null; readonly deputy: string | null } {
    return all(this.facts, 'FILLED').findLast((fact) => fact.seat === seat.seat) ?? seat;
  }
}
