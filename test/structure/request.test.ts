import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { SUBGRAPH_MOMENTS } from '../../chassis/serve/moments.ts';
import { SUBGRAPH_STEPS } from '../../chassis/serve/server.ts';
import { GATEWAY_STEPS } from '../../gateway/app.ts';
import { GATEWAY_MOMENTS } from '../../gateway/moments.ts';
import { ROOT } from '../../process/root.ts';
import { ERROR_CODES } from '../../schema/errors.ts';
import { IMPORTS, textOf } from './sources.ts';

const PAGE = 'docs/request.md';

/** The cells of the table under a heading of the page, its head left out. */
function tableUnder(heading: string): string[][] {
  const section = textOf(PAGE).split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

const named = (cell = '') => /^`([^`]+)`$/.exec(cell)?.[1] ?? `no name: ${cell}`;
const codesIn = (cell = '') => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, code = '']) => code);

interface Listed {
  readonly steps: readonly { readonly name: string; readonly at: string; readonly take: unknown }[];
  readonly moments: readonly string[];
  /** The file that holds the list. */
  readonly list: string;
}

const LISTS: Readonly<Record<string, Listed>> = {
  'Through the gateway': { steps: GATEWAY_STEPS, moments: GATEWAY_MOMENTS, list: 'gateway/app.ts' },
  'Through a subgraph': { steps: SUBGRAPH_STEPS, moments: SUBGRAPH_MOMENTS, list: 'chassis/serve/server.ts' },
};

describe.each(Object.entries(LISTS))('%s', (heading, { steps, moments, list }) => {
  const rows = tableUnder(heading);

  test('the page has the steps of the code, in their order', () => {
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.map(([name]) => name)).toEqual(steps.map(({ name }) => name));
    expect(rows.filter((row) => row.length !== 4)).toEqual([]);
  });

  test('the steps are in the order of the moments, and every moment has one', () => {
    const taken = steps.map(({ at }) => moments.indexOf(at));
    expect(taken).toEqual(taken.toSorted((a, b) => a - b));
    expect([...new Set(steps.map(({ at }) => at))]).toEqual([...moments]);
  });

  test.each(steps.map(({ name, take }, index) => [name, take, named(rows[index]?.[1])] as const))(
    'the step “%s” is what its file exports',
    async (_name, take, file) => {
      const exported = existsSync(join(ROOT, file))
        ? ((await import(join(ROOT, file))) as Record<string, unknown>)
        : {};
      expect(Object.values(exported)).toContain(take);
    },
  );

  test('what the schema or the engine does by itself is used where it is done, and not listed alone', () => {
    const within = rows.filter((_, index) => ['engine', 'field'].includes(steps[index]?.at ?? ''));
    const idle = within
      .map(([, file]) => named(file))
      .filter((file) => ![...IMPORTS].some(([from, targets]) => from !== list && targets.includes(file)));
    expect(within.length).toBeGreaterThan(2);
    expect(idle).toEqual([]);
  });

  test('every code is one of the closed set', () => {
    const codes = rows.flatMap(([, , wrong]) => codesIn(wrong));
    expect(codes.filter((code) => !ERROR_CODES.some((known) => known === code))).toEqual([]);
  });

  test('every sentence is one of the rule', () => {
    const cited = rows.flatMap(([, , , sentences = '']) => sentences.split(' ').filter((word) => word !== ''));
    const rule: readonly string[] = textOf('docs/design.md').match(/^- C\d+(?= )/gm) ?? [];
    expect(rule).toHaveLength(18);
    expect(cited.filter((sentence) => !rule.includes(`- ${sentence}`))).toEqual([]);
  });
});

test('the two tables together leave out no code that a client can meet', () => {
  const told = Object.keys(LISTS).flatMap((heading) => tableUnder(heading).flatMap(([, , wrong]) => codesIn(wrong)));
  expect(ERROR_CODES.filter((code) => !told.includes(code))).toEqual([]);
});

describe('where a youth’s id goes', () => {
  const stations = tableUnder("Where a youth's id goes").map(([file, name]) => ({
    file: named(file),
    name: named(name),
  }));

  test('every station is a function or a class of its file', () => {
    const wrong = stations.filter(
      ({ file, name }) =>
        !existsSync(join(ROOT, file)) ||
        !new RegExp(`(?:\\b(?:function|class) ${name}\\b|^ {2}${name}\\()`, 'm').test(textOf(file)),
    );
    expect(stations.length).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
  });

  test('it goes through at most 16 files, and comes back to at most 2', () => {
    const files = stations.map(({ file }) => file);
    const entered = files.filter((file, index) => file !== files[index - 1]);
    expect(new Set(files).size).toBeLessThanOrEqual(16);
    expect(entered.length - new Set(entered).size).toBeLessThanOrEqual(2);
  });
});
