import { reportKind } from '../../chassis/record/report.ts';
import { defineSector } from '../../chassis/sector.ts';
import { AttendanceResolver, attendance } from './attendance.ts';
import { categories } from './categories.ts';
import { enrolment } from './enrolment.ts';
import { migrations } from './migrations/index.ts';
import { schoolIncident } from './school-incident.ts';
import { seed } from './seed.ts';
import { aggregatedAttendance } from './ss12000/aggregated-attendance.ts';
import { KnownPerson } from './ss12000/known-person.ts';
import { persons } from './ss12000/persons.ts';
import { studentHealth } from './student-health.ts';
import { supportMeasure } from './support-measure.ts';

/** The school: enrolments, attendance, support, incidents, student health, and reports on its own commitments. */
export const subgraph = defineSector({
  name: 'school',
  categories,
  kinds: [enrolment, attendance, supportMeasure, schoolIncident, studentHealth, reportKind('school')],
  resolvers: [AttendanceResolver],
  migrations,
  seed,
  entities: [KnownPerson],
  imports: { ss12000: persons, 'ss12000-attendance': aggregatedAttendance },
});
