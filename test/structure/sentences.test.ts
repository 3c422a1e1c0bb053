import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { filesOf, ROOT } from './files.ts';

/** The sentences of the rule, by their numbers. */
const SENTENCES = Array.from({ length: 18 }, (_, index) => `C${index + 1}`);

/** A name that begins with the number of a sentence, where a test, a group of tests or a law is named. */
const NAMED = /(?<=['`])C\d+(?= )/g;

const tested = new Map<string, string[]>();
for (const file of filesOf('schema', 'process', 'build', 'gateway', 'chassis', 'subgraphs', 'hub', 'test')) {
  const text = readFileSync(join(ROOT, file), 'utf8');
  if (file.startsWith('test/structure/') || !text.includes("from '@jest/globals'")) continue;
  for (const [number] of text.matchAll(NAMED)) tested.set(number, [...(tested.get(number) ?? []), file]);
}

test('every sentence of the rule has tests whose names begin with its number', () => {
  expect(SENTENCES.filter((sentence) => !tested.has(sentence))).toEqual([]);
});

test('no test names a sentence that the rule does not have', () => {
  expect([...tested.keys()].filter((number) => !SENTENCES.includes(number))).toEqual([]);
});
