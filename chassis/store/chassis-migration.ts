import { type Migrations, scripts } from '../migrations.ts';

/**
 * The tables of every sector, and the rights of its runtime role on them: it never deletes or alters. They come first in every
 * sector.
 */
export const chassisMigrations: Migrations = {
  tables: scripts(new URL('migrations/tables/', import.meta.url), [
    '0000-chassis',
    '0000-chassis-changes',
    '0000-chassis-feeds',
    '0000-chassis-person-key',
    '0000-chassis-import-lock',
    '0000-chassis-link-by-key',
  ]),
  functions: scripts(new URL('migrations/functions/', import.meta.url), ['kept']),
};
