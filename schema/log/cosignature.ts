import { type KeyObject, sign, verify } from 'node:crypto';
import { parseCheckpoint } from './checkpoint.ts';
import {
  FormatError,
  hasSigned,
  isBy,
  type Note,
  type NoteSignature,
  SIGNATURE_TYPES,
  type VerifierKey,
} from './note.ts';

/** The state of a key's signature lines under a checkpoint. */
export type KeyVerdict =
  /** `at` is the instant of a cosignature, in seconds since 1970; null if the signature states none, or one that cannot be. */
  | { readonly said: 'SIGNED'; readonly at: number | null }
  /** No line is by the key. */
  | { readonly said: 'NOTHING' }
  /** A line of the key does not verify: whoever trusts the key rejects the whole note (C2SP signed-note). */
  | { readonly said: 'BROKEN' }
  /** There are lines, and this Node cannot verify by the algorithm of the key. */
  | { readonly said: 'UNVERIFIED' };

const TIME_BYTES = 8;
const MOST_TIME = 2n ** 63n - 1n;
/** The end of the year 9999. A later time is rejected as one in the future, which C2SP tlog-cosignature permits. */
const LAST_TIME = 253_402_300_799n;
const MOST_NAME_BYTES = 255;
const LABEL = Buffer.from('subtree/v1\n\0');

/** The verdict on the lines of a key under a checkpoint. If the key has cosigned it more than once, the first instant counts. */
export function verdictOf(key: VerifierKey, note: Note): KeyVerdict {
  const own = note.signatures.filter((line) => isBy(line, key));
  if (own.length === 0) return { said: 'NOTHING' };
  if (key.key === null) return { said: 'UNVERIFIED' };
  if (key.type === SIGNATURE_TYPES.NOTE)
    return hasSigned(key, note) ? { said: 'SIGNED', at: null } : { said: 'BROKEN' };
  const times = own.map(({ signature }) => statedTime(key, key.key, note.text, signature));
  if (times.includes(null)) return { said: 'BROKEN' };
  // A time of 0 says that the cosigner does not state any: it must not pass for 1970.
  const stated = times.filter((time) => time !== null && time > 0n && time <= LAST_TIME).map(Number);
  return { said: 'SIGNED', at: stated.length === 0 ? null : Math.min(...stated) };
}

/** The instant, in seconds since 1970, at which a cosigner saw the checkpoint; null if it has not cosigned it. */
export function cosignedAt(key: VerifierKey, note: Note): number | null {
  const verdict = verdictOf(key, note);
  return verdict.said === 'SIGNED' ? verdict.at : null;
}

/** Cosigns a checkpoint as of an instant in seconds since 1970 (C2SP tlog-cosignature). Throws a FormatError if it is none. */
export function cosign(text: string, seconds: number, key: VerifierKey, privateKey: KeyObject): NoteSignature {
  const time = bigEndian(BigInt(seconds));
  const signature = sign(null, messageOf(key, text, BigInt(seconds)), privateKey);
  return { name: key.name, keyId: key.keyId, signature: Buffer.concat([time, signature]) };
}

/** The time that a cosignature states; null if it does not verify. */
function statedTime(of: VerifierKey, key: KeyObject | null, text: string, signature: Buffer): bigint | null {
  if (key === null || signature.length <= TIME_BYTES) return null;
  const time = signature.readBigUInt64BE(0);
  if (time > MOST_TIME) return null;
  try {
    return verify(null, messageOf(of, text, time), key, signature.subarray(TIME_BYTES)) ? time : null;
  } catch (cause) {
    // What is no checkpoint cannot have been cosigned as one.
    if (cause instanceof FormatError) return null;
    throw cause;
  }
}

function messageOf({ name, type }: VerifierKey, text: string, time: bigint): Buffer {
  if (type !== SIGNATURE_TYPES.ML_DSA_COSIGNATURE) return Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
  const { origin, size, root } = parseCheckpoint(text);
  const range = [bigEndian(0n), bigEndian(BigInt(size))];
  return Buffer.concat([LABEL, counted(name), bigEndian(time), counted(origin), ...range, root]);
}

/** A text with the number of its bytes before it. */
function counted(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length > MOST_NAME_BYTES)
    throw new FormatError('A name under an ML-DSA-44 cosignature has at most 255 bytes. Choose a shorter one.');
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

function bigEndian(number: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(number);
  return bytes;
}
