import { expect, test } from '@jest/globals';
import { canonicalText, commitmentOf, hashOfPart, leafOf, parseLeaf } from './leaf.ts';

const row = { permitted: true, id: 'a', caller: 'p-1001 "å"', roles: 4, actor: null };
const salt = (fill: number) => Buffer.alloc(16, fill);
const header = { salt: salt(7), text: canonicalText(row) };
const parts = [
  { salt: salt(1), text: '{"first":1,"youth":"x"}' },
  { salt: salt(2), text: '{"first":3,"youth":"y"}' },
];

test('a row has one text, whatever the order of its names, and without those that are null', () => {
  expect(canonicalText(row)).toBe('{"caller":"p-1001 \\"å\\"","id":"a","permitted":true,"roles":4}');
  expect(canonicalText({ roles: 4, caller: 'p-1001 "å"', permitted: true, id: 'a', later: null })).toBe(
    canonicalText(row),
  );
  expect(canonicalText({ b: { d: [1, null], c: 'x' } })).toBe('{"b":{"c":"x","d":[1,null]}}');
});

test('a leaf is version, commitment, number of parts and their hashes, and nothing of the row', () => {
  const leaf = leafOf(header, parts);
  expect(leaf.toString('hex')).toMatch(/^02[0-9a-f]{64}00000002[0-9a-f]{128}$/);
  expect(parseLeaf(leaf)).toEqual({
    commitment: commitmentOf(header.salt, header.text),
    parts: parts.map((part, index) => hashOfPart(part.salt, index + 1, part.text)),
  });
  expect(leafOf({ ...header, salt: salt(8) }, parts)).not.toEqual(leaf);
  expect(leafOf(header, parts.toReversed())).not.toEqual(leaf);
  expect(leafOf({ ...header, text: canonicalText({ ...row, caller: 'p-1002' }) }, parts)).not.toEqual(leaf);
});

test('a leaf stays the same when a part, or the header, is erased', () => {
  const leaf = leafOf(header, parts);
  const [first, second] = parts;
  if (first === undefined || second === undefined) throw new Error('two parts');
  const kept = { hash: hashOfPart(second.salt, 2, second.text) };
  expect(leafOf(header, [first, kept])).toEqual(leaf);
  expect(leafOf({ hash: commitmentOf(header.salt, header.text) }, [first, kept])).toEqual(leaf);
});

test('a part cannot pass for a part with another number, nor for a header', () => {
  expect(hashOfPart(salt(1), 1, 'x')).not.toEqual(hashOfPart(salt(1), 2, 'x'));
  expect(hashOfPart(salt(1), 1, 'x')).not.toEqual(commitmentOf(salt(1), 'x'));
});

test('refuses content that is no leaf', () => {
  const leaf = leafOf(header, parts);
  for (const wrong of [
    leaf.subarray(1),
    leaf.subarray(0, -1),
    Buffer.concat([Buffer.of(1), leaf.subarray(1)]),
    Buffer.alloc(0),
  ]) {
    expect(() => parseLeaf(wrong)).toThrow('Expected a leaf of version 2');
  }
  expect(() => commitmentOf(salt(7).subarray(1), 'x')).toThrow('Expected a salt of 16 bytes');
});
