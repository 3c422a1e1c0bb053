import { type Migrations, scripts } from '../migrations.ts';

/**
 * The tables that every sector has, and what its runtime role may do with them: never delete, never alter. They come first in
 * every sector.
 */
export const chassisMigrations: Migrations = {
  tables: scripts(new URL('migrations/tables/', import.meta.url), ['0000-chassis', '0000-chassis-changes']),
  functions: scripts(new URL('migrations/functions/', import.meta.url), ['kept']),
};
