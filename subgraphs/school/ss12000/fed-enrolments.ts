import { createHash } from 'node:crypto';
import { formerNameOfPerson, type LinkedPerson, nameOfPerson } from '../../../chassis/youth/links.ts';
import { compiled, dayOf, type Placed, placedAt, withoutNulls } from './read.ts';
import { enrolmentSchema, type ObjectReference, type PersonEnrolment } from './schemas.ts';

/** The first characters of the sourceId of every imported enrolment. */
export const SOURCE = 'ss12000:';

/** An enrolment as the file gives it. */
export interface FedEnrolment {
  readonly sourceId: string;
  /** The sourceId that it had before the person's link had a number; null if none. */
  readonly formerSourceId: string | null;
  readonly fields: EnrolmentFields;
}

interface EnrolmentFields {
  readonly schoolUnit: string;
  readonly schoolUnitId: string;
  readonly schoolType: string;
  readonly year: number | null;
  readonly programme: string | null;
  readonly educationCode: string | null;
  readonly cancelled: boolean;
  readonly from: string | null;
  readonly to: string | null;
}

/** The enrolments of a person that are right, and what was wrong with the others or with parts of them. */
export interface ReadEnrolments {
  readonly enrolments: readonly PersonEnrolment[];
  readonly faults: readonly Placed[];
  /** The number of enrolments that were left out whole. */
  readonly rejected: number;
}

const isEnrolment = compiled<PersonEnrolment>(enrolmentSchema);

/** Fields without which an enrolment still says where a youth is, and since when. */
const DISPENSABLE = /^\/(?:schoolYear|educationCode|programme|enroledAt\/(?:name|displayName))\b/;

/** Reads a person's enrolments. One that is wrong is left out alone, or only its wrong part where the rest stays true. */
export function readEnrolments(given: readonly unknown[]): ReadEnrolments {
  const read = given.map((enrolment, at) => readEnrolment(withoutNulls(enrolment), `/enrolments/${at}`));
  const enrolments = read.flatMap(({ enrolment }) => (enrolment === null ? [] : [enrolment]));
  return {
    enrolments,
    faults: read.flatMap(({ faults }) => faults),
    rejected: read.length - enrolments.length,
  };
}

function readEnrolment(
  given: unknown,
  at: string,
): { readonly enrolment: PersonEnrolment | null; readonly faults: readonly Placed[] } {
  if (isEnrolment(given)) return dated(given, at, []);
  const errors = isEnrolment.errors ?? [];
  const fatal = errors.find(({ instancePath }) => !DISPENSABLE.test(instancePath));
  if (fatal !== undefined) return { enrolment: null, faults: [placedAt(fatal, at)] };
  const faults = firstOfEach(errors.map((error) => placedAt(error, at)));
  const rest = structuredClone(given) as Record<string, unknown>;
  for (const { instancePath } of errors) leaveOut(rest, instancePath.split('/').slice(1));
  return isEnrolment(rest) ? dated(rest, at, faults) : { enrolment: null, faults };
}

/** Leaves out a wrong value, and a programme of which any part is wrong whole. */
function leaveOut(enrolment: Record<string, unknown>, [name = '', part]: readonly string[]): void {
  const reference = enrolment[name];
  if (name === 'enroledAt' && part !== undefined && typeof reference === 'object' && reference !== null)
    Reflect.deleteProperty(reference, part);
  else delete enrolment[name];
}

function firstOfEach(faults: readonly Placed[]): Placed[] {
  return faults.filter(({ path }, at) => faults.findIndex((other) => other.path === path) === at);
}

/** The enrolment with its days, if these exist and stand in order. */
function dated(
  enrolment: PersonEnrolment,
  at: string,
  faults: readonly Placed[],
): { readonly enrolment: PersonEnrolment | null; readonly faults: readonly Placed[] } {
  const days: { startDate?: string; endDate?: string } = {};
  for (const name of ['startDate', 'endDate'] as const) {
    const written = enrolment[name];
    if (written === undefined) continue;
    const day = dayOf(written);
    if (day === null)
      return { enrolment: null, faults: [{ path: `${at}/${name}`, reason: 'must be a day that exists' }] };
    days[name] = day;
  }
  if (days.startDate !== undefined && days.endDate !== undefined && days.endDate < days.startDate)
    return {
      enrolment: null,
      faults: [{ path: `${at}/endDate`, reason: 'must be the day of startDate or a later one' }],
    };
  return { enrolment: { ...enrolment, ...days }, faults };
}

/**
 * The records of a person's enrolments. The sourceId stays the same from file to file. It is the person's id and a digest of the
 * values that identify the enrolment. The person's name is among them, so that an id that the source gives to somebody else
 * takes no enrolment along. Dates, year and cancelled change over time and are not among them.
 */
export function fedEnrolments(
  id: string,
  person: LinkedPerson,
  enrolments: readonly PersonEnrolment[],
): FedEnrolment[] {
  const former = formerNameOfPerson(person);
  const taken = new Map<string, number>();
  // Enrolments of one identity are numbered in a fixed order, whatever the file's order is.
  return [...enrolments].sort(byTime).map((enrolment) => {
    const identity = identityOf(enrolment).join('\n');
    const nth = (taken.get(identity) ?? 0) + 1;
    taken.set(identity, nth);
    const sourceIdUnder = (name: string) => {
      const digest = createHash('sha256').update(`${name}\n${identity}\n${nth}`).digest('hex').slice(0, 32);
      return `${SOURCE}${id}:${digest}`;
    };
    return {
      sourceId: sourceIdUnder(nameOfPerson(person)),
      formerSourceId: former === null ? null : sourceIdUnder(former),
      fields: fieldsOf(enrolment),
    };
  });
}

function identityOf({ enroledAt, schoolType, programme, educationCode }: PersonEnrolment): string[] {
  return [enroledAt.id, schoolType, programme?.id ?? '', educationCode ?? ''];
}

function byTime(a: PersonEnrolment, b: PersonEnrolment): number {
  return (
    (a.startDate ?? '').localeCompare(b.startDate ?? '') ||
    (a.schoolYear ?? -1) - (b.schoolYear ?? -1) ||
    Number(a.cancelled ?? false) - Number(b.cancelled ?? false)
  );
}

function fieldsOf(enrolment: PersonEnrolment): EnrolmentFields {
  const { enroledAt, schoolType, schoolYear, programme, educationCode, cancelled, startDate, endDate } = enrolment;
  return {
    schoolUnit: nameOf(enroledAt),
    schoolUnitId: enroledAt.id,
    schoolType,
    year: schoolYear ?? null,
    programme: programme === undefined ? null : nameOf(programme),
    educationCode: educationCode ?? null,
    cancelled: cancelled ?? false,
    from: startDate ?? null,
    to: endDate ?? null,
  };
}

function nameOf({ id, name, displayName }: ObjectReference): string {
  return name ?? displayName ?? id;
}
