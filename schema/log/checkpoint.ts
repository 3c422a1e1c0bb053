import { HASH_BYTES, type TreeHead } from './merkle.ts';
import { FormatError, type Note, parseNote } from './note.ts';

/** The content that a log signs: its tree at one time, under the log's name (C2SP tlog-checkpoint). */
export interface Checkpoint extends TreeHead {
  readonly origin: string;
  readonly root: Buffer;
}

/** The text of a checkpoint's note. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

/** Reads the text of a checkpoint's note. Throws a FormatError if it is none. Extension lines are accepted, and mean nothing here. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', digits = '', encoded = '', ...extensions] = text.split('\n');
  const size = /^(0|[1-9]\d{0,15})$/.test(digits) ? Number(digits) : Number.NaN;
  const root = Buffer.from(encoded, 'base64');
  const isWhole = extensions.pop() === '' && !extensions.includes('') && origin !== '' && Number.isSafeInteger(size);
  if (isWhole && root.length === HASH_BYTES && root.toString('base64') === encoded) return { origin, size, root };
  throw new FormatError(
    'Expected a checkpoint: lines of origin, size and root, none of them empty (C2SP tlog-checkpoint).',
  );
}

/** Reads a signed checkpoint without verifying it. Throws a FormatError if it is none. */
export function parseSignedCheckpoint(text: string): { readonly note: Note; readonly checkpoint: Checkpoint } {
  const note = parseNote(text);
  return { note, checkpoint: parseCheckpoint(note.text) };
}
