import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

/** The kinds of content that a key signs: a note's text, or a checkpoint with a time (C2SP signed-note, tlog-cosignature). */
export const SIGNATURE_TYPES = { NOTE: 0x01, COSIGNATURE: 0x04 } as const;
export type SignatureType = (typeof SIGNATURE_TYPES)[keyof typeof SIGNATURE_TYPES];

/** A text with the signatures under it (C2SP signed-note), not verified. */
export interface Note {
  /** The text, with its last line end. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** One signature line of a note. */
export interface NoteSignature {
  readonly name: string;
  /** The first four bytes of a hash over name and key, in hexadecimal. */
  readonly keyId: string;
  readonly signature: Buffer;
}

/** A public key under the name by which it signs. */
export interface VerifierKey {
  readonly name: string;
  readonly keyId: string;
  readonly type: SignatureType;
  readonly key: KeyObject;
}

/** A text that does not have a format of the log. The message says what was expected. */
export class FormatError extends Error {}

/** Signatures of a note, at most; a note with more is not read. */
const MOST_SIGNATURES = 64;
const SIGNATURE_BYTES = 64;
const SIGNATURE_LINE = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;
/** Matches any control character but the line end. */
const CONTROL = /[^\P{Cc}\n]/u;

/** Reads a note. Throws a FormatError if it is none. */
export function parseNote(text: string): Note {
  const end = text.lastIndexOf('\n\n');
  if (end < 0 || !text.endsWith('\n') || CONTROL.test(text))
    throw new FormatError('Expected a signed note (C2SP signed-note).');
  return { text: text.slice(0, end + 1), signatures: parseSignatures(text.slice(end + 2)) };
}

/** Reads signature lines, each with its line end. Throws a FormatError if one is malformed, or if there is none. */
export function parseSignatures(text: string): NoteSignature[] {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length === 0 || lines.length > MOST_SIGNATURES)
    throw new FormatError(`Expected from 1 to ${MOST_SIGNATURES} signature lines.`);
  return lines.map((line) => {
    const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? [];
    const bytes = Buffer.from(encoded ?? '', 'base64');
    if (name === undefined || bytes.length <= 4 || bytes.toString('base64') !== encoded)
      throw new FormatError('Expected a signature line: — NAME BASE64.');
    return { name, keyId: bytes.toString('hex', 0, 4), signature: bytes.subarray(4) };
  });
}

/** The text of a note. */
export function formatNote({ text, signatures }: Note): string {
  return `${text}\n${signatures.map(formatSignature).join('')}`;
}

/** A signature line, with its line end. */
export function formatSignature({ name, keyId, signature }: NoteSignature): string {
  return `— ${name} ${Buffer.concat([Buffer.from(keyId, 'hex'), signature]).toString('base64')}\n`;
}

/** A public Ed25519 key under a name. Throws a FormatError if the name is not valid. */
export function verifierKey(name: string, key: KeyObject, type: SignatureType): VerifierKey {
  if (name === '' || /[\s+]/u.test(name) || CONTROL.test(name))
    throw new FormatError('A key name must have no spaces and no plus. Choose another name.');
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed(type, key)]), 'buffer');
  return { name, type, key, keyId: id.toString('hex', 0, 4) };
}

/** A verifier key as text in policies, `name+id+base64` (C2SP signed-note). */
export function formatVerifierKey({ name, keyId, type, key }: VerifierKey): string {
  return `${name}+${keyId}+${typed(type, key).toString('base64')}`;
}

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Reads a verifier key. Throws a FormatError if it is none, or if its algorithm is unknown here. */
export function parseVerifierKey(text: string): VerifierKey {
  const [, name = '', keyId, encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u.exec(text) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  const type = Object.values(SIGNATURE_TYPES).find((known) => known === bytes[0]);
  if (type === undefined || bytes.length !== 33)
    throw new FormatError('Expected an Ed25519 verifier key: NAME+ID+BASE64.');
  const der = Buffer.concat([SPKI_PREFIX, bytes.subarray(1)]);
  const key = verifierKey(name, createPublicKey({ key: der, format: 'der', type: 'spki' }), type);
  if (key.keyId !== keyId)
    throw new FormatError('The id of the verifier key does not belong to the key. Copy the whole line.');
  return key;
}

/** The type and the 32 bytes of the key. */
function typed(type: SignatureType, key: KeyObject): Buffer {
  if (key.asymmetricKeyType !== 'ed25519') throw new FormatError('Expected an Ed25519 key.');
  const der = key.export({ format: 'der', type: 'spki' });
  return Buffer.concat([Buffer.of(type), der.subarray(der.length - 32)]);
}

/** True if this signature line names this key. The signature itself is not verified. */
export function isBy({ name, keyId }: NoteSignature, key: VerifierKey): boolean {
  return name === key.name && keyId === key.keyId;
}

/** True if the key has signed the text. Only for keys that sign notes. */
export function hasSigned(key: VerifierKey, { text, signatures }: Note): boolean {
  const own = signatures.filter((line) => isBy(line, key));
  return (
    key.type === SIGNATURE_TYPES.NOTE &&
    own.length > 0 &&
    own.every(
      ({ signature }) => signature.length === SIGNATURE_BYTES && verify(null, Buffer.from(text), key.key, signature),
    )
  );
}

/** Signs a text by a private Ed25519 key. */
export function signNote(text: string, key: VerifierKey, privateKey: KeyObject): NoteSignature {
  return { name: key.name, keyId: key.keyId, signature: sign(null, Buffer.from(text), privateKey) };
}

/** The instant, in seconds since 1970, at which a cosigner saw the checkpoint; null if it has not cosigned it. */
export function cosignedAt(key: VerifierKey, { text, signatures }: Note): number | null {
  if (key.type !== SIGNATURE_TYPES.COSIGNATURE) return null;
  const times = signatures
    .filter((line) => isBy(line, key))
    .map(({ signature }) => {
      if (signature.length !== 8 + SIGNATURE_BYTES) return null;
      const seconds = Number(signature.readBigUInt64BE(0));
      const isRight = verify(null, Buffer.from(cosigned(text, seconds)), key.key, signature.subarray(8));
      return isRight ? seconds : null;
    })
    .filter((seconds) => seconds !== null);
  return times.length === 0 ? null : Math.min(...times);
}

/** Cosigns a checkpoint as of an instant in seconds since 1970 (C2SP tlog-cosignature). */
export function cosign(text: string, seconds: number, key: VerifierKey, privateKey: KeyObject): NoteSignature {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(seconds));
  const signature = sign(null, Buffer.from(cosigned(text, seconds)), privateKey);
  return { name: key.name, keyId: key.keyId, signature: Buffer.concat([time, signature]) };
}

function cosigned(text: string, seconds: number): string {
  return `cosignature/v1\ntime ${seconds}\n${text}`;
}
