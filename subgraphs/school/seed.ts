import type { Sql } from '../../chassis/sql.ts';
import { type DemoRecord, daysBefore, demoId, seedLinks, seedRecords } from '../../chassis/store/demo-records.ts';
import { DEMO_YOUTHS, type DemoAgency, type DemoYouthName, PERSONAS } from '../../schema/demo-world.ts';

/** One school of the demo world: its staff, the youths that it knows, and the letter of its canaries. */
interface School {
  readonly agency: DemoAgency;
  readonly unit: string;
  readonly author: string;
  readonly system: string;
  readonly letter: string;
  readonly youths: readonly DemoYouthName[];
}

const everybody = Object.keys(DEMO_YOUTHS) as DemoYouthName[];

const SCHOOLS: readonly School[] = [
  {
    agency: 'school:skovde',
    unit: 'Lillegårdsskolan',
    author: PERSONAS['school-counsellor'].subject,
    system: PERSONAS['school-system'].subject,
    letter: 's',
    youths: everybody.filter((youth) => youth !== 'orebro' && youth !== 'policeOnly'),
  },
  {
    agency: 'school:frida-friskola',
    unit: 'Frida friskola',
    author: 'p-3101',
    system: 'system-school-frida-friskola',
    letter: 'f',
    youths: ['twoSchools'],
  },
  {
    agency: 'school:orebro',
    unit: 'Vivallaskolan',
    author: 'p-5301',
    system: 'system-school-orebro',
    letter: 'o',
    youths: ['orebro'],
  },
];

/** Fills the schools' part of the demo world: a record of each kind about every youth that a school knows. */
export async function seed(sql: Sql, today: string): Promise<void> {
  for (const { agency, youths, author } of SCHOOLS) await seedLinks(sql, agency, youths, author, today);
  await seedEnrolments(sql, today);
  await seedAttendance(sql, today);
  await seedSupport(sql, today);
  await seedIncidents(sql, today);
  await seedHealth(sql, today);
  await seedReports(sql, today);
}

type Columns = (youth: DemoYouthName, school: School) => DemoRecord['columns'];

const each = (columns: Columns, by: 'author' | 'system' = 'author'): DemoRecord[] =>
  SCHOOLS.flatMap((school) =>
    school.youths.map((youth) => ({
      youth,
      agency: school.agency,
      author: school[by],
      textCleared: by === 'author',
      columns: columns(youth, school),
    })),
  );

/** A word that no other value of the demo world holds: it names youth, school and kind. */
const canary = (youth: DemoYouthName, { letter }: School, kind: string): string => `${youth}-${letter}${kind}`;

/** A number that differs from youth to youth and from school to school. */
const numberOf = (youth: DemoYouthName, school: School): number =>
  SCHOOLS.indexOf(school) * everybody.length + everybody.indexOf(youth);

async function seedEnrolments(sql: Sql, today: string): Promise<void> {
  const enrolments = each(
    (youth, school) => ({
      school_unit: `${school.unit} (${canary(youth, school, 'e')})`,
      school_unit_id: demoId('school unit', school.agency, youth),
      school_type: 'GR',
      year: 8,
      programme: null,
      education_code: null,
      cancelled: false,
      from: daysBefore(today, 400),
      to: null,
    }),
    'system',
  );
  await seedRecords(sql, 'enrolment', enrolments, today);
}

async function seedAttendance(sql: Sql, today: string): Promise<void> {
  const months = [98, 70].flatMap((daysAgo) =>
    each((youth, school) => {
      const absence = 1_000 + numberOf(youth, school) * 2;
      return {
        from: daysBefore(today, daysAgo),
        to: daysBefore(today, daysAgo - 27),
        minutes_planned: 5_600,
        minutes_present: 5_600 - absence - daysAgo,
        minutes_valid_absence: daysAgo,
        minutes_invalid_absence: absence,
      };
    }, 'system'),
  );
  await seedRecords(sql, 'attendance', months, today);
}

async function seedSupport(sql: Sql, today: string): Promise<void> {
  const measures = each((youth, school) => ({
    kind: 'ACTION_PROGRAMME',
    measure: `Meets a special teacher twice a week (${canary(youth, school, 'm')})`,
    from: daysBefore(today, 80),
    to: daysBefore(today, 10),
  }));
  await seedRecords(sql, 'support_measure', measures, today);
}

async function seedIncidents(sql: Sql, today: string): Promise<void> {
  const incidents = each((youth, school) => ({
    kind: 'DISTURBANCE',
    date: daysBefore(today, 64),
    measure: `Talk with the counsellor the same day (${canary(youth, school, 'i')})`,
  }));
  await seedRecords(sql, 'school_incident', incidents, today);
}

async function seedHealth(sql: Sql, today: string): Promise<void> {
  const contacts = each((youth, school) => ({
    contact_exists: true,
    planned_support: `Sees the school counsellor every other week (${canary(youth, school, 'h')})`,
  }));
  await seedRecords(sql, 'student_health', contacts, today);
}

async function seedReports(sql: Sql, today: string): Promise<void> {
  const reports = each((youth, school) => ({
    date: daysBefore(today, 62),
    text: `The weekly plan was followed (${canary(youth, school, 'r')})`,
  }));
  const uncleared: DemoRecord = {
    youth: 'everything',
    agency: 'school:skovde',
    author: PERSONAS['school-counsellor'].subject,
    columns: { date: daysBefore(today, 61), text: 'Names a classmate, so not cleared (everything-sn)' },
  };
  await seedRecords(sql, 'school_report', [...reports, uncleared], today);
}
