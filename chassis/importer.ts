import type { Sql } from './sql.ts';

/** Nothing can be imported: the message names the fault of the file or the options, in one sentence for the person who asked. */
export class ImportFault extends Error {
  override name = 'ImportFault';
}

/** A finding about one entry of the file: its place and the reason. It holds nothing of the person but the source's own id. */
export interface EntryFinding {
  /** The entry's place in the file, counted from 0. */
  readonly index: number;
  /** The entry's id in the source; null if it has none that can be shown. */
  readonly id: string | null;
  /** The place in the entry, as a JSON pointer. */
  readonly path: string;
  readonly reason: string;
}

/** An entry that can be stored, or the reason why it is rejected whole. */
export type Checked<Entry> =
  | { readonly entry: Entry; readonly remark?: Omit<EntryFinding, 'index'> }
  | { readonly rejected: Omit<EntryFinding, 'index'> };

/** The number of times that each outcome occurred, by the importer's name for it. */
export type Counts = Readonly<Record<string, number>>;

/** The agency and the author of imported records. */
export interface ImportTarget {
  /** The agency that they originate in. */
  readonly agency: string;
  /** The author that they carry. */
  readonly author: string;
}

/** One import of one file. */
export interface ImportRun<Entry> {
  /** Tests one entry of the file. Each entry comes once, in the file's order. */
  check(given: unknown, index: number): Checked<Entry>;
  /**
   * Stores entries that passed, in the transaction of `sql`, and returns the counts of outcomes. Storing the same entries again
   * changes nothing. It is called again with fewer entries if the database refused a value of one.
   */
  store(entries: readonly Entry[], sql: Sql): Promise<Counts>;
}

/** One format of files that `npm run import` reads into a sector's records. */
export interface Importer<Entry = unknown> {
  /** The format's description, for the command's help. */
  readonly description: string;
  /** The name of a file's entries, for example `persons`. */
  readonly entries: string;
  /** The outcomes that `store` counts, in the report's order, with their text for people. */
  readonly outcomes: Readonly<Record<string, string>>;
  /** The agency in the demo world, if none is named. */
  readonly demoAgency: string;
  /** The entries of a parsed file. Throws an ImportFault if the file as a whole does not have the format. */
  entriesOf(document: unknown): readonly unknown[];
  /** Advice to the person after an import with these counts, in sentences. */
  advice(counts: Counts): readonly string[];
  begin(target: ImportTarget): ImportRun<Entry>;
}
