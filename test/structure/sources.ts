import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ROOT } from '../../process/root.ts';

/** The parts of the project that production is made of. */
export const PARTS = ['schema', 'process', 'build', 'chassis', 'gateway', 'subgraphs', 'hub'] as const;

/** The production files, from the project's root, by path; tests and declaration files left out. */
export const SOURCES: readonly string[] = globSync(`{${PARTS.join(',')}}/**/*.{ts,tsx,js}`, { cwd: ROOT })
  .filter((file) => !/\.(test|d)\.ts$/.test(file))
  .sort();

/** The text of a file that is named from the project's root. */
export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** The files that a file imports by a relative path, types included; from the project's root. */
export function importsOf(file: string): string[] {
  return [...textOf(file).matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'(\.[^']+)'/g)].map(([, path = '']) =>
    normalize(join(dirname(file), path)),
  );
}

/** Every production file with the files that it imports. */
export const IMPORTS: ReadonlyMap<string, readonly string[]> = new Map(SOURCES.map((file) => [file, importsOf(file)]));

/** The circles in a graph, each from its first node back to it. */
export function circlesIn(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (node: string, path: readonly string[]): void => {
    if (path.includes(node)) {
      circles.push([...path.slice(path.indexOf(node)), node].join(' -> '));
      return;
    }
    if (done.has(node)) return;
    for (const next of graph.get(node) ?? []) walk(next, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) walk(node, []);
  return circles;
}
