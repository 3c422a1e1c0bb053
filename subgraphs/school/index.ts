import { reportKind } from '../../chassis/record/report.ts';
import { defineSector } from '../../chassis/sector.ts';
import { AttendanceResolver, attendance } from './attendance.ts';
import { categories } from './categories.ts';
import { enrolment } from './enrolment.ts';
import { migrations } from './migrations/index.ts';
import { schoolIncident } from './school-incident.ts';
import { seed } from './seed.ts';
import { ss12000 } from './ss12000.ts';
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
  imports: { ss12000 },
});
