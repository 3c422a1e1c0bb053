import { readFileSync } from 'node:fs';
import { Migration } from '@mikro-orm/migrations';
import type { Subgraph } from '../subgraph.ts';

/**
 * The migrations of a folder, in order: each is a file of SQL beside the module `at`, and its name is the file's. A file that
 * has been released is never changed.
 */
export function sqlMigrations(at: string, names: readonly string[]): Subgraph['migrations'] {
  return names.map((name) => {
    const file = new URL(`./${name}.sql`, at);
    class SqlMigration extends Migration {
      override up(): void {
        this.addSql(readFileSync(file, 'utf8'));
      }
    }
    return { name, class: SqlMigration };
  });
}
