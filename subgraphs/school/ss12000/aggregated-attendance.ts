import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { WriteOutcome } from '../../../chassis/change/receipt.ts';
import {
  type Checked,
  type Importer,
  ImportFault,
  type ImportTarget,
  type Passed,
  type Stored,
  UnreadableLine,
} from '../../../chassis/importer.ts';
import { inputReader } from '../../../chassis/input/input-reader.ts';
import { shownId } from '../../../chassis/input/shown-id.ts';
import { OTHER_PERSON, storeFed, underKnownSources } from '../../../chassis/record/store-fed.ts';
import { formerNameOfPerson, isSamePerson, type Link, nameOfPerson } from '../../../chassis/youth/links.ts';
import { linksOfPersons } from '../../../chassis/youth/person-links.ts';
import { attendance } from '../attendance.ts';
import { linksByPerson } from './known-person.ts';
import { compiled, dayOf, entriesIn, faultOf, numberIn, type Placed, withoutNulls } from './read.ts';
import { type AggregatedAttendance, attendanceSchema } from './schemas.ts';

/** The minutes of one student in one period, over all activities. */
interface StudentPeriod {
  readonly student: string;
  /** The identity number, if the file has it (`expand=student`). */
  readonly number: string | null;
  readonly fields: Minutes;
}

interface Minutes {
  readonly from: string;
  readonly to: string;
  readonly minutesPlanned: number;
  readonly minutesPresent: number;
  readonly minutesValidAbsence: number;
  readonly minutesInvalidAbsence: number;
}

/** The standard's name of each field, for findings. */
const NAMES: Readonly<Record<string, string>> = {
  from: 'startDate',
  to: 'endDate',
  minutesPlanned: 'offeredSum',
  minutesPresent: 'attendanceSum',
  minutesValidAbsence: 'validAbsenceSum',
  minutesInvalidAbsence: 'invalidAbsenceSum',
};

const isAttendance = compiled<AggregatedAttendance>(attendanceSchema);

/** SS12000 aggregatedAttendance: a record for each student and period, the sum of its activities. No activity is stored. */
export const aggregatedAttendance: Importer<StudentPeriod> = {
  description: 'aggregatedAttendance as of SS12000, JSON or JSON lines',
  entries: 'entries',
  outcomes: {
    linked: 'periods of linked youths',
    notLinked: 'periods of students not linked, nothing stored',
    created: 'periods created',
    changed: 'periods changed',
    unchanged: 'periods unchanged',
    leftWithdrawn: 'periods that staff withdrew, left so',
  },
  demoAgency: 'school:skovde',
  entriesOf(file) {
    const found = entriesIn(file, 'aggregatedAttendance');
    if (found === null || found.length === 0)
      throw new ImportFault('The file holds no aggregatedAttendance of SS12000. It must hold at least one entry.');
    // Each of these would leave minutes out of some student's sum.
    const broken = file.documents.findIndex((line) => line instanceof UnreadableLine);
    if (broken !== -1)
      throw new ImportFault(`Line ${broken + 1} of the file is not JSON, so sums would lack minutes: export it again.`);
    const last = file.documents.at(-1);
    if (typeof last === 'object' && last !== null && Reflect.get(last, 'pageToken'))
      throw new ImportFault(
        'The file ends with a page that another one follows, so sums would lack minutes: import all pages in one file, a page a line.',
      );
    return found;
  },
  advice: ({ notLinked = 0 }) =>
    notLinked === 0
      ? []
      : [
          'A student is known by the id in the latest file of persons, or by a civicNo in the entry (expand=student). Import the persons first if linked youths are missing.',
        ],
  begin(target, entries) {
    const periods = periodsIn(entries);
    const reader = inputReader(attendance.input);
    return {
      async check(_given, index) {
        const checked = periods[index];
        if (checked?.entry === undefined) return checked ?? {};
        const { student, fields } = checked.entry;
        const read = await (await reader).read(fields);
        const fault = 'fault' in read ? renamed(read.fault) : firstFault(fields);
        return fault === null ? checked : { rejected: { id: shownId(student), ...fault } };
      },
      store: (passed, em) => store(passed, target, em),
    };
  },
};

function firstFault(fields: Minutes): Placed | null {
  const [fault] = attendance.faults?.(fields) ?? [];
  return fault === undefined
    ? null
    : { path: '/offeredSum', reason: 'must be at least the sum of presence and absences' };
}

function renamed({ path, reason }: Placed): Placed {
  return { path: path.replace(/^\/(\w+)/, (whole, name: string) => `/${NAMES[name] ?? whole}`), reason };
}

/** An entry whose student is known, and its period if it has one. */
interface ReadEntry {
  readonly id: string | null;
  readonly student: string | null;
  readonly period: string | null;
  readonly number: string | null;
  readonly fields: Minutes | null;
  readonly fault: Placed | null;
  readonly remark: Placed | null;
}

/**
 * The result of the check of each entry. The last entry of a student's period carries the sums of all. Where one of them is
 * wrong, the period is rejected: a sum that lacks an activity says too little, of absence most of all.
 */
