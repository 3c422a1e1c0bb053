import { hash } from 'node:crypto';
import { FormatError } from './note.ts';

/**
 * The content of a leaf of the access log's tree: a commitment to the header of a row and a hash of each of its parts. It holds
 * nothing personal: without the salts nobody can tell which row it stands for. A part, and at last the header, is erased by
 * erasing it with its salt; the leaf stays, and with it every proof.
 */
export interface Leaf {
  /** SHA-256 over the header's salt and text. */
  readonly commitment: Buffer;
  /** The hash of each part, in order. */
  readonly parts: readonly Buffer[];
}

/** Bytes of the random salt of the header, and of each part. */
export const SALT_BYTES = 16;

const VERSION = 2;
const HASH_BYTES = 32;
/** Version, commitment, and the number of parts. */
const FIXED_BYTES = 1 + HASH_BYTES + 4;

/** The content of a leaf: version, commitment, number of parts (4 bytes, the highest first), and the hash of each part. */
export function formatLeaf({ commitment, parts }: Leaf): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(parts.length);
  return Buffer.concat([Buffer.of(VERSION), commitment, count, ...parts]);
}

/** Reads the content of a leaf. Throws a FormatError if its version is unknown. */
export function parseLeaf(content: Buffer): Leaf {
  const count = content.length >= FIXED_BYTES ? content.readUInt32BE(1 + HASH_BYTES) : 0;
  if (content[0] !== VERSION || content.length !== FIXED_BYTES + count * HASH_BYTES)
    throw new FormatError('Expected a leaf of version 2: version, 32 bytes, a number of parts, and 32 bytes of each.');
  return {
    commitment: content.subarray(1, 1 + HASH_BYTES),
    parts: Array.from({ length: count }, (_, part) =>
      content.subarray(FIXED_BYTES + part * HASH_BYTES, FIXED_BYTES + (part + 1) * HASH_BYTES),
    ),
  };
}

/** A value of a row in PostgreSQL's JSON. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** The header of a row of the access log, or one of its parts, by name. */
export type RowContent = Readonly<Record<string, JsonValue>>;

/**
 * The one text of a header or part (RFC 8785): names in order, no spaces, no names that are null. So a name that is added later,
 * null in older rows, changes nothing about what was sealed.
 */
export function canonicalText(row: RowContent): string {
  const told = Object.keys(row)
    .filter((name) => row[name] !== null && row[name] !== undefined)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalValue(row[name] ?? null)}`);
  return `{${told.join(',')}}`;
}

function canonicalValue(value: JsonValue): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalValue).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalValue(value[name] ?? null)}`);
  return `{${members.join(',')}}`;
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** A buffer for all calls, since nothing here waits between filling and reading it. */
let scratch = Buffer.alloc(16_384);

/** Commits to a header and tells nothing of it: SHA-256 over its salt and its text. */
export function commitmentOf(salt: Buffer, text: string | Buffer): Buffer {
  return salted(salt, 0, text);
}

/** The hash of the part with this number, from 1 on: SHA-256 over its salt, its number in 4 bytes, and its text. */
export function hashOfPart(salt: Buffer, part: number, text: string | Buffer): Buffer {
  return salted(salt, part, text);
}

function salted(salt: Buffer, part: number, text: string | Buffer): Buffer {
  if (salt.length !== SALT_BYTES) throw new FormatError(`Expected a salt of ${SALT_BYTES} bytes.`);
  const longest = salt.length + 4 + text.length * 3;
  if (longest > scratch.length) scratch = Buffer.alloc(longest);
  salt.copy(scratch);
  const begins = part === 0 ? salt.length : scratch.writeUInt32BE(part, salt.length);
  const length = typeof text === 'string' ? scratch.write(text, begins) : text.copy(scratch, begins);
  return hash('sha256', scratch.subarray(0, begins + length), 'buffer');
}

/** A header or part with its salt; or, where it is erased, what the leaf keeps of it. */
export type Sealed = { readonly salt: Buffer; readonly text: string | Buffer } | { readonly hash: Buffer };

/** The content of the leaf of a row: of its header, and of its parts in order. */
export function leafOf(header: Sealed, parts: readonly Sealed[]): Buffer {
  return formatLeaf({
    commitment: 'hash' in header ? header.hash : commitmentOf(header.salt, header.text),
    parts: parts.map((part, index) => ('hash' in part ? part.hash : hashOfPart(part.salt, index + 1, part.text))),
  });
}
