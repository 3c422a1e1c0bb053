import { hash } from 'node:crypto';
import { hashLeaf } from '../../../../schema/log/merkle.ts';
import type { ExportedLeaf, LineFormat } from './exported-row.ts';

const ENTRY_LINE = /^\{"index":(-1|\d{1,16}),"salt":"([A-Za-z0-9+/]*={0,2})","entry":/;
const LEAF_LINE = /^\{"index":(\d{1,16}),"leaf":"([A-Za-z0-9+/]*={0,2})"\}$/;
const SALT_BYTES = 32;
const VERSION = 1;

/**
 * Reads a line of format 1, of a log that release 0.1.0 kept: an entry with its salt, or the leaf of an entry that is gone. An
 * entry is a row without parts here, and its leaf is the byte 1, whether it permits, and SHA-256 over salt and entry.
 */
export const ENTRY_FORMAT: LineFormat = (line) => {
  const text = line.toString();
  const [, goneIndex, leaf] = LEAF_LINE.exec(text) ?? [];
  if (leaf !== undefined)
    return { index: Number(goneIndex), hash: hashLeaf(Buffer.from(leaf, 'base64')), header: null, parts: 0, gone: [] };
  const [start, index, salt] = ENTRY_LINE.exec(text) ?? [];
  if (start === undefined || salt === undefined || !text.endsWith('}')) return null;
  const header = line.subarray(start.length, -1);
  const entry = read(header);
  if (entry === null) return null;
  return {
    index: Number(index),
    hash: leafHash(Buffer.from(salt, 'base64'), header, entry),
    header,
    parts: 0,
    gone: [],
  };
};

function leafHash(salt: Buffer, text: Buffer, { permitted }: { readonly permitted?: unknown }): ExportedLeaf['hash'] {
  if (salt.length !== SALT_BYTES || typeof permitted !== 'boolean') return null;
  const commitment = hash('sha256', Buffer.concat([salt, text]), 'buffer');
  return hashLeaf(Buffer.concat([Buffer.of(VERSION, permitted ? 1 : 0), commitment]));
}

function read(text: Buffer): object | null {
  try {
    const entry: unknown = JSON.parse(text.toString());
    return typeof entry === 'object' ? entry : null;
  } catch {
    // No JSON, and so no entry.
    return null;
  }
}
