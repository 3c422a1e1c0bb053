import type { Role } from '../../schema/caller.ts';

/** What a grant, a refusal or a withdrawal is about: source agency, recipient agency, category. */
export interface Triple {
  readonly source: string;
  readonly recipient: string;
  readonly category: string;
}

/** A grant of one consent version; dates as YYYY-MM-DD. */
export interface Grant extends Triple {
  readonly grant: string;
  readonly dataFrom: string | null;
  readonly dataTo: string | null;
}

/** Who must sign, by a programme: as C5 says by default, or the youth at any age besides. */
export type Policy = 'DEFAULT' | 'YOUTH_ALWAYS';

/** The levels of protected identity. */
export type Protection = 'NONE' | 'CONFIDENTIALITY_MARKING' | 'PROTECTED_REGISTRATION';

/**
 * A youth has a birth date from the first BORN on; null is unknown. A custody's times are as they were told: they may lie
 * before the recording, as a correction's do, or after it. CUSTODY_ENDS tells the end of those that have not ended,
 * CUSTODY_STARTED that those without a known end started at another time.
 */
type YouthFact =
  | { readonly is: 'BORN'; readonly youth: string; readonly born: string | null }
  | {
      readonly is: 'CUSTODY';
      readonly youth: string;
      readonly guardian: string;
      readonly from: number;
      readonly until: number | null;
    }
  | { readonly is: 'CUSTODY_STARTED'; readonly youth: string; readonly guardian: string; readonly at: number }
  | { readonly is: 'CUSTODY_ENDS'; readonly youth: string; readonly guardian: string; readonly at: number }
  | { readonly is: 'PROTECTION'; readonly youth: string; readonly level: Protection };

type GroupFact =
  | {
      readonly is: 'GROUP';
      readonly group: string;
      readonly youth: string;
      readonly lead: string;
      readonly policy: Policy;
    }
  | { readonly is: 'OPENED'; readonly group: string }
  | { readonly is: 'ENDED'; readonly group: string };

/** FILLED names others for a seat, whom nobody has handed it over; a seat may be known to end later. */
type SeatFact =
  | {
      readonly is: 'SEAT';
      readonly seat: string;
      readonly group: string;
      readonly agency: string;
      readonly role: Role;
      readonly holder: string | null;
      readonly deputy: string | null;
    }
  | { readonly is: 'HANDED_OVER'; readonly seat: string; readonly from: number; readonly until: number | null }
  | { readonly is: 'HANDED_BACK'; readonly seat: string }
  | { readonly is: 'FILLED'; readonly seat: string; readonly holder: string; readonly deputy: string | null }
  | { readonly is: 'SEAT_ENDED'; readonly seat: string; readonly at: number };

/** `signer` and `by` are a guardian's id, or the youth's own. */
type ConsentFact =
  | {
      readonly is: 'PROPOSED';
      readonly consent: string;
      readonly group: string;
      readonly version: number;
      readonly validFrom: number;
      readonly validUntil: number;
      /** A maturity assessment was recorded with it. */
      readonly foundMature: boolean;
      readonly grants: readonly Grant[];
    }
  | {
      readonly is: 'SIGNED';
      readonly consent: string;
      readonly signer: string;
      readonly toldAt: number;
      readonly recorder: string;
      /** The system by which the recorder did it, or null. */
      readonly system: string | null;
    }
  | { readonly is: 'WAIVED'; readonly consent: string; readonly guardian: string }
  | {
      readonly is: 'ACKNOWLEDGED';
      readonly grant: string;
      readonly acknowledger: string;
      /** The system by which the acknowledger did it, or null. */
      readonly system: string | null;
    }
  | {
      readonly is: 'REFUSED' | 'WITHDRAWN';
      readonly group: string;
      readonly by: string;
      readonly only: Triple | null;
      /** The one version that it is about, when the signer says so. */
      readonly within: string | null;
    };

/** A bar of `subject` by `agency` from one youth's records, or from all (null). */
type BarFact = {
  readonly is: 'BARRED' | 'UNBARRED';
  readonly agency: string;
  readonly subject: string;
  readonly youth: string | null;
};

/** What a fact says. */
export type Content = YouthFact | GroupFact | SeatFact | ConsentFact | BarFact;

/** One fact as somebody recorded it. */
export type Fact = Content & { readonly recordedAt: number };

/** The fact of one kind. */
export type FactOf<Is extends Fact['is']> = Extract<Fact, { is: Is }>;

/** Everything the rule depends on. Instants are epoch milliseconds; facts stand in the order of recording, no two in the same millisecond. */
export interface World {
  /** The known agencies, as `sector:principal`. */
  readonly agencies: readonly string[];
  /** The categories in which the youth must sign. */
  readonly youthSigns: readonly string[];
  readonly facts: readonly Fact[];
}

const byKind = new WeakMap<readonly Fact[], Map<string, Fact[]>>();

/** The facts of one kind, in order of recording. A list of facts never changes, so what was found is kept. */
export function all<Is extends Fact['is']>(facts: readonly Fact[], is: Is): FactOf<Is>[] {
  const kinds = byKind.get(facts) ?? new Map<string, Fact[]>();
  byKind.set(facts, kinds);
  const found = kinds.get(is) ?? facts.filter((fact) => fact.is === is);
  kinds.set(is, found);
  return found as FactOf<Is>[];
}

/** The sector of an agency: what stands before its colon. */
export function sectorOf(agency: string): string {
  return agency.split(':', 1)[0] ?? '';
}

const stockholmHour = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Stockholm',
  hour: 'numeric',
  hourCycle: 'h23',
});
const midnights = new Map<string, number>();

/**
 * Midnight Europe/Stockholm at the start of a day (YYYY-MM-DD). Summer time turns at 01:00 UTC, so the offset at 00:00 UTC
 * is also the offset at that day's midnight.
 */
export function midnight(day: string): number {
  const known = midnights.get(day);
  if (known !== undefined) return known;
  const utc = Date.parse(`${day}T00:00:00Z`);
  const instant = utc - Number(stockholmHour.format(utc)) * 3_600_000;
  midnights.set(day, instant);
  return instant;
}

/** The instant of the `age`-th birthday, as PostgreSQL adds years to a date: 29 February becomes 28 February (C8). */
export function birthday(born: string, age: number): number {
  const year = String(Number(born.slice(0, 4)) + age);
  const leapDay = born.endsWith('-02-29') && new Date(`${year}-02-29T00:00:00Z`).getUTCDate() !== 29;
  return midnight(leapDay ? `${year}-02-28` : `${year}${born.slice(4)}`);
}

/** The instants, known when a fact is recorded, at which it changes what holds. */
export function boundariesOf(fact: Fact): number[] {
  switch (fact.is) {
    case 'PROPOSED':
      return [fact.validFrom, fact.validUntil];
    case 'BORN':
      return fact.born === null ? [] : [birthday(fact.born, 15), birthday(fact.born, 18)];
    case 'CUSTODY':
    case 'HANDED_OVER':
      return fact.until === null ? [fact.from] : [fact.from, fact.until];
    case 'CUSTODY_STARTED':
    case 'CUSTODY_ENDS':
    case 'SEAT_ENDED':
      return [fact.at];
    default:
      return [];
  }
}
