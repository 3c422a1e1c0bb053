import type { Sql } from './sql.ts';

/** Why nothing can be imported: the file or the options at fault, in one sentence for the person who asked. */
export class ImportFault extends Error {
  override name = 'ImportFault';
}

/** What is to be said about one entry of the file: where and why, and of the person nothing but the source's own id. */
export interface EntryFinding {
  /** The entry's place in the file, counted from 0. */
  readonly index: number;
  /** The entry's id in the source; null where it has none that can be shown. */
  readonly id: string | null;
  /** Where in the entry, as a JSON pointer. */
  readonly path: string;
  readonly reason: string;
}

/** An entry that can be stored, or why it is rejected: never half of it. */
export type Checked<Entry> =
  | { readonly entry: Entry; readonly remark?: Omit<EntryFinding, 'index'> }
  | { readonly rejected: Omit<EntryFinding, 'index'> };

/** How often each outcome occurred, by the importer's names for them. */
export type Counts = Readonly<Record<string, number>>;

/** For whom records are imported. */
export interface ImportTarget {
  /** The agency that they originate in. */
  readonly agency: string;
  /** What they carry as author. */
  readonly author: string;
}

/** One import of one file. */
export interface ImportRun<Entry> {
  /** Tests one entry of the file; entries come in the file's order, once. */
  check(given: unknown, index: number): Checked<Entry>;
  /**
   * Stores entries that passed, in the transaction of `sql`, with the same end however often it is done; returns what came of
   * them. It is called again, with fewer entries, when the database refused a value of one.
   */
  store(entries: readonly Entry[], sql: Sql): Promise<Counts>;
}

/** One format of files that `npm run import` reads into a sector's records. */
export interface Importer<Entry = unknown> {
  /** What the format is, for the command's help. */
  readonly description: string;
  /** What the entries of a file are called, as `persons`. */
  readonly entries: string;
  /** The outcomes that `store` counts, in the report's order, with words for people. */
  readonly outcomes: Readonly<Record<string, string>>;
  /** The agency that is meant in the demo world when none is named. */
  readonly demoAgency: string;
  /** The entries of a parsed file. Throws an ImportFault when the file as a whole is not of the format. */
  entriesOf(document: unknown): readonly unknown[];
  /** What a person should still do after an import with these counts, in sentences. */
  advice(counts: Counts): readonly string[];
  begin(target: ImportTarget): ImportRun<Entry>;
}
