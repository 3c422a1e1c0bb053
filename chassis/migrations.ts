import { readFileSync } from 'node:fs';

/** A piece of SQL that makes part of a folder's database. */
export interface Script {
  /** The name under which a database records it. */
  readonly name: string;
  /** Reads the SQL, each time it is needed. */
  readonly text: () => string;
  /** The migration of release 0.1.0 that did the same under another name. A database that has run it skips this script. */
  readonly was?: string;
}

/** All scripts that make a folder's database and bring it from one version to the next. */
export interface Migrations {
  /** Scripts of tables and all else that holds data. Each runs once, in this order, and is never changed once released. */
  readonly tables: readonly Script[];
  /** Scripts of functions, views and triggers. Each is applied after the tables, in this order, whenever its text has changed. */
  readonly functions: readonly Script[];
}

/** Files of SQL in the folder of `at`, in this order. A script is named after its file, without the extension. */
export function scripts(at: string | URL, names: readonly string[], was?: string): Script[] {
  return names.map((name) => {
    const file = new URL(`./${name}.sql`, at);
    return { name, text: () => readFileSync(file, 'utf8'), ...(was === undefined ? {} : { was }) };
  });
}
