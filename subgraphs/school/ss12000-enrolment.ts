import { createHash } from 'node:crypto';
import { fingerprintOf } from '../../chassis/change/keyed-change.ts';
import type { ObjectReference, Person, PersonEnrolment } from './ss12000-schema.ts';

/** The first characters of the sourceId of every imported enrolment. */
export const SOURCE = 'ss12000:';

/** An enrolment as a row of its table. */
export interface EnrolmentRow {
  readonly source_id: string;
  /** SHA-256 of what the file states about it. */
  readonly content: string;
  readonly link_id: string;
  readonly school_unit: string;
  readonly school_unit_id: string;
  readonly school_type: string;
  readonly year: number | null;
  readonly programme: string | null;
  readonly education_code: string | null;
  readonly cancelled: boolean;
}

/**
 * The rows of a person's enrolments. The sourceId stays the same from file to file. It is the person's id and a digest of the
 * values that identify the enrolment. The identity number is among them, so that an id that the source gives to somebody else
 * takes no enrolment along. Year and cancelled change over time and are not among them.
 */
export function enrolmentRows(person: Person, number: string, linkId: string): EnrolmentRow[] {
  const taken = new Map<string, number>();
  // Enrolments of one identity are numbered in a fixed order, whatever the file's order is.
  return [...(person.enrolments ?? [])].sort(byYear).map((enrolment) => {
    const identity = [number, ...identityOf(enrolment)].join('\n');
    const nth = (taken.get(identity) ?? 0) + 1;
    taken.set(identity, nth);
    const digest = createHash('sha256').update(`${identity}\n${nth}`).digest('hex').slice(0, 32);
    const columns = columnsOf(enrolment);
    const source_id = `${SOURCE}${person.id}:${digest}`;
    return { source_id, content: fingerprintOf(columns), link_id: linkId, ...columns };
  });
}

function identityOf({ enroledAt, schoolType, programme, educationCode }: PersonEnrolment): string[] {
  return [enroledAt.id, schoolType, programme?.id ?? '', educationCode ?? ''];
}

function byYear(a: PersonEnrolment, b: PersonEnrolment): number {
  return (a.schoolYear ?? -1) - (b.schoolYear ?? -1) || Number(a.cancelled ?? false) - Number(b.cancelled ?? false);
}

function columnsOf(enrolment: PersonEnrolment): Omit<EnrolmentRow, 'source_id' | 'content' | 'link_id'> {
  const { enroledAt, schoolType, schoolYear, programme, educationCode, cancelled } = enrolment;
  return {
    school_unit: nameOf(enroledAt),
    school_unit_id: enroledAt.id,
    school_type: schoolType,
    year: schoolYear ?? null,
    programme: programme === undefined ? null : nameOf(programme),
    education_code: educationCode ?? null,
    cancelled: cancelled ?? false,
  };
}

function nameOf({ id, name, displayName }: ObjectReference): string {
  return name ?? displayName ?? id;
}
