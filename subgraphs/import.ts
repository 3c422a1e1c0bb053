/** Reads one file format into a sector's records. */
export interface Importer {
  readonly description: string;
}
