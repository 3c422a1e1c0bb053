import { expect, test } from '@jest/globals';
import { SOURCES, textOf } from './sources.ts';

/** What is no SQL: the shell's first parameter, and what a message of graphql-js matched. */
const NO_SQL = ['gateway/answer/validation-messages.ts', 'hub/child.ts'];

const holding = (pattern: RegExp, files: readonly string[]) =>
  files.filter((file) => pattern.test(textOf(file))).sort();

test('the parameters of statements have names: nobody writes a number by hand', () => {
  expect(SOURCES.length).toBeGreaterThan(350);
  expect(holding(/\$\d/, SOURCES)).toEqual(NO_SQL);
});

test('what is excepted speaks no SQL', () => {
  expect(holding(/SELECT|INSERT|UPDATE|DELETE|from 'pg'|statement\.ts/, NO_SQL)).toEqual([]);
});

test('one file numbers them', () => {
  const speaking = SOURCES.filter((file) => /^(chassis|subgraphs)\//.test(file));
  expect(holding(/\$\$\{/, speaking)).toEqual(['chassis/statement.ts']);
});
