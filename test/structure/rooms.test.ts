import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { folders } from '../../chassis/folders.ts';
import { ROOT } from '../../process/root.ts';
import { circlesIn, IMPORTS, SOURCES, textOf } from './sources.ts';

/** The parts that each part may import, besides itself (docs/design.md, section 1). Nobody imports hub/. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  schema: [],
  process: ['schema'],
  build: [],
  chassis: ['schema', 'process'],
  gateway: ['schema', 'process'],
  subgraphs: ['schema', 'process', 'chassis'],
  hub: ['schema', 'process', 'chassis', 'gateway', 'subgraphs'],
};

/** The rooms inside a part, from the bottom up: a room imports only rooms that stand before it. */
const ORDER: Readonly<Record<string, readonly string[]>> = {
  chassis: ['decide', 'input', 'change', 'youth', 'record', 'store', 'news', 'serve'],
  gateway: ['engine', 'admit', 'answer', 'ask', 'pages', 'generic'],
  'gateway/engine': ['prepare', 'plan', 'fetch', 'answer'],
  'subgraphs/registry': [
    'sql',
    'catalogue',
    'entry',
    'change',
    'bar',
    'youth',
    'group',
    'consent',
    'log',
    'view',
    'migrations',
    'operate',
  ],
  'subgraphs/registry/log': ['read', 'sums', 'review', 'alarm', 'seal', 'audit', 'report', 'summary', 'witness'],
  hub: ['postgres', 'databases', 'deploy', 'import'],
};

/** More production files than this in one folder want rooms. */
const MOST_FILES = 25;

const sectors = folders().map(({ name }) => name);

/** The room of a file inside a part: a folder, or the file itself; null outside the part. */
function roomIn(part: string, file: string): string | null {
  return file.startsWith(`${part}/`) ? (file.slice(part.length + 1).split('/')[0] ?? null) : null;
}

/** The rooms of a part with the rooms that each imports. */
function roomsOf(part: string): Map<string, Set<string>> {
  const rooms = new Map<string, Set<string>>();
  for (const [file, targets] of IMPORTS) {
    const from = roomIn(part, file);
    if (from === null) continue;
    const below = rooms.get(from) ?? new Set();
    for (const target of targets) {
      const to = roomIn(part, target);
      if (to !== null && to !== from) below.add(to);
    }
    rooms.set(from, below);
  }
  return rooms;
}

test('imports point one way between the parts, and production never imports a test', () => {
  const wrong = [...IMPORTS].flatMap(([file, targets]) => {
    const [part = '', folder] = file.split('/');
    return targets
      .filter((target) => {
        const [to = '', toFolder] = target.split('/');
        if (to === part) return part === 'subgraphs' && toFolder !== folder;
        return BELOW[part]?.includes(to) !== true || /\.test\.ts$/.test(target);
      })
      .map((target) => `${file} imports ${target}`);
  });
  expect(IMPORTS.size).toBeGreaterThan(350);
  expect(wrong).toEqual([]);
});

test('no imports go round in a circle, types counted', () => {
  expect(circlesIn(new Map([...IMPORTS].map(([file, targets]) => [file, new Set(targets)])))).toEqual([]);
});

describe.each(Object.entries(ORDER))('inside %s/', (part, order) => {
  const rooms = roomsOf(part);

  test('every room has its place in the order', () => {
    const found = [...rooms.keys()].filter((room) => !/\.(ts|js)$/.test(room));
    expect(found.sort()).toEqual([...order].sort());
  });

  test('a room imports only rooms before it', () => {
    const wrong = [...rooms].flatMap(([from, below]) =>
      order.includes(from)
        ? [...below]
            .filter((to) => order.includes(to) && order.indexOf(to) > order.indexOf(from))
            .map((to) => `${part}/${from} imports ${part}/${to}`)
        : [],
    );
    expect(wrong).toEqual([]);
  });

  test('no rooms, files beside them included, go round in a circle', () => {
    expect(circlesIn(rooms)).toEqual([]);
  });
});

test(`no folder holds more than ${MOST_FILES} production files`, () => {
  const sql = globSync('subgraphs/**/*.sql', { cwd: ROOT });
  const counts = new Map<string, number>();
  for (const file of [...SOURCES, ...sql]) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count > MOST_FILES)).toEqual([]);
});

test('every production file is imported by production, or is a program or a subgraph', () => {
  const imported = new Set([...IMPORTS.values()].flat());
  const outside = ['package.json', 'jest.config.js'].map(textOf).join('\n');
  const named = new Set([...SOURCES.map(textOf), outside].join('\n').match(/[\w-]+(?:\/[\w-]+)+\.(?:ts|js)/g));
  const idle = SOURCES.filter((file) => !imported.has(file) && !named.has(file)).filter(
    (file) => !/^subgraphs\/[\w-]+\/index\.ts$/.test(file),
  );
  expect(idle).toEqual([]);
});

test('the chassis and the process name no sector: adding one is adding a folder', () => {
  const named = SOURCES.filter((file) => /^(chassis|process)\//.test(file)).flatMap((file) => {
    const code = textOf(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*$|description: *'[^']*'|`[^`]*`/gm, '');
    return sectors
      .filter((sector) => sector !== 'registry' && new RegExp(`['"/]${sector}['"/]`).test(code))
      .map((sector) => `${file} names ${sector}`);
  });
  expect(named).toEqual([]);
});
