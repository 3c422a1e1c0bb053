import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { choose, partsOf, SUITES, WANTED } from '../setup/parts.ts';
import { filesOf, ROOT } from './files.ts';

const HUB = 'test/hub/on-one-hub';

const chosen = (...patterns: string[]) => choose(patterns, '/root');

test('every file with tests is found by its name: it is a suite, or a part that its suite names', () => {
  const named = Object.entries(SUITES).flatMap(([suite, parts]) =>
    parts.map((part) => `${join(dirname(suite), part)}.ts`),
  );
  const files = filesOf('schema', 'process', 'build', 'gateway', 'chassis', 'subgraphs', 'hub', 'test').filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && /^ *test(\.\w+)*\(/m.test(textOf(file)),
  );
  expect(files.sort()).toEqual(named.sort());
  expect(named.length).toBeGreaterThan(40);
});

test('every suite of parts runs those that it names', () => {
  const suites = Object.keys(SUITES).filter((suite) => !textOf(`${suite}.test.ts`).includes(`partsOf('${suite}')`));
  expect(suites).toEqual([]);
});

test('a name selects a part, and its suite to run it', () => {
  expect(chosen('action-plan')).toEqual({
    patterns: ['action-plan', `${HUB}\\.test\\.ts`],
    wanted: { [HUB]: ['on-one-hub/action-plan'] },
  });
  expect(chosen('bars').wanted).toEqual({
    [HUB]: ['on-one-hub/bars'],
    'test/registry/on-one-registry': ['on-one-registry/bars'],
  });
});

test('a part that looks for what others have done brings them, in their order', () => {
  expect(chosen('access-reports').wanted).toEqual({
    'test/registry/on-one-registry': ['on-one-registry/access-reports', 'on-one-registry/access-report-proofs'],
  });
  expect(chosen('written-entries').wanted).toEqual({
    'test/hub/on-issuer-hub': ['writing', 'refused-writing', 'written-entries'].map((part) => `on-issuer-hub/${part}`),
  });
});

test('a pattern that matches a suite selects all of its parts, and one that matches no part is left to jest', () => {
  for (const patterns of [['test/hub'], ['on-one-hub'], [], ['schema/'], ['action-plan', HUB]]) {
    expect([patterns, chosen(...patterns)]).toEqual([patterns, { patterns, wanted: {} }]);
  }
});

test('a suite runs the wanted parts in its order, and all of them where none is wanted', () => {
  const env = { [WANTED]: JSON.stringify({ [HUB]: ['on-one-hub/bars', 'on-one-hub/access-log'] }) };
  expect(partsOf(HUB, env)).toEqual(['on-one-hub/access-log', 'on-one-hub/bars']);
  expect(partsOf('test/faults/on-one-hub', env)).toEqual(SUITES['test/faults/on-one-hub']);
  expect(partsOf(HUB, {})).toEqual(SUITES[HUB]);
});

function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
