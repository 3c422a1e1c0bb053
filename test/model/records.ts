import fc from 'fast-check';

/** The schools, and an agency of another sector. */
export const SCHOOLS = ['school:north', 'school:south'] as const;
export const READERS = [...SCHOOLS, 'social-services:north'] as const;

/**
 * The kinds of record that are read: with one date, with a span, with a span that may be unknown and a field of whereabouts and a
 * name, without a date.
 */
export const CATEGORIES = {
  SchoolIncident: 'school.incident',
  SupportMeasure: 'school.support',
  Enrolment: 'school.enrolment',
  StudentHealth: 'school.health',
} as const;
export type KindName = keyof typeof CATEGORIES;

/** A record of a school about one of two youths; days are counted. Support measures and enrolments have a span. */
export interface Stored {
  readonly kind: KindName;
  readonly youth: number;
  readonly agency: string;
  readonly from: number;
  /** The last day; null is none yet. */
  readonly to: number | null;
  /** False if the first day is not known, which happens to enrolments alone. */
  readonly begun: boolean;
  readonly held: boolean;
  readonly cleared: boolean;
  /** The mark that its texts name no place: never given, under another protection, or under the one that the youth has. */
  readonly namesNoPlace: 'never' | 'before' | 'now';
  readonly withdrawn: boolean;
  /** It hangs on a link that has ended. */
  readonly unlinked: boolean;
  /** It hangs on a link of the other school, which nothing in the hub writes. */
  readonly astray: boolean;
}

/** What was decided: a school's records of one kind about one youth, of days from `from` and before `to`. */
export interface Permitted {
  readonly youth: number;
  readonly agency: string;
  readonly kind: KindName;
  readonly whereabouts: boolean;
  readonly from: number | null;
  readonly to: number | null;
}

/** A school's database, who reads, and what was decided for them. */
export interface Reading {
  readonly reader: string;
  readonly records: readonly Stored[];
  /** The youths with protected identity. */
  readonly protectedYouths: readonly number[];
  readonly permits: readonly Permitted[];
}

/** The kinds with a span. */
const SPANS: readonly KindName[] = ['SupportMeasure', 'Enrolment'];

const kind = fc.constantFrom<KindName>('SchoolIncident', 'SupportMeasure', 'Enrolment', 'StudentHealth');
// Most about one of the two, so that records and permits meet.
const youth = fc.constantFrom(0, 0, 0, 1);
const agency = fc.constantFrom(...SCHOOLS);
const day = fc.nat({ max: 3 });
const bound = fc.option(fc.nat({ max: 4 }), { freq: 2 });
const rarely = fc.constantFrom(false, false, false, true);

/** Random readings: four to a dozen records and up to ten permits, own agency or across a line. */
export const reading: fc.Arbitrary<Reading> = fc
  .record({
    reader: fc.constantFrom(...READERS),
    protectedYouths: fc.subarray([0, 1]),
    records: fc.array(
      fc.record({
        ...{ kind, youth, agency, from: day, to: fc.option(day, { freq: 3 }), begun: fc.boolean() },
        ...{
          held: rarely,
          cleared: fc.boolean(),
          namesNoPlace: fc.constantFrom('never', 'before', 'now'),
          withdrawn: rarely,
          unlinked: rarely,
          astray: rarely,
        },
      }),
      { minLength: 4, maxLength: 12, size: 'max' },
    ),
    permits: fc.uniqueArray(fc.record({ youth, agency, kind, whereabouts: fc.boolean(), from: bound, to: bound }), {
      selector: ({ youth, agency, kind, whereabouts }) => [youth, agency, kind, whereabouts].join(),
      minLength: 4,
      maxLength: 10,
      size: 'max',
    }),
  })
  .map(({ records, permits, ...rest }) => ({
    ...rest,
    records: records.map((record) => ({
      ...record,
      to: SPANS.includes(record.kind) && record.to !== null ? record.from + record.to : record.to,
      begun: record.begun || record.kind !== 'Enrolment',
    })),
    permits: permits
      .filter(({ whereabouts, kind }) => !whereabouts || kind === 'Enrolment')
      // Own data is permitted without a period.
      .map((permit) => (permit.agency === rest.reader ? { ...permit, from: null, to: null } : permit)),
  }));

/** What the reader gets of a record; null is the whole record withheld. */
export interface Shown {
  readonly agency: string;
  readonly held: boolean;
  /** Free text, or whereabouts; null is withheld. */
  readonly more: boolean | null;
  /** The name of a programme; null is withheld, or of another kind. */
  readonly name: boolean | null;
}

/** The records of a kind about a youth as the reader gets them; null when the field is denied. */
export function shown(
  { reader, records, protectedYouths, permits }: Reading,
  kind: KindName,
  youth: number,
): Shown[] | null {
  const decided = permits.filter((permit) => permit.kind === kind && permit.youth === youth);
  if (!decided.some(({ whereabouts }) => !whereabouts)) return null;
  return records
    .filter((record) => record.kind === kind && record.youth === youth)
    .filter((record) => mayRead(reader, record, decided))
    .map((record) => ({
      agency: record.agency,
      held: record.held,
      more: showsMore(reader, record, decided, protectedYouths) ? true : null,
      name: record.kind === 'Enrolment' && showsWords(reader, record, protectedYouths) ? true : null,
    }));
}

function mayRead(reader: string, record: Stored, decided: readonly Permitted[]): boolean {
  const own = record.agency === reader;
  return (
    decided.some((permit) => !permit.whereabouts && permit.agency === record.agency && isInside(record, permit)) &&
    // C17: for every other agency what is held is as if it did not exist.
    (own || !record.held) &&
    // What was recorded by mistake, or is not linked to the youth any more, is nobody's to read.
    !record.withdrawn &&
    !record.unlinked &&
    !record.astray
  );
}

// Section 2: inside is dataFrom <= date < dataTo, a span wholly; a period opens nothing that has no date.
function isInside({ kind, from, to, begun }: Stored, period: Permitted): boolean {
  if (kind === 'StudentHealth') return period.from === null && period.to === null;
  const last = SPANS.includes(kind) ? to : from;
  return (
    (period.from === null || (begun && period.from <= from)) &&
    (period.to === null || (last !== null && last < period.to))
  );
}

/** Whether a permit of these opens whereabouts of a school's records about a youth (C16). */
export function opensWhereabouts(permits: readonly Permitted[], youth: number, school: string): boolean {
  return permits.some(({ whereabouts, youth: of, agency }) => whereabouts && of === youth && agency === school);
}

// C16: of a protected youth prose and names cross only with the mark that they name no place, given under that protection.
function showsWords(reader: string, record: Stored, protectedYouths: readonly number[]): boolean {
  return record.agency === reader || !protectedYouths.includes(record.youth) || record.namesNoPlace === 'now';
}

// C10: prose crosses only when cleared. C16: whereabouts take a permit of their own.
function showsMore(
  reader: string,
  record: Stored,
  decided: readonly Permitted[],
  protectedYouths: readonly number[],
): boolean {
  if (record.kind !== 'Enrolment') {
    return (record.agency === reader || record.cleared) && showsWords(reader, record, protectedYouths);
  }
  return opensWhereabouts(decided, record.youth, record.agency);
}
