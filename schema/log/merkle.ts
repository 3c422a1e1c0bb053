import { hash } from 'node:crypto';

/** Bytes of a SHA-256 hash. */
export const HASH_BYTES = 32;

/** The root of the tree without leaves (RFC 6962, section 2.1). */
export const EMPTY_ROOT: Buffer = hash('sha256', Buffer.alloc(0), 'buffer');

const node = Buffer.alloc(1 + 2 * HASH_BYTES);
node[0] = 0x01;

/** The hash of a leaf with this content (RFC 6962, section 2.1). */
export function hashLeaf(content: Uint8Array): Buffer {
  const prefixed = Buffer.alloc(1 + content.length);
  prefixed.set(content, 1);
  return hash('sha256', prefixed, 'buffer');
}

/** The hash of the node over two others (RFC 6962, section 2.1). */
export function hashNode(left: Uint8Array, right: Uint8Array): Buffer {
  // One buffer is enough for all calls, since nothing here waits between filling and reading it.
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return hash('sha256', node, 'buffer');
}

/** The root over perfect subtrees side by side, the largest first; the empty root if there are none. */
export function rootOver(subtrees: readonly Buffer[]): Buffer {
  return (
    subtrees.reduceRight<Buffer | undefined>(
      (right, left) => (right === undefined ? left : hashNode(left, right)),
      undefined,
    ) ?? EMPTY_ROOT
  );
}

/** A tree that only grows. It keeps only the hashes that its root needs: one per binary digit of its size. */
export class GrowingTree {
  readonly #subtrees: Buffer[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Appends a leaf by its hash. */
  append(leafHash: Buffer): void {
    let grown = leafHash;
    // The subtrees are joined like a carry that runs through a binary number.
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) grown = hashNode(this.#popped(), grown);
    this.#subtrees.push(grown);
    this.#size += 1;
  }

  root(): Buffer {
    return rootOver(this.#subtrees);
  }

  #popped(): Buffer {
    const left = this.#subtrees.pop();
    if (left === undefined) throw new RangeError('The tree lacks a subtree for a digit of its size.');
    return left;
  }
}

/** The claim of an inclusion proof: a leaf at an index, and the root of a tree of some size. */
export interface Inclusion {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly root: Uint8Array;
}

/** True if the proof shows that the leaf is in the tree (RFC 9162, section 2.1.3.2). A malformed proof shows nothing. */
export function isIncluded({ index, size, leafHash, root }: Inclusion, proof: readonly Uint8Array[]): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  if (![leafHash, root, ...proof].every(isHash)) return false;
  let place = index;
  let last = size - 1;
  let grown: Uint8Array = leafHash;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      grown = hashNode(sibling, grown);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      grown = hashNode(grown, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && Buffer.compare(grown, root) === 0;
}

/** A tree at one time: the number of leaves, and the root over them. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * True if the proof shows that the tree `to` begins with all leaves of the tree `from` (RFC 9162, section 2.1.4.2). A malformed
 * proof shows nothing; no proof can show that a tree begins with an empty one.
 */
export function isConsistent(from: TreeHead, to: TreeHead, proof: readonly Uint8Array[]): boolean {
  if (!isCount(from.size) || !isCount(to.size) || from.size === 0 || from.size > to.size) return false;
  if (from.size === to.size) return proof.length === 0 && Buffer.compare(from.root, to.root) === 0;
  if (![from.root, to.root, ...proof].every(isHash)) return false;
  let place = from.size - 1;
  let last = to.size - 1;
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  // If the older tree is perfect, it is a node of the newer one, and its root is known.
  const [first, ...rest] = place === 0 ? [from.root, ...proof] : proof;
  if (first === undefined || proof.length === 0) return false;
  let older = first;
  let newer = first;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      older = hashNode(sibling, older);
      newer = hashNode(sibling, newer);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      newer = hashNode(newer, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && Buffer.compare(older, from.root) === 0 && Buffer.compare(newer, to.root) === 0;
}

/** Half of a number, rounded down. JavaScript's bit operators take only 32 bits, and sizes can be larger. */
function half(number: number): number {
  return Math.floor(number / 2);
}

function isCount(number: number): boolean {
  return Number.isSafeInteger(number) && number >= 0;
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === HASH_BYTES;
}