function periodsIn(entries: readonly unknown[]): Checked<StudentPeriod>[] {
  const read = entries.map(readEntry);
  const members = new Map<string, number[]>();
  for (const [index, { student, period }] of read.entries()) {
    if (student === null || period === null) continue;
    const key = `${student}\n${period}`;
    members.set(key, [...(members.get(key) ?? []), index]);
  }
  // The period of an entry that does not say it may be any of the student's.
  const lost = new Set(read.flatMap(({ student, period }) => (student === null || period !== null ? [] : [student])));
  return read.map(({ id, student, period, fault, remark }, index) => {
    if (fault !== null) return { rejected: { id, ...fault } };
    const own = members.get(`${student}\n${period}`) ?? [index];
    if (lost.has(student ?? '') || own.some((other) => read[other]?.fault !== null))
      return { rejected: { id, path: '', reason: 'is of a student’s period of which another entry is rejected' } };
    const remarks = remark === null ? [] : [{ id, ...remark }];
    if (own.at(-1) !== index || student === null) return { remarks };
    return {
      entry: summed(
        student,
        own.map((other) => read[other]).filter((each) => each !== undefined),
      ),
      remarks,
    };
  });
}

function summed(student: string, entries: readonly ReadEntry[]): StudentPeriod {
  const all = entries.flatMap(({ fields }) => fields ?? []);
  const sum = (of: (minutes: Minutes) => number) => all.reduce((total, minutes) => total + of(minutes), 0);
  return {
    student,
    number: entries.find(({ number }) => number !== null)?.number ?? null,
    fields: {
      from: all[0]?.from ?? '',
      to: all[0]?.to ?? '',
      minutesPlanned: sum(({ minutesPlanned }) => minutesPlanned),
      minutesPresent: sum(({ minutesPresent }) => minutesPresent),
      minutesValidAbsence: sum(({ minutesValidAbsence }) => minutesValidAbsence),
      minutesInvalidAbsence: sum(({ minutesInvalidAbsence }) => minutesInvalidAbsence),
    },
  };
}

function readEntry(given: unknown): ReadEntry {
  const entry = withoutNulls(given);
  const student = textAt(entry, 'student', 'id');
  const days = { from: dayAt(entry, 'startDate'), to: dayAt(entry, 'endDate') };
  const period = days.from === null || days.to === null ? null : `${days.from}..${days.to}`;
  const civic = numberIn(valueAt(entry, '_embedded', 'student', 'civicNo'), '/_embedded/student/civicNo');
  const common = { id: shownId(student), student, period, number: civic.number, remark: civic.fault ?? null };
  if (!isAttendance(entry)) return { ...common, fields: null, fault: faultOf(isAttendance) };
  if (days.from === null || days.to === null) {
    const path = days.from === null ? '/startDate' : '/endDate';
    return { ...common, fields: null, fault: { path, reason: 'must be a day that exists' } };
  }
  const fields = {
    ...{ from: days.from, to: days.to },
    minutesPlanned: entry.offeredSum,
    // The student council and the like stand in the place of lessons.
    minutesPresent: entry.attendanceSum + (entry.otherAttendanceSum ?? 0),
    minutesValidAbsence: entry.validAbsenceSum,
    minutesInvalidAbsence: entry.invalidAbsenceSum,
  };
  return { ...common, fields, fault: null };
}

function valueAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined),
    value,
  );
}

function textAt(value: unknown, ...path: readonly string[]): string | null {
  const text = valueAt(value, ...path);
  return typeof text === 'string' ? text : null;
}

function dayAt(value: unknown, name: string): string | null {
  const text = textAt(value, name);
  return text === null ? null : dayOf(text);
}

/** The sourceId of a student's period: the student's id, and a digest of the person's name and the days. */
function sourceIdUnder(name: string, { student, fields }: StudentPeriod): string {
  const digest = createHash('sha256').update([name, fields.from, fields.to].join('\n')).digest('hex');
  return `ss12000:${student}:${digest.slice(0, 32)}`;
}

async function store(
  passed: readonly Passed<StudentPeriod>[],
  { agency, author }: ImportTarget,
  em: EntityManager,
): Promise<Stored> {
  const periods = passed.map(({ entry }) => entry);
  const personOf = ({ student, number }: StudentPeriod) => ({ identityNumber: number, personKey: student });
  const linkOf = await linksOfPersons(periods.map(personOf), agency, em);
  const students = periods.map(({ student }) => student);
  const byPerson = await linksByPerson(students, agency, em);
  // The number first, then the latest file of persons, then the school's own key. An id that the file gives to nobody is nobody's.
  const found = (period: StudentPeriod): Link | null => {
    const person = personOf(period);
    const numbered = period.number === null ? undefined : linkOf({ ...person, personKey: null });
    if (numbered !== undefined) return numbered;
    const known = byPerson.get(period.student);
    if (known === undefined) return linkOf(person) ?? null;
    return known === null || period.number === null || isSamePerson(known, person) ? known : null;
  };
  const listed = passed.flatMap(({ entry, index }) => {
    const { student, fields } = entry;
    const link = found(entry);
    if (link === null) return [];
    const former = formerNameOfPerson(link);
    const sourceId = sourceIdUnder(nameOfPerson(link), entry);
    const formerSourceId = former === null ? null : sourceIdUnder(former, entry);
    return [{ sourceId, formerSourceId, link, fields, index, student }];
  });
  const fed = await underKnownSources(attendance, listed, agency, em);
  const outcomes = await storeFed(attendance, fed, { agency, author, feed: 'ss12000-attendance' }, em);
  const times = (outcome: WriteOutcome) => outcomes.filter((each) => each === outcome).length;
  return {
    counts: {
      linked: fed.length,
      notLinked: periods.length - fed.length,
      created: times(WriteOutcome.CREATED),
      changed: times(WriteOutcome.CHANGED),
      unchanged: times(WriteOutcome.UNCHANGED),
      leftWithdrawn: times(WriteOutcome.WITHDRAWN),
    },
    rejected: fed.flatMap(({ index, student }, at) =>
      outcomes[at] === null ? [{ index, id: shownId(student), path: '/student', reason: OTHER_PERSON }] : [],
    ),
  };
}
