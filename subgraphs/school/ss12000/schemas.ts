import { LAST_SCHOOL_YEAR, SCHOOL_TYPE } from '../enrolment.ts';

/** Text to be stored: of bounded length, without control characters and halves of surrogate pairs. */
const storedText = {
  type: 'string',
  minLength: 1,
  maxLength: 200,
  pattern: '^[^\\u0000-\\u001f\\ud800-\\udfff]*$',
  description: 'text without control characters',
} as const;

/** SS12000 Object Reference. Servers give the name as displayName, some as name. */
const objectReference = {
  type: 'object',
  properties: { id: storedText, name: storedText, displayName: storedText },
  required: ['id'],
} as const;

/** A day, or an instant of it: some servers write dates with a time. */
const day = {
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?(Z|[+-]\\d\\d:?\\d\\d)?)?$',
  description: 'a date, YYYY-MM-DD',
} as const;

/** The fields of SS12000 Person 2.1 that the import reads whole. What it does not read may be absent, or anything. */
export const personSchema = {
  type: 'object',
  properties: { id: storedText },
  required: ['id'],
} as const;

/** SS12000 civicNo. */
export const civicNoSchema = {
  type: 'object',
  properties: { value: { type: 'string' }, nationality: { type: 'string' } },
  required: ['value'],
} as const;

/** SS12000 Enrolment 2.1 as far as the import reads it. The standard requires startDate; not every server gives it. */
export const enrolmentSchema = {
  type: 'object',
  properties: {
    enroledAt: objectReference,
    schoolYear: { type: 'integer', minimum: 0, maximum: LAST_SCHOOL_YEAR },
    schoolType: {
      type: 'string',
      pattern: SCHOOL_TYPE.source,
      description: 'a school type code in capital letters, for example GR or GY',
    },
    startDate: day,
    endDate: day,
    cancelled: { type: 'boolean' },
    educationCode: storedText,
    programme: objectReference,
  },
  required: ['enroledAt', 'schoolType'],
} as const;

/** SS12000 AggregatedAttendance 2.1 as far as the import reads it: the minutes of one student in one activity and period. */
export const attendanceSchema = {
  type: 'object',
  properties: {
    student: { type: 'object', properties: { id: storedText }, required: ['id'] },
    startDate: day,
    endDate: day,
    attendanceSum: { type: 'integer', minimum: 0 },
    validAbsenceSum: { type: 'integer', minimum: 0 },
    invalidAbsenceSum: { type: 'integer', minimum: 0 },
    otherAttendanceSum: { type: 'integer', minimum: 0 },
    offeredSum: { type: 'integer', minimum: 0 },
  },
  required: ['student', 'startDate', 'endDate', 'attendanceSum', 'validAbsenceSum', 'invalidAbsenceSum', 'offeredSum'],
} as const;

/** A person that has passed the schema. The other fields are read with schemas of their own. */
export interface Person {
  readonly id: string;
  readonly civicNo?: unknown;
  readonly securityMarking?: unknown;
  readonly enrolments?: unknown;
}

/** A civicNo that has passed the schema. */
export interface CivicNo {
  readonly value: string;
  readonly nationality?: string;
}

/** An enrolment that has passed the schema. */
export interface PersonEnrolment {
  readonly enroledAt: ObjectReference;
  readonly schoolYear?: number;
  readonly schoolType: string;
  readonly startDate?: string;
  readonly endDate?: string;
  readonly cancelled?: boolean;
  readonly educationCode?: string;
  readonly programme?: ObjectReference;
}

/** A reference to an object of the school's system, by its id there. */
export interface ObjectReference {
  readonly id: string;
  readonly name?: string;
  readonly displayName?: string;
}

/** An AggregatedAttendance that has passed the schema. */
export interface AggregatedAttendance {
  readonly student: { readonly id: string };
  readonly startDate: string;
  readonly endDate: string;
  readonly attendanceSum: number;
  readonly validAbsenceSum: number;
  readonly invalidAbsenceSum: number;
  readonly otherAttendanceSum?: number;
  readonly offeredSum: number;
}
