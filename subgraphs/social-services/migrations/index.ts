import { sqlMigrations } from '../../../chassis/store/sql-migration.ts';

/** The migrations of social services, in order. */
export const migrations = sqlMigrations(import.meta.url, ['0001-records', '0002-plan']);
