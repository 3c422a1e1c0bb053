import { globSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../process/root.ts';
import { SOURCES, textOf } from './sources.ts';

/** The rooms whose English is plain already; a room that is done is added here and never leaves. */
const DONE = ['build', 'chassis', 'gateway', 'hub', 'process', 'schema', 'subgraphs'];

const isDone = (file: string): boolean => DONE.some((room) => file.startsWith(`${room}/`));

const PRODUCTION = SOURCES.filter(isDone);
const TESTS = globSync('**/*.{ts,tsx}', { cwd: ROOT, exclude: ['node_modules'] }).filter(
  (file) => isDone(file) && textOf(file).includes("from '@jest/globals'"),
);
/** Decision records are kept as they were written. */
const DOCUMENTS = globSync(['*.md', 'docs/*.md', ...DONE.map((room) => `${room}/**/*.md`)], { cwd: ROOT });

/** A docblock begins with its subject, not with a question or a relative clause. */
const CLUMSY_DOCBLOCK = /\/\*\*[\s*]+(?:What|How|Of|Is|So many|So long|So few)\b[^\n]*/g;

/** Only people are told; a program reports, shows, lists, writes or rejects. */
const TOLD = /[^\n]*\b(?:is|are)(?:\s|\*|\/\/)+told\b/g;

/** The names of tests and groups, but for the number of a sentence that they begin with. */
const NAME = /\b(?:describe|test|it|onLinux)(?:\.each[\s\S]*?\]\)|\.each\([^)]*\))?\(\s*(['`])(?:C\d+ )?(.*?)\1,/g;
const CLUMSY_NAME = /^(?:what|how|of)\b/i;

/** Each match in each file, after the file's path. */
function found(files: readonly string[], pattern: RegExp): string[] {
  return files.flatMap((file) => [...textOf(file).matchAll(pattern)].map(([match]) => `${file}: ${match.trim()}`));
}

/** The names in a test file that begin with a clumsy word. */
function clumsyNames(text: string): string[] {
  return [...text.matchAll(NAME)].map(([, , name = '']) => name).filter((name) => CLUMSY_NAME.test(name));
}

test('finds the production files and the tests of the rooms', () => {
  expect(PRODUCTION.length).toBeGreaterThan(100);
  expect(TESTS.length).toBeGreaterThan(35);
});

test('begins no docblock with What, How, Of, Is or So many', () => {
  expect('/** What it is. */'.match(CLUMSY_DOCBLOCK)).not.toBeNull();
  expect('/**\n * Of two, the first.\n */'.match(CLUMSY_DOCBLOCK)).not.toBeNull();
  expect(found(PRODUCTION, CLUMSY_DOCBLOCK)).toEqual([]);
});

test('writes "is told" in no comment, message or document', () => {
  expect('// A key is\n// told apart.'.match(TOLD)).not.toBeNull();
  expect(found([...PRODUCTION, ...DOCUMENTS], TOLD)).toEqual([]);
});

test('begins no name of a test with what, how or of', () => {
  expect(clumsyNames("test('C12 of two, the first', () => {")).toEqual(['of two, the first']);
  expect(clumsyNames("test.each([1])('what it does', () => {")).toEqual(['what it does']);
  expect(TESTS.flatMap((file) => clumsyNames(textOf(file)).map((name) => `${file}: ${name}`))).toEqual([]);
});
