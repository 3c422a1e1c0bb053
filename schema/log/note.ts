import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

/** The kinds of content that a key signs: a note's text, or a checkpoint with a time (C2SP signed-note, tlog-cosignature). */
export const SIGNATURE_TYPES = { NOTE: 0x01, COSIGNATURE: 0x04, ML_DSA_COSIGNATURE: 0x06 } as const;
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
  /** The public key as its algorithm encodes it. */
  readonly material: Buffer;
  /** Null if this Node cannot verify by the algorithm: ML-DSA-44 takes Node 24.7 with OpenSSL 3.5. */
  readonly key: KeyObject | null;
}

/** A text that does not have a format of the log. The message says what was expected. */
export class FormatError extends Error {}

/** Signatures of a note, at most; a note with more is not read. */
const MOST_SIGNATURES = 64;
const SIGNATURE_BYTES = 64;
const SIGNATURE_LINE = /^— ([^\p{White_Space}+]+) ([A-Za-z0-9+/]+={0,2})$/u;
/** Matches a control character below the space but the line end, and half a character, which UTF-8 does not have. */
const NOT_TEXT = /[^\P{Cc}\n\u{7f}-\u{9f}]|\p{Cs}/u;

/** Reads bytes as UTF-8. Throws a FormatError if they are not. */
export function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError('Expected UTF-8.', { cause });
  }
}

/** Reads a note. Throws a FormatError if it is none. */
export function parseNote(text: string): Note {
  const end = text.lastIndexOf('\n\n');
  if (end < 0 || !text.endsWith('\n') || NOT_TEXT.test(text))
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

/** A public key under a name. Throws a FormatError if the name is not valid, or the key is of another algorithm than the type. */
export function verifierKey(name: string, key: KeyObject, type: SignatureType): VerifierKey {
  const { algorithm, bytes, says } = ALGORITHMS[type];
  if (key.asymmetricKeyType !== algorithm) throw new FormatError(`Expected an ${says} key.`);
  const der = key.export({ format: 'der', type: 'spki' });
  return named(name, der.subarray(der.length - bytes), type, key);
}

/** A verifier key as text in policies, `name+id+base64` (C2SP signed-note). */
export function formatVerifierKey({ name, keyId, type, material }: VerifierKey): string {
  return `${name}+${keyId}+${Buffer.concat([Buffer.of(type), material]).toString('base64')}`;
}

/** An algorithm: its name in Node and in messages, the bytes of a public key, and the bytes that stand before these in DER. */
interface Algorithm {
  readonly algorithm: string;
  readonly says: string;
  readonly bytes: number;
  readonly spki: Buffer;
}

const ED25519: Algorithm = {
  algorithm: 'ed25519',
  says: 'Ed25519',
  bytes: 32,
  spki: Buffer.from('302a300506032b6570032100', 'hex'),
};

const ML_DSA_44: Algorithm = {
  algorithm: 'ml-dsa-44',
  says: 'ML-DSA-44',
  bytes: 1312,
  spki: Buffer.from('30820532300b06096086480165030403110382052100', 'hex'),
};

const ALGORITHMS: Readonly<Record<SignatureType, Algorithm>> = {
  [SIGNATURE_TYPES.NOTE]: ED25519,
  [SIGNATURE_TYPES.COSIGNATURE]: ED25519,
  [SIGNATURE_TYPES.ML_DSA_COSIGNATURE]: ML_DSA_44,
};

/** Reads a verifier key. Throws a FormatError if it is none, or if its type is unknown here. */
export function parseVerifierKey(text: string): VerifierKey {
  const [, name = '', keyId, encoded = ''] =
    /^([^\p{White_Space}+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u.exec(text) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  const type = Object.values(SIGNATURE_TYPES).find((known) => known === bytes[0]);
  if (type === undefined || bytes.length !== 1 + ALGORITHMS[type].bytes || bytes.toString('base64') !== encoded)
    throw new FormatError('Expected an Ed25519 or ML-DSA-44 verifier key: NAME+ID+BASE64.');
  const material = bytes.subarray(1);
  const key = named(name, material, type, keyObject(Buffer.concat([ALGORITHMS[type].spki, material]), type));
  if (key.keyId !== keyId)
    throw new FormatError('The id of the verifier key does not belong to the key. Copy the whole line.');
  return key;
}

function keyObject(der: Buffer, type: SignatureType): KeyObject | null {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch (cause) {
    // An older Node does not know the algorithm. The key still has a name, and its signatures are reported apart.
    if (type === SIGNATURE_TYPES.ML_DSA_COSIGNATURE) return null;
    throw new FormatError('The verifier key is not one of its algorithm. Copy the whole line.', { cause });
  }
}

function named(name: string, material: Buffer, type: SignatureType, key: KeyObject | null): VerifierKey {
  if (name === '' || /[\p{White_Space}+]/u.test(name) || NOT_TEXT.test(name))
    throw new FormatError('A key name must have no spaces and no plus. Choose another name.');
  if (type === SIGNATURE_TYPES.ML_DSA_COSIGNATURE && Buffer.byteLength(name) > 255)
    throw new FormatError('The name of an ML-DSA-44 key has at most 255 bytes. Choose a shorter one.');
  const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), material]), 'buffer');
  return { name, type, material, key, keyId: id.toString('hex', 0, 4) };
}

/** True if this signature line names this key. The signature itself is not verified. */
export function isBy({ name, keyId }: NoteSignature, key: Pick<VerifierKey, 'name' | 'keyId'>): boolean {
  return name === key.name && keyId === key.keyId;
}

/** True if the key has signed the text, and no line of the key is broken. Only for keys that sign notes. */
export function hasSigned({ type, key, ...of }: VerifierKey, { text, signatures }: Note): boolean {
  const own = signatures.filter((line) => isBy(line, of));
  return (
    type === SIGNATURE_TYPES.NOTE &&
    key !== null &&
    own.length > 0 &&
    own.every(
      ({ signature }) => signature.length === SIGNATURE_BYTES && verify(null, Buffer.from(text), key, signature),
    )
  );
}

/** Signs a text by a private Ed25519 key. */
export function signNote(text: string, key: VerifierKey, privateKey: KeyObject): NoteSignature {
  return { name: key.name, keyId: key.keyId, signature: sign(null, Buffer.from(text), privateKey) };
}
