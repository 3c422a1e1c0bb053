import type { EntityManager } from '@mikro-orm/postgresql';

/** Nothing can be imported: the message names the fault of the file or the options, in one sentence for the person who asked. */
export class ImportFault extends Error {
  override name = 'ImportFault';
}

/** A file as it was read, before anything is known of its entries. */
export interface ImportFile {
  /** `table` if the file is CSV; otherwise it is one JSON document, or one on each line. */
  readonly form: 'document' | 'lines' | 'table';
  /** The JSON documents, or the rows of the table. A line that could not be read is an UnreadableLine. */
  readonly documents: readonly unknown[];
}

/** A row of a table: its texts, by the names in the first row. An empty cell is absent. */
export class TableRow {
  /** The names of all columns, in their order. */
  readonly columns: readonly string[];
  readonly cells: Readonly<Record<string, string>>;

  constructor(columns: readonly string[], cells: Readonly<Record<string, string>>) {
    this.columns = columns;
    this.cells = cells;
  }
}

/** A line of a file that is no entry. It is rejected alone. */
export class UnreadableLine {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
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

/** A finding about the entry that is being checked. */
export type Finding = Omit<EntryFinding, 'index'>;

/** The result of a check. Without `entry` and `rejected`, another entry carries this one's content. */
export interface Checked<Entry> {
  /** The entry, if it can be stored. */
  readonly entry?: Entry;
  /** The reason why it is rejected whole. */
  readonly rejected?: Finding;
  /** The parts of it that are left out, since they are wrong. */
  readonly parts?: readonly Finding[];
  /** Findings that reject nothing, for a person to look at. */
  readonly remarks?: readonly Finding[];
}

/** The number of times that each outcome occurred, by the importer's name for it. */
export type Counts = Readonly<Record<string, number>>;

/** The agency and the author of imported records. */
export interface ImportTarget {
  /** The agency that they originate in. */
  readonly agency: string;
  /** The author that they carry. */
  readonly author: string;
}

/** An entry that has passed its check. */
export interface Passed<Entry> {
  readonly entry: Entry;
  readonly index: number;
}

/** The result of storing entries: counts of outcomes, and what was found beside what is stored already. */
export interface Stored {
  readonly counts: Counts;
  /** The entries that are rejected whole. */
  readonly rejected?: readonly EntryFinding[];
  /** Findings that reject nothing, for a person to look at. */
  readonly remarks?: readonly EntryFinding[];
}

/** One import of one file. */
export interface ImportRun<Entry> {
  /** Tests one entry of the file. Each entry comes once, in the file's order. */
  check(given: unknown, index: number): Checked<Entry> | Promise<Checked<Entry>>;
  /**
   * Stores entries that passed, in the transaction of `em`. Storing the same entries again changes nothing. It is called again
   * with fewer entries if the database refused a value of one.
   */
  store(passed: readonly Passed<Entry>[], em: EntityManager): Promise<Stored>;
}

/** One format of files that `npm run import` reads into a sector's records. */
export interface Importer<Entry = unknown> {
  /** The format's description, for the command's help. */
  readonly description: string;
  /** The name of a file's entries, for example `persons`. */
  readonly entries: string;
  /** The outcomes that `store` counts, in the report's order, with their text for people. */
  readonly outcomes: Readonly<Record<string, string>>;
  /** The agency in the demo world, if none is named. Absent if the agency must be named, or is the only one. */
  readonly demoAgency?: string;
  /** The entries of a file. Throws an ImportFault if the file as a whole does not have the format. */
  entriesOf(file: ImportFile): readonly unknown[] | Promise<readonly unknown[]>;
  /** Advice to the person after an import with these counts, in sentences. */
  advice(counts: Counts): readonly string[];
  /** Begins the import of these entries. */
  begin(target: ImportTarget, entries: readonly unknown[]): ImportRun<Entry>;
}
