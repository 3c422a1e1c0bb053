import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EntryContent } from '../../../../schema/log/leaf.ts';
import { HASH_BYTES } from '../../../../schema/log/merkle.ts';
import { type ReadTile, type Tile, tilePath } from '../../../../schema/log/tiles.ts';

/** What an export is of. */
export interface Manifest {
  readonly format: 1;
  /** The leaves from here on, and before `until`. */
  readonly from: number;
  readonly until: number;
}

/** A line of an export: an entry with its salt, or, where the entry is gone, its leaf alone. */
export type ExportedLine = { readonly index: number } & (
  | {
      readonly salt: string;
      /** The entry as it was sealed, and what it says. */
      readonly text: string;
      readonly entry: EntryContent;
    }
  | { readonly leaf: string }
);

/** An export that cannot be read or written. The message says what to do. */
export class ExportFault extends Error {}

/** The files of an export. */
export const FILES = {
  manifest: 'manifest.json',
  /** The checkpoint that everything is proven against, with its cosignatures. */
  checkpoint: 'checkpoint',
  /** Earlier ones, a file each. */
  checkpoints: 'checkpoints',
  entries: 'entries.jsonl',
  /** Entries that tell of erasures, wherever they stand in the log. */
  erasures: 'erasures.jsonl',
  /** Entries that stand before the last sealed one and were never sealed. */
  unsealed: 'unsealed.jsonl',
} as const;

/** Writes files of an export, in a folder that is new or empty. */
export class ExportWriter {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (readdirSync(folder).length === 0) return;
    } catch (cause) {
      throw new ExportFault('The folder of the export cannot be made: name one in a place that this user can write.', {
        cause,
      });
    }
    throw new ExportFault('The folder of the export is not empty: name a new one.');
  }

  file(name: string, content: string | Buffer): void {
    const path = join(this.#folder, name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, content, { mode: 0o600 });
  }

  tile(tile: Tile, hashes: Buffer): void {
    this.file(tilePath(tile), hashes);
  }

  /** A file that is written piece by piece. */
  lines(name: string): { write(lines: readonly string[]): void; end(): void } {
    const file = openSync(join(this.#folder, name), 'wx', 0o600);
    return {
      write: (lines) => {
        if (lines.length > 0) writeSync(file, `${lines.join('\n')}\n`);
      },
      end: () => {
        fsyncSync(file);
        closeSync(file);
      },
    };
  }
}

/** Reads an export. What is missing or no such file is an ExportFault. */
export class ExportReader {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  text(name: string): string {
    try {
      return readFileSync(join(this.#folder, name), 'utf8');
    } catch (cause) {
      throw new ExportFault(`The export has no file ${name} that can be read: export anew.`, { cause });
    }
  }

  manifest(): Manifest {
    const read: unknown = parsed(this.text(FILES.manifest), FILES.manifest);
    if (isManifest(read)) return read;
    throw new ExportFault(
      `${FILES.manifest} is not of an export of format 1: export anew, or use the release that made it.`,
    );
  }

  /** The earlier checkpoints, as text. */
  checkpoints(): string[] {
    try {
      return readdirSync(join(this.#folder, FILES.checkpoints))
        .sort()
        .map((name) => this.text(join(FILES.checkpoints, name)));
    } catch (cause) {
      if (cause instanceof ExportFault) throw cause;
      return [];
    }
  }

  readonly readTile: ReadTile = async (tile) => {
    const path = tilePath(tile);
    try {
      const hashes = readFileSync(join(this.#folder, path));
      if (hashes.length === tile.width * HASH_BYTES) return hashes;
    } catch (cause) {
      throw new ExportFault(`The export lacks ${path}, without which the rest cannot be verified: export anew.`, {
        cause,
      });
    }
    throw new ExportFault(`${path} is not as long as a tile of its width: export anew.`);
  };

  /** The lines of a file, in batches. */
  async *lines(name: string): AsyncGenerator<ExportedLine[]> {
    const file = await open(join(this.#folder, name)).catch((cause: unknown) => {
      throw new ExportFault(`The export has no file ${name} that can be read: export anew.`, { cause });
    });
    try {
      let rest = '';
      const stream = file.createReadStream({ encoding: 'utf8', highWaterMark: 1 << 18, autoClose: false });
      for await (const chunk of stream) {
        const lines = `${rest}${chunk}`.split('\n');
        rest = lines.pop() ?? '';
        yield lines.map((line) => lineOf(line, name));
      }
      if (rest !== '') throw new ExportFault(`${name} ends in the middle of a line: export anew.`);
    } finally {
      await file.close();
    }
  }
}

/** The line of an entry; what it says is read from the very text that its seal is over. */
const ENTRY_LINE = /^\{"index":(-1|\d{1,16}),"salt":"([A-Za-z0-9+/]*={0,2})","entry":/;

/** A line of an entry, as it is written. */
export function entryLine(index: number | string, salt: Buffer, text: string): string {
  return `{"index":${index},"salt":"${salt.toString('base64')}","entry":${text}}`;
}

/** A line of a leaf whose entry is gone, as it is written. */
export function leafLine(index: number | string, leaf: Buffer): string {
  return `{"index":${index},"leaf":"${leaf.toString('base64')}"}`;
}

function lineOf(line: string, name: string): ExportedLine {
  const [start, index, salt] = ENTRY_LINE.exec(line) ?? [];
  if (start !== undefined && salt !== undefined && line.endsWith('}')) {
    const text = line.slice(start.length, -1);
    const entry = parsed(text, name);
    if (typeof entry === 'object' && entry !== null)
      return { index: Number(index), salt, text, entry: entry as EntryContent };
  }
  const gone = parsed(line, name) as { readonly index: number; readonly leaf: string };
  if (Number.isSafeInteger(gone.index) && typeof gone.leaf === 'string') return { index: gone.index, leaf: gone.leaf };
  throw new ExportFault(`${name} has a line that is no entry: export anew.`);
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ExportFault(`${name} has a line that is no JSON: export anew.`, { cause });
  }
}

function isManifest(read: unknown): read is Manifest {
  if (typeof read !== 'object' || read === null) return false;
  const { format, from, until } = read as Partial<Manifest>;
  return (
    format === 1 &&
    Number.isSafeInteger(from) &&
    Number.isSafeInteger(until) &&
    Number(from) >= 0 &&
    Number(from) <= Number(until)
  );
}
