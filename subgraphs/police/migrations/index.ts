import { sqlMigrations } from '../../../chassis/store/sql-migration.ts';

/** The police’s migrations, in order. */
export const migrations = sqlMigrations(import.meta.url, ['0001-records']);
