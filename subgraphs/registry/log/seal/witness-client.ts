import { cosignedAt, verdictOf } from '../../../../schema/log/cosignature.ts';
import {
  FormatError,
  formatSignature,
  isBy,
  type Note,
  parseNote,
  parseSignatures,
} from '../../../../schema/log/note.ts';
import type { PolicyWitness } from '../../../../schema/log/policy.ts';
import { formatSubmission } from '../../../../schema/log/submission.ts';

/** The reply of a witness to a checkpoint. */
export type WitnessReply =
  | { readonly said: 'COSIGNED'; readonly line: string }
  /** It has cosigned another size than the one that was sent as the old one. */
  | { readonly said: 'SIZE'; readonly size: number }
  /** The checkpoint does not go on from what it has cosigned. */
  | { readonly said: 'DISAGREES' }
  /** It cannot be reached, or does not know the log or its key: that says nothing about the log. */
  | { readonly said: 'NOTHING'; readonly why: string };

/** A witness may take so long, in milliseconds. */
const LIMIT_MS = 5_000;
/** An answer has at most 64 lines; by ML-DSA-44 one is 3.3 kB. */
const ANSWER_LIMIT = 256 * 1024;

/** Sends a checkpoint to a witness (C2SP tlog-witness). Never rejects: a witness that fails has said nothing. */
export async function submit(
  witness: PolicyWitness & { readonly url: string },
  old: number,
  proof: readonly Buffer[],
  note: string,
): Promise<WitnessReply> {
  try {
    const response = await fetch(`${witness.url.replace(/\/$/, '')}/add-checkpoint`, {
      method: 'POST',
      body: formatSubmission({ old, proof, text: note }),
      redirect: 'error',
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    const body = await bodyOf(response);
    if (response.status === 200) return cosignature(witness, parseNote(note), body);
    if (response.status === 422) return { said: 'DISAGREES' };
    if (response.status === 409 && /^(0|[1-9]\d{0,15})\n$/.test(body)) return { said: 'SIZE', size: Number(body) };
    return { said: 'NOTHING', why: `status ${response.status}` };
  } catch (cause) {
    return { said: 'NOTHING', why: cause instanceof Error ? cause.name : 'no answer' };
  }
}

async function bodyOf(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > ANSWER_LIMIT) throw new RangeError('The answer of a witness is short.');
  }
  return text + decoder.decode();
}

/**
 * Believes an answer only if the witness's own key has cosigned this very checkpoint, as of a time, and no line of the key is
 * broken. Lines of other keys are ignored.
 */
function cosignature({ key }: PolicyWitness, note: Note, body: string): WitnessReply {
  try {
    const own = parseSignatures(body).filter((line) => isBy(line, key));
    const verdict = verdictOf(key, { text: note.text, signatures: own });
    if (verdict.said === 'UNVERIFIED') return { said: 'NOTHING', why: 'this Node cannot verify by its key' };
    const line = own.find((each) => cosignedAt(key, { text: note.text, signatures: [each] }) !== null);
    if (verdict.said === 'SIGNED' && line !== undefined) return { said: 'COSIGNED', line: formatSignature(line) };
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
  }
  return { said: 'NOTHING', why: 'no cosignature of its key' };
}
