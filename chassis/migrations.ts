import { readFileSync } from 'node:fs';

/** SQL that a folder's database is made by. */
export interface Script {
  /** The name by which a database remembers it. */
  readonly name: string;
  /** Reads it, whenever it is needed. */
  readonly text: () => string;
  /** The migration of release 0.1.0 that did the same under another name: a database that has run that one needs no more. */
  readonly was?: string;
}

/** All scripts that make a folder's database and bring it from one version to the next. */
export interface Migrations {
  /** Tables and all that holds data. Each runs once, in this order; one that has been released is never changed. */
  readonly tables: readonly Script[];
  /** Functions, views and triggers. Each is applied, in this order and after the tables, whenever its text has changed. */
  readonly functions: readonly Script[];
}

/** Files of SQL in the folder of `at`, in this order; the name of a script is its file's, without the ending. */
export function scripts(at: string | URL, names: readonly string[], was?: string): Script[] {
  return names.map((name) => {
    const file = new URL(`./${name}.sql`, at);
    return { name, text: () => readFileSync(file, 'utf8'), ...(was === undefined ? {} : { was }) };
  });
}
