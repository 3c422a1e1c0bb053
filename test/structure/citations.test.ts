import { existsSync, globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../process/root.ts';
import { textOf } from './sources.ts';

const FOLDERS = '{schema,process,build,chassis,gateway,subgraphs,hub,test,docs}';

/** Everything that people write: sources, tests, SQL, pages. What is generated repeats them. */
const FILES: readonly string[] = globSync([`${FOLDERS}/**/*.{ts,tsx,js,sql,md,yaml,graphql}`, '*.md', '.ci/run'], {
  cwd: ROOT,
  // This file cites what is not there on purpose.
  exclude: (path) => /(^|\/)(node_modules|generated|citations\.test\.ts)(\/|$)/.test(path),
}).sort();

const BASENAMES: ReadonlySet<string> = new Set(
  globSync([`${FOLDERS}/**/*.*`, '*.*'], { cwd: ROOT }).map((file) => basename(file)),
);

const design = textOf('docs/design.md');
const readings = textOf('docs/decisions/0003-interpretations.md');
const records = globSync('docs/decisions/*.md', { cwd: ROOT });

const SENTENCES = new Set([...design.matchAll(/^- (C\d+) /gm)].map(([, number]) => number));
const SECTIONS = new Set([...design.matchAll(/^## (\d+)\. /gm)].map(([, number]) => number));
const READINGS = new Set([...readings.matchAll(/^- \*\*(R\d+) /gm)].map(([, number]) => number));
const RECORDS = new Set(records.map((file) => Number(basename(file).slice(0, 4))));

/** The comments of a source file, or the whole of a page. */
function proseOf(file: string, text = textOf(file)): string {
  if (!/\.(ts|tsx|js|sql)$/.test(file)) return text;
  const comments = file.endsWith('.sql')
    ? text.matchAll(/--[^\n]*|\/\*[\s\S]*?\*\//g)
    : text.matchAll(/(?<!['"`\w:/])\/\/[^\n]*|\/\*[\s\S]*?\*\//g);
  return [...comments].map(([comment]) => comment).join('\n');
}

interface Kind {
  /** Finds a citation; its first group is what it cites. */
  readonly pattern: RegExp;
  readonly resolves: (cited: string, file: string) => boolean;
}

const KINDS: Readonly<Record<string, Kind>> = {
  'a sentence of the rule': { pattern: /(?<![\w-])(C\d{1,2})(?![\w-])/g, resolves: (cited) => SENTENCES.has(cited) },
  'a section of the design': {
    pattern: /(?:DESIGN|design(?:\.md)?\)?),?\s+(?:\*\s+)?sections?\s+(\d+)/gi,
    resolves: (cited) => SECTIONS.has(cited),
  },
  'a reading of the rule': { pattern: /(?<![\w-])(R\d{1,2})(?![\w-])/g, resolves: (cited) => READINGS.has(cited) },
  'a decision record': {
    pattern: /\bdecisions?(?: records?)? (\d{1,4})\b/gi,
    resolves: (cited) => RECORDS.has(Number(cited)),
  },
  'a link in a page': {
    pattern: /\]\((?!https?:|#)([^)#\s]+)/g,
    resolves: (cited, file) => !file.endsWith('.md') || existsSync(join(ROOT, dirname(file), cited)),
  },
  'a file': {
    pattern: /(?<![\w./:@*<-])((?:[\w.-]+\/)*[\w-]+(?:\.test)?\.(?:ts|tsx|sql|md|svg))(?![\w/])/g,
    resolves: (cited, file) => isThere(cited, file),
  },
  'an npm script': {
    pattern: /\bnpm run ([a-z][a-z:]*)/g,
    resolves: (cited) => Object.hasOwn(JSON.parse(textOf('package.json')).scripts, cited),
  },
};

/** A path from the root, from the file's own folder or from a folder above it; a bare name is that of any file. */
function isThere(cited: string, file: string): boolean {
  if (!cited.includes('/')) return BASENAMES.has(cited);
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(ROOT, folder, cited))) return true;
    if (folder === '.') return false;
  }
}

function danglingIn(file: string, text: string, { pattern, resolves }: Kind): string[] {
  return [...text.matchAll(pattern)].map(([, cited = '']) => cited).filter((cited) => !resolves(cited, file));
}

test.each(Object.entries(KINDS))('every citation of %s resolves', (_name, kind) => {
  const dangling = FILES.flatMap((file) => danglingIn(file, proseOf(file), kind).map((cited) => `${file}: ${cited}`));
  expect(dangling).toEqual([]);
});

test('the rule has its sentences, sections, readings and records', () => {
  expect([SENTENCES.size, SECTIONS.size, READINGS.size]).toEqual([18, 8, 20]);
  expect([...RECORDS].sort((a, b) => a - b)).toEqual(records.map((_file, index) => index + 1));
});

test('what dangles is found, of every kind', () => {
  const samples: Readonly<Record<string, string>> = {
    'a sentence of the rule': '/** Never (C19). */',
    'a section of the design': '/** As it is (DESIGN section 9). */',
    'a reading of the rule': '// R21',
    'a decision record': '// decision record 99 says why',
    'a link in a page': '[gone](docs/gone.md)',
    'a file': '// see chassis/gone.ts',
    'an npm script': '/** `npm run gone` */',
  };
  const found = Object.entries(KINDS).filter(([name, kind]) => {
    const file = name === 'a link in a page' ? 'README.md' : 'chassis/sql.ts';
    return danglingIn(file, proseOf(file, samples[name]), kind).length === 1;
  });
  expect(found.map(([name]) => name)).toEqual(Object.keys(KINDS));
});

test('every page that is not built yet says so in brackets that close', () => {
  for (const page of ['docs/design.md', 'docs/domain.md']) {
    const text = textOf(page);
    expect([page, text.match(/\*not yet(?::\*|\*)/g)?.length]).toEqual([page, expect.any(Number)]);
    expect([page, text.split('[').length]).toEqual([page, text.split(']').length]);
  }
});
