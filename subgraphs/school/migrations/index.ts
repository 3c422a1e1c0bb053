import { scripts } from '../../../chassis/migrations.ts';

/** The school’s migrations, in order. */
export const migrations = scripts(import.meta.url, [
  '0001-records',
  '0002-withdrawn-by',
  '0003-text-marks',
  '0004-enrolment-period',
  '0005-ss12000-person',
]);
