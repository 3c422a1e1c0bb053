import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { folders } from '../../chassis/folders.ts';
import type { Subgraph } from '../../chassis/subgraph.ts';
import { ROOT } from '../../process/root.ts';

const loaded = await Promise.all(
  folders().map(async ({ name }) => (await import(`../../subgraphs/${name}/index.ts`)) as { subgraph: Subgraph }),
);
const scripts = loaded.flatMap(({ subgraph: { migrations } }) => [...migrations.tables, ...migrations.functions]);

test('every file of SQL is a migration or makes functions: none is forgotten in the lists', () => {
  const files = ['subgraphs', 'chassis']
    .flatMap((part) =>
      readdirSync(join(ROOT, part), { recursive: true, encoding: 'utf8' }).map((file) => join(part, file)),
    )
    .filter((file) => file.endsWith('.sql'));
  const texts = new Set(scripts.map(({ text }) => text()));
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((file) => !texts.has(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
});

test('no two scripts of a database share a name', () => {
  for (const { subgraph } of loaded) {
    for (const part of [subgraph.migrations.tables, subgraph.migrations.functions]) {
      expect(new Set(part.map(({ name }) => name)).size).toBe(part.length);
    }
  }
});

test('files of functions replace what they make, so that they can be applied again', () => {
  const making = loaded.flatMap(({ subgraph }) => subgraph.migrations.functions);
  const wrong = making.flatMap(({ name, text }) =>
    (text().match(/^\s*create (?!or replace )[^\n]*/gim) ?? []).map((line) => `${name}: ${line.trim()}`),
  );
  expect(wrong).toEqual([]);
});
