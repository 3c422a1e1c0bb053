import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { identityOf } from '../../../../process/process-identity.ts';
import { StartError } from '../../../../process/start-error.ts';
import { parseCheckpoint, parseSignedCheckpoint } from '../../../../schema/log/checkpoint.ts';
import { utf8 } from '../../../../schema/log/note.ts';
import type { CosignedCheckpoint, WitnessMemory } from './witness.ts';

/** The memory of a witness, in a folder that one process has at a time. Restored from a backup it is no witness any more. */
export class WitnessFolder implements WitnessMemory {
  readonly #folder: string;
  readonly #known = new Map<string, CosignedCheckpoint>();

  /** Throws a StartError when another process has the folder. */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#take();
  }

  get(origin: string): CosignedCheckpoint | null {
    const known = this.#known.get(origin);
    if (known !== undefined) return known;
    const file = join(this.#folder, fileOf(origin));
    if (!existsSync(file)) return null;
    // What cannot be read must not pass for nothing: then anything could be cosigned.
    const cosigned = cosignedIn(utf8(readFileSync(file)));
    this.#known.set(origin, cosigned);
    return cosigned;
  }

  keep(cosigned: CosignedCheckpoint & { readonly note: string }): void {
    writeDurably(this.#folder, fileOf(cosigned.origin), cosigned.note);
    this.#known.set(cosigned.origin, cosigned);
  }

  keepEvidence(note: string): void {
    writeDurably(this.#folder, `evidence-${digestOf(note)}.txt`, note);
  }

  /** Lets another process have the folder. */
  release(): void {
    rmSync(join(this.#folder, LOCK), { force: true });
  }

  #take(): void {
    const file = join(this.#folder, LOCK);
    const own = `${process.pid} ${identityOf(process.pid)}`;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      try {
        const lock = openSync(file, 'wx', 0o600);
        writeSync(lock, own);
        closeSync(lock);
        return;
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
        const [pid = '', ...identity] = readFileSync(file, 'utf8').split(' ');
        if (identityOf(Number(pid)) === identity.join(' '))
          throw new StartError('Another witness works from this folder: stop it, or name another folder.');
        // Its process has died.
        rmSync(file, { force: true });
      }
    }
    throw new StartError('The folder of the witness cannot be taken: try again.');
  }
}

const LOCK = 'witness.lock';

/** Reads a note, or the bare checkpoint that release 0.1.0 kept. */
function cosignedIn(text: string): CosignedCheckpoint {
  if (!text.includes('\n\n')) return { ...parseCheckpoint(text), note: null };
  return { ...parseSignedCheckpoint(text).checkpoint, note: text };
}

function fileOf(origin: string): string {
  return `log-${digestOf(origin)}.txt`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Renamed into place, file and folder on disk: a power cut leaves the old or the new, and what was answered stays. */
function writeDurably(folder: string, name: string, text: string): void {
  const file = openSync(join(folder, `${name}.new`), 'w', 0o600);
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(join(folder, `${name}.new`), join(folder, name));
  const directory = openSync(folder, 'r');
  fsyncSync(directory);
  closeSync(directory);
}
