import { readFileSync } from 'node:fs';
import { Migration } from '@mikro-orm/migrations';

const sql = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');

const FILES = [
  'tables',
  'revisions',
  'log',
  'seal',
  'leaf',
  'retention',
  'standing',
  'settle',
  'updates',
  'corrections',
  'crossing',
  'authorize',
  'matrix',
  'declare',
  'grants',
  'questions',
  'partitions',
  'sums',
  'report',
  'erasure',
] as const;

/** The registry's database from nothing: the facts, the log and its seal, the rule, and which role may do what. */
class Registry extends Migration {
  override up(): void {
    for (const file of FILES) this.addSql(sql(`./${file}.sql`));
  }
}

/** The registry's migrations, in order. */
export const migrations = [{ name: '0001-registry', class: Registry }];
