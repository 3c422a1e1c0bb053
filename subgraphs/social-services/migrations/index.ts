import { scripts } from '../../../chassis/migrations.ts';

/** The migrations of social services, in order. */
export const migrations = scripts(import.meta.url, [
  '0001-records',
  '0002-plan',
  '0003-withdrawn-by',
  '0004-text-marks',
]);
