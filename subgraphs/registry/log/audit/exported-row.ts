import {
  commitmentOf,
  formatLeaf,
  hashOfPart,
  parseLeaf,
  type RowContent,
  SALT_BYTES,
} from '../../../../schema/log/leaf.ts';
import { HASH_BYTES, hashLeaf } from '../../../../schema/log/merkle.ts';
import { FormatError } from '../../../../schema/log/note.ts';

/** A leaf as a line of an export tells of it. */
export interface ExportedLeaf {
  /** Its place in the log; -1 of a row that was never sealed. */
  readonly index: number;
  /** The hash that the leaf has if the line is true; null where no leaf can be as the line says. */
  readonly hash: Buffer | null;
  /** The text of the row's header; null where the row is gone. */
  readonly header: Buffer | null;
  /** The number of parts that the row has, or had. */
  readonly parts: number;
  /** The parts that are gone, by their numbers from 1 on. Of a row that is gone, none: all of it is. */
  readonly gone: readonly number[];
}

/** Reads a line of an export; null when it is none of the format. */
export type LineFormat = (line: Buffer) => ExportedLeaf | null;

/** A line of a row: index, salts, the header's text, and of each part its text or, where it is gone, its hash in base64. */
export function rowLine(index: number | string, salts: Buffer, header: string, parts: string): string {
  return `{"index":${index},"salts":"${salts.toString('base64')}","header":${header},"parts":[${parts}]}`;
}

/** A line of a leaf whose row is gone. */
export function leafLine(index: number | string, leaf: Buffer): string {
  return `{"index":${index},"leaf":"${leaf.toString('base64')}"}`;
}

/** The content of a header. */
export function headerOf(header: Buffer): RowContent {
  return JSON.parse(header.toString()) as RowContent;
}

/** The id in a header, without reading the rest; '' where it has none. */
export function idIn(header: Buffer): string {
  // The key of a member: inside of a text a quotation mark has a backslash before it, and none stands behind a comma.
  const at = header.indexOf(ID);
  return at < 0 ? '' : header.toString('latin1', at + ID.length, at + ID.length + 36);
}

const ID = Buffer.from(',"id":"');

/** Reads a line of format 2. */
export const ROW_FORMAT: LineFormat = (line) => {
  const cursor = new Cursor(line);
  const index = cursor.index();
  if (index === null) return null;
  if (cursor.skips(LEAF)) {
    const leaf = cursor.base64();
    return leaf !== null && cursor.skips(CLOSED) && cursor.isAtEnd() ? goneLeaf(index, leaf) : null;
  }
  const salts = cursor.skips(SALTS) ? cursor.base64() : null;
  const header = salts !== null && cursor.skips(HEADER) ? cursor.object() : null;
  if (salts === null || header === null || !cursor.skips(PARTS)) return null;
  const gone: number[] = [];
  const hashes: Buffer[] = [];
  let isLeaf = true;
  while (!cursor.skips(PARTS_END)) {
    if (hashes.length > 0 && !cursor.skips(COMMA)) return null;
    const part = hashes.length + 1;
    const text = cursor.object();
    if (text === null) {
      const hash = cursor.skips(QUOTE) ? cursor.base64() : null;
      if (hash === null) return null;
      gone.push(part);
      hashes.push(hash);
      isLeaf &&= hash.length === HASH_BYTES;
    } else {
      const salt = salts.subarray(part * SALT_BYTES, (part + 1) * SALT_BYTES);
      isLeaf &&= salt.length === SALT_BYTES;
      hashes.push(isLeaf ? hashOfPart(salt, part, text) : NO_HASH);
    }
  }
  if (!cursor.isAtEnd()) return null;
  isLeaf &&= salts.length === (hashes.length + 1) * SALT_BYTES;
  const hash = isLeaf
    ? hashLeaf(formatLeaf({ commitment: commitmentOf(salts.subarray(0, SALT_BYTES), header), parts: hashes }))
    : null;
  return { index, hash, header, parts: hashes.length, gone };
};

function goneLeaf(index: number, leaf: Buffer): ExportedLeaf {
  return { index, hash: hashLeaf(leaf), header: null, parts: partsOf(leaf), gone: [] };
}

function partsOf(leaf: Buffer): number {
  try {
    return parseLeaf(leaf).parts.length;
  } catch (cause) {
    if (cause instanceof FormatError) return 0;
    throw cause;
  }
}

const NO_HASH = Buffer.alloc(HASH_BYTES);
const INDEX = Buffer.from('{"index":');
const SALTS = Buffer.from(',"salts":"');
const LEAF = Buffer.from(',"leaf":"');
const HEADER = Buffer.from(',"header":');
const PARTS = Buffer.from(',"parts":[');
const PARTS_END = Buffer.from(']}');
const CLOSED = Buffer.from('}');
const COMMA = Buffer.from(',');
const QUOTE = Buffer.from('"');
const [MARK, BACKSLASH, OPENS, CLOSES] = [...Buffer.from('"\\{}')];

/** Reads a line of an export from left to right: the texts that are hashed are the very bytes that stand there. */
class Cursor {
  readonly #line: Buffer;
  #at = 0;

  constructor(line: Buffer) {
    this.#line = line;
  }

  isAtEnd(): boolean {
    return this.#at === this.#line.length;
  }

  /** Goes behind these bytes, if they come next. */
  skips(bytes: Buffer): boolean {
    for (let n = 0; n < bytes.length; n += 1) if (this.#line[this.#at + n] !== bytes[n]) return false;
    this.#at += bytes.length;
    return true;
  }

  /** The index that a line begins with. */
  index(): number | null {
    if (!this.skips(INDEX)) return null;
    const ends = this.#line.indexOf(',', this.#at);
    const digits = ends < 0 ? '' : this.#line.toString('latin1', this.#at, Math.min(ends, this.#at + 17));
    this.#at = ends;
    return /^(-1|\d{1,16})$/.test(digits) ? Number(digits) : null;
  }

  /** Base64 and the quotation mark behind it. */
  base64(): Buffer | null {
    const ends = this.#line.indexOf(MARK ?? 0, this.#at);
    if (ends < 0) return null;
    const bytes = Buffer.from(this.#line.toString('latin1', this.#at, ends), 'base64');
    this.#at = ends + 1;
    return bytes;
  }

  /** A JSON object, as bytes; null when none comes next. */
  object(): Buffer | null {
    const line = this.#line;
    if (line[this.#at] !== OPENS) return null;
    let depth = 0;
    for (let at = this.#at; at < line.length; at += 1) {
      const byte = line[at];
      if (byte === MARK) {
        for (at += 1; at < line.length && line[at] !== MARK; at += 1) if (line[at] === BACKSLASH) at += 1;
      } else if (byte === OPENS) depth += 1;
      else if (byte === CLOSES) {
        depth -= 1;
        if (depth === 0) {
          const object = line.subarray(this.#at, at + 1);
          this.#at = at + 1;
          return object;
        }
      }
    }
    return null;
  }
}
