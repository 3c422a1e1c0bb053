import { hash } from 'node:crypto';
import { FormatError } from './note.ts';

/** The outcome of an entry of the access log, as its leaf shows it. */
export type LeafOutcome = 'DENIED' | 'PERMITTED';

/**
 * The content of a leaf of the access log's tree. It holds nothing personal: without the salt nobody can find the entry that it
 * stands for, so that an erased entry leaves no trace but the leaf itself.
 */
export interface Leaf {
  readonly outcome: LeafOutcome;
  readonly commitment: Buffer;
}

/** Bytes of the random salt of each entry. */
export const SALT_BYTES = 32;

const VERSION = 1;
const OUTCOMES: readonly LeafOutcome[] = ['DENIED', 'PERMITTED'];
/** Bytes of the content of a leaf. */
export const LEAF_BYTES = 34;

/** The content of a leaf: version, outcome, commitment. */
export function formatLeaf({ outcome, commitment }: Leaf): Buffer {
  return Buffer.concat([Buffer.of(VERSION, OUTCOMES.indexOf(outcome)), commitment], LEAF_BYTES);
}

/** Reads the content of a leaf. Throws a FormatError if its version is unknown. */
export function parseLeaf(content: Buffer): Leaf {
  const outcome = OUTCOMES[content[1] ?? OUTCOMES.length];
  if (content.length !== LEAF_BYTES || content[0] !== VERSION || outcome === undefined)
    throw new FormatError('Expected a leaf of version 1: version, outcome and 32 bytes.');
  return { outcome, commitment: content.subarray(2) };
}

/** A value of a row in PostgreSQL's JSON. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A row of the access log, by column. */
export type EntryContent = Readonly<Record<string, JsonValue>>;

/**
 * The only text of a row (RFC 8785): names in order, no spaces, no columns that are null. Thus a column that is added later, null
 * in older rows, does not change sealed rows.
 */
export function canonicalText(row: EntryContent): string {
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

/** The commitment to a row, which reveals nothing of it: SHA-256 over its salt and its text. */
export function commitmentOf(salt: Buffer, text: string): Buffer {
  const longest = salt.length + text.length * 3;
  if (longest > scratch.length) scratch = Buffer.alloc(longest);
  salt.copy(scratch);
  const length = salt.length + scratch.write(text, salt.length);
  return hash('sha256', scratch.subarray(0, length), 'buffer');
}

/** The content of the leaf of a row. Throws a FormatError if the row does not state whether it permits. */
export function leafOf(row: EntryContent, salt: Buffer, text: string = canonicalText(row)): Buffer {
  const { permitted } = row;
  if (typeof permitted !== 'boolean' || salt.length !== SALT_BYTES)
    throw new FormatError('Expected a row that states whether it permits, and a salt of 32 bytes.');
  return formatLeaf({ outcome: permitted ? 'PERMITTED' : 'DENIED', commitment: commitmentOf(salt, text) });
}
