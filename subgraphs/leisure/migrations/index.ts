import { scripts } from '../../../chassis/migrations.ts';

/** Leisure’s migrations, in order. */
export const migrations = scripts(import.meta.url, ['0001-records', '0002-withdrawn-by', '0003-text-marks']);
