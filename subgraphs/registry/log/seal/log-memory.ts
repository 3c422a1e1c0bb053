import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Checkpoint } from '../../../../schema/log/checkpoint.ts';
import { parseSignedCheckpoint } from '../../../../schema/log/checkpoint.ts';

/** The memory of a sealer. */
export interface Remembered extends Checkpoint {
  /** The signed checkpoint itself. */
  readonly note: string;
}

/**
 * Keeps the latest signed checkpoint in a file outside the database, so that a database which lost or rewrote entries can be
 * told from one which did not. The file is what `npm run audit -- verify --known` takes.
 */
export class LogMemory {
  readonly #path: string;

  /** @param path a file in a folder that exists, on another volume than the database. */
  constructor(path: string) {
    this.#path = path;
  }

  /** The checkpoint that was written last; null when there is no file. Rejects when the file holds no checkpoint. */
  async read(): Promise<Remembered | null> {
    let note: string;
    try {
      note = await readFile(this.#path, 'utf8');
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw fault;
    }
    return remembered(note);
  }

  /** Resolves when the checkpoint is on the disk, in the place of the one before: a crash leaves one of the two. */
  async write(note: string): Promise<void> {
    // Sealers of several processes may share the file.
    const next = `${this.#path}.${process.pid}.new`;
    const file = await open(next, 'w', 0o644);
    try {
      await file.writeFile(note);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(next, this.#path);
    const folder = await open(dirname(this.#path), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

/** Reads a signed checkpoint. Throws a FormatError when it is none. */
export function remembered(note: string): Remembered {
  return { ...parseSignedCheckpoint(note).checkpoint, note };
}
