import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from '@jest/globals';
import { filesOf, PRODUCTION, ROOT } from './files.ts';

const files = filesOf(...PRODUCTION);

/** Where production keeps files that are no code: the contract, and what is generated from it. */
const CONTENT = /\.(ts|js|sql|md)$|^schema\/(operations|generated)\/|^schema\/programmes\//;

/** Words by which a file calls itself a fixture. */
const FIXTURE = /(^|[/.-])(examples?|fixtures?|mocks?|fakes?|stubs?|canar(y|ies))([/.-]|$)|__\w+__/;

test('no file in a folder of production is a fixture: these are under test/', () => {
  expect(files.length).toBeGreaterThan(400);
  // What production itself shows as an example is none.
  const used = new Set(files.filter(isProduction).flatMap((file) => importsOf(file).map(({ target }) => target)));
  const isFixture = (file: string) => FIXTURE.test(file) && !used.has(file);
  expect(files.filter((file) => isFixture(file) || !CONTENT.test(file))).toEqual([]);
});

test('a test imports no other test: what several need is under test/', () => {
  const imports = [...files, ...filesOf('test')].filter((file) => file.endsWith('.ts')).flatMap(importsOf);
  expect(imports.filter(({ target }) => target.endsWith('.test.ts')).map(({ from }) => from)).toEqual([]);
});

function isProduction(file: string): boolean {
  return file.endsWith('.ts') && !file.endsWith('.test.ts');
}

function importsOf(file: string): { readonly from: string; readonly target: string }[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s+'(\.[^']+)'/g)].map(([, specifier = '']) => ({
    from: file,
    target: normalize(join(dirname(file), specifier)),
  }));
}
