import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { folders } from '../../chassis/folders.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Our own sources, by path from the project's root, tests left out. */
const sources = ['schema', 'process', 'build', 'gateway', 'chassis', 'subgraphs', 'hub'].flatMap((part) =>
  readdirSync(join(root, part), { recursive: true, encoding: 'utf8' })
    .map((file) => join(part, file))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('.d.ts')),
);

const imports = new Map(
  sources.map((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const specifiers = [...text.matchAll(/(?:from|import)\s+'(\.[^']+)'/g)].map(([, specifier]) => specifier ?? '');
    return [file, specifiers.map((specifier) => normalize(join(dirname(file), specifier)))] as const;
  }),
);

const sectors = folders().map(({ name }) => name);

/** The place of a file in the one-way order: a sector's folder, or a part of the project. */
function placeOf(file: string): string {
  const [part = '', folder = ''] = file.split('/');
  return part === 'subgraphs' ? `sector ${folder}` : part;
}

/** What each part stands on, besides itself; the hub brings all of them up. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  schema: [],
  process: ['schema'],
  build: [],
  chassis: ['schema', 'process'],
  gateway: ['schema', 'process'],
};

function mayImport(from: string, to: string): boolean {
  if (from === to || from === 'hub') return true;
  return (BELOW[from] ?? ['schema', 'process', 'chassis']).includes(to);
}

test('imports point one way: sector to chassis to schema and process, gateway to these two, never to a test', () => {
  const wrong = [...imports].flatMap(([file, targets]) =>
    targets.filter((target) => !mayImport(placeOf(file), placeOf(target))).map((target) => `${file} imports ${target}`),
  );
  expect(imports.size).toBeGreaterThan(50);
  expect(wrong).toEqual([]);
});

test('no imports go round in a circle, types aside', () => {
  const valueImports = new Map(
    sources.map((file) => {
      const text = readFileSync(join(root, file), 'utf8').replace(/import type [^;]+;/g, '');
      const specifiers = [...text.matchAll(/(?:from|import)\s+'(\.[^']+)'/g)].map(([, specifier]) => specifier ?? '');
      return [file, specifiers.map((specifier) => normalize(join(dirname(file), specifier)))] as const;
    }),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      circles.push([...path.slice(path.indexOf(file)), file].map((step) => relative('.', step)).join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const target of valueImports.get(file) ?? []) walk(target, [...path, file]);
    done.add(file);
  };
  for (const file of sources) walk(file, []);
  expect(circles).toEqual([]);
});

test('the chassis names no sector: adding one is adding a folder', () => {
  const named = sources
    .filter((file) => placeOf(file) === 'chassis')
    .flatMap((file) => {
      const code = readFileSync(join(root, file), 'utf8').replace(
        /\/\*[\s\S]*?\*\/|\/\/.*$|description: *'[^']*'|`[^`]*`/gm,
        '',
      );
      return sectors
        .filter((sector) => sector !== 'registry' && new RegExp(`['"/]${sector}['"/]`).test(code))
        .map((sector) => `${file} names ${sector}`);
    });
  expect(named).toEqual([]);
});
