import { expect, test } from '@jest/globals';
import { canonicalText, commitmentOf, leafOf, parseLeaf } from './leaf.ts';

const row = { permitted: true, id: 'a', caller: 'p-1001 "å"', roles: 4, actor: null };
const salt = Buffer.alloc(32, 7);

test('writes a row as one text, whatever the order of its columns, without those that are null', () => {
  expect(canonicalText(row)).toBe('{"caller":"p-1001 \\"å\\"","id":"a","permitted":true,"roles":4}');
  expect(canonicalText({ roles: 4, caller: 'p-1001 "å"', permitted: true, id: 'a', later: null })).toBe(
    canonicalText(row),
  );
  expect(canonicalText({ b: { d: [1, null], c: 'x' } })).toBe('{"b":{"c":"x","d":[1,null]}}');
});

test('makes a leaf of version, outcome and commitment, and nothing of the row', () => {
  const leaf = leafOf(row, salt);
  expect(leaf.toString('hex')).toMatch(/^0101[0-9a-f]{64}$/);
  expect(parseLeaf(leaf)).toEqual({ outcome: 'PERMITTED', commitment: commitmentOf(salt, canonicalText(row)) });
  expect(parseLeaf(leafOf({ ...row, permitted: false }, salt)).outcome).toBe('DENIED');
  expect(leafOf(row, Buffer.alloc(32, 8))).not.toEqual(leaf);
  expect(leafOf({ ...row, caller: 'p-1002' }, salt)).not.toEqual(leaf);
});

test('refuses malformed leaves', () => {
  const leaf = leafOf(row, salt);
  for (const wrong of [
    leaf.subarray(1),
    Buffer.concat([Buffer.of(2), leaf.subarray(1)]),
    Buffer.concat([Buffer.of(1, 9), leaf.subarray(2)]),
  ]) {
    expect(() => parseLeaf(wrong)).toThrow('Expected a leaf of version 1');
  }
  expect(() => leafOf({ id: 'a' }, salt)).toThrow('Expected a row');
  expect(() => leafOf(row, salt.subarray(1))).toThrow('Expected a row');
});
