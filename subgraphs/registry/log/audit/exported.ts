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
import { HASH_BYTES } from '../../../../schema/log/merkle.ts';
import { utf8 } from '../../../../schema/log/note.ts';
import { type ReadTile, type Tile, tilePath } from '../../../../schema/log/tiles.ts';
import { ENTRY_FORMAT } from './exported-entry.ts';
import { type ExportedLeaf, type LineFormat, ROW_FORMAT } from './exported-row.ts';

/** The subject of an export. */
export interface Manifest {
  /** 2: a line per row, as docs/log.md has it. 1: a line per entry, of a log that release 0.1.0 kept. */
  readonly format: 1 | 2;
  /** The leaves from here on, and before `until`. */
  readonly from: number;
  readonly until: number;
  /** SHA-256 of what the numbers in the log stand for, in base64; format 1 has none. */
  readonly dictionaries?: string;
}

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
  /** Rows that record erasures, wherever they stand in the log. */
  erasures: 'erasures.jsonl',
  /** Rows that stand before the last sealed one and were never sealed. */
  unsealed: 'unsealed.jsonl',
  /** The meaning of the numbers in the log: agencies, categories, programmes, roles, actions. */
  dictionaries: 'dictionaries.json',
  /** A policy to begin from. */
  policy: 'policy.example',
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
  #manifest: Manifest | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  text(name: string): string {
    try {
      return utf8(readFileSync(join(this.#folder, name)));
    } catch (cause) {
      throw new ExportFault(`The export has no file ${name} that can be read: export anew.`, { cause });
    }
  }

  manifest(): Manifest {
    this.#manifest ??= manifestIn(this.text(FILES.manifest));
    return this.#manifest;
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

  /** The leaves that a file lists, in batches: what is in one may be overwritten by the next. */
  async *leaves(name: string): AsyncGenerator<ExportedLeaf[]> {
    const format: LineFormat = this.manifest().format === 1 ? ENTRY_FORMAT : ROW_FORMAT;
    const file = await open(join(this.#folder, name)).catch((cause: unknown) => {
      throw new ExportFault(`The export has no file ${name} that can be read: export anew.`, { cause });
    });
    try {
      let rest: Buffer = Buffer.alloc(0);
      const stream = file.createReadStream({ highWaterMark: CHUNK_BYTES, autoClose: false });
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        const leaves: ExportedLeaf[] = [];
        let begins = 0;
        for (let ends = bytes.indexOf(NEWLINE); ends >= 0; ends = bytes.indexOf(NEWLINE, begins)) {
          const leaf = format(bytes.subarray(begins, ends));
          if (leaf === null) throw new ExportFault(`${name} has a line that is no row of the log: export anew.`);
          leaves.push(leaf);
          begins = ends + 1;
        }
        rest = bytes.subarray(begins);
        yield leaves;
      }
      if (rest.length > 0) throw new ExportFault(`${name} ends in the middle of a line: export anew.`);
    } finally {
      await file.close();
    }
  }
}

const CHUNK_BYTES = 1 << 18;
const NEWLINE = '\n'.charCodeAt(0);

function manifestIn(text: string): Manifest {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (cause) {
    throw new ExportFault(`${FILES.manifest} is no JSON: export anew.`, { cause });
  }
  if (isManifest(read)) return read;
  throw new ExportFault(
    `${FILES.manifest} is not of an export of format 1 or 2: export anew, or use the release that made it.`,
  );
}

function isManifest(read: unknown): read is Manifest {
  if (typeof read !== 'object' || read === null) return false;
  const { format, from, until, dictionaries } = read as Partial<Manifest>;
  return (
    (format === 1 || (format === 2 && typeof dictionaries === 'string')) &&
    Number.isSafeInteger(from) &&
    Number.isSafeInteger(until) &&
    Number(from) >= 0 &&
    Number(from) <= Number(until)
  );
}
