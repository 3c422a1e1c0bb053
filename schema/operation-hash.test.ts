import { expect, test } from '@jest/globals';
import { operationHash } from './operation-hash.ts';

test('hashes to lower-case hex SHA-256', () => {
  expect(operationHash('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('gives an operation one hash whatever its layout, and another when it asks for something else', () => {
  expect(operationHash('# a note\nquery {\n  a\n}\n')).toBe(operationHash('query{a}'));
  expect(operationHash('query { b }')).not.toBe(operationHash('query { a }'));
});

test('hashes without literals, so that no identity number can be found by trying', () => {
  const link = (number: string) => operationHash(`mutation { link(input: { number: ${number} }) { id } }`);
  expect(link('"200001012384"')).toBe(link('"200001012392"'));
  expect(link('200001012384')).toBe(link('200001012392'));
  expect(link('"a"')).not.toBe(link('$number'));
});
