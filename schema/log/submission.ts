import { type Checkpoint, parseSignedCheckpoint } from './checkpoint.ts';
import { HASH_BYTES } from './merkle.ts';
import { FormatError, type Note } from './note.ts';

/** A submission to a witness: a checkpoint, and the proof that it continues the one that the witness has cosigned. */
export interface Submission {
  /** The size of the cosigned one; 0 if there is none. */
  readonly old: number;
  readonly proof: readonly Buffer[];
  /** The signed checkpoint, as text. */
  readonly text: string;
}

/** The body of a request to `add-checkpoint` (C2SP tlog-witness). */
export function formatSubmission({ old, proof, text }: Submission): string {
  return `old ${old}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${text}`;
}

/** Reads the body of such a request without verifying it. Throws a FormatError if it is malformed. */
export function parseSubmission(body: string): Submission & { readonly note: Note; readonly checkpoint: Checkpoint } {
  const end = body.indexOf('\n\n');
  const [first = '', ...lines] = body.slice(0, Math.max(0, end)).split('\n');
  const digits = /^old (0|[1-9]\d{0,15})$/.exec(first)?.[1];
  const proof = lines.map((line) => Buffer.from(line, 'base64'));
  const isProof = proof.every((hash, n) => hash.length === HASH_BYTES && hash.toString('base64') === lines[n]);
  if (digits === undefined || !isProof || proof.length > 63)
    throw new FormatError('Expected a line old SIZE, at most 63 lines of a proof, an empty line, and a checkpoint.');
  const text = body.slice(end + 2);
  return { old: Number(digits), proof, text, ...parseSignedCheckpoint(text) };
}
