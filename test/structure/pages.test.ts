import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { folders } from '../../chassis/folders.ts';
import { ROOT } from '../../process/root.ts';
import { blocksOf, PAGES, placeOf, type Snippet, snippets } from '../setup/snippets.ts';
import { importsOf, SOURCES, textOf } from './sources.ts';

const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Readonly<Record<string, string>> };

/** A line of a `sh check` block: what npm runs, and with which parameters; null for another program's. */
interface Command {
  readonly script: string;
  readonly parameters: readonly string[];
}

/** The commands of a block, comments and variables in front left out. */
function commandsOf(text: string): string[] {
  return text
    .split(/\n|&&/)
    .map((line) => line.replace(/\s{2,}#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** The variables that are set before a command, and the rest of it. */
function withoutVariables(command: string): { readonly variables: readonly string[]; readonly rest: string } {
  const words = command.split(' ');
  const first = words.findIndex((word) => !/^\w+=/.test(word));
  const variables = words.slice(0, first).map((word) => word.split('=')[0] ?? '');
  return { variables, rest: words.slice(first).join(' ') };
}

function npmCommand(command: string): Command | null {
  const [program, verb = '', ...rest] = withoutVariables(command).rest.split(' ');
  if (program !== 'npm') return null;
  if (verb === 'ci') return { script: 'prepare', parameters: [] };
  const [script = '', dashes, ...parameters] = verb === 'run' ? rest : [verb, ...rest];
  if (dashes !== undefined && dashes !== '--') throw new Error(`"${command}" needs -- before its parameters.`);
  return { script, parameters };
}

/** The source files that a script runs: its program, and what that imports. */
function sourcesOf(script: string): string[] {
  const entry = /(\S+\.ts)\b/.exec(scripts[script]?.replace(/--import \S+/, '') ?? '')?.[1];
  return entry === undefined ? [] : [entry, ...importsOf(entry)];
}

/** What a program says that it takes; of a program without a help of its own, its source. */
function helpOf({ script, parameters }: Command): string {
  const sources = sourcesOf(script);
  const [entry = ''] = sources;
  if (!sources.some((file) => /'commander'/.test(textOf(file)))) return sources.map(textOf).join('\n');
  const words = parameters.slice(0, parameters.findIndex((word) => !/^[a-z][a-z-]*$/.test(word)) >>> 0);
  // An unknown part of a command is answered with the help of the whole, which has none of its options.
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', join(ROOT, 'build/typescript.js'), entry, ...words, '--help'],
    { cwd: ROOT, encoding: 'utf8', env: { PATH: process.env.PATH } },
  );
  return status === 0 ? stdout : `failed: ${stderr}`;
}

/** What of a command is not there: script, option, file or subgraph. */
function missingOf(command: string): string[] {
  const npm = npmCommand(command);
  if (npm === null) return missingOfComposition(command);
  const { script, parameters } = npm;
  if (scripts[script] === undefined) return [`npm run ${script}`];
  const options = parameters.filter((word) => word.startsWith('--'));
  const help = options.length === 0 ? '' : helpOf(npm);
  const paths = parameters.filter((word) => word.includes('/') && !word.startsWith('--') && script !== 'test');
  const patterns = parameters.filter((word) => script === 'test' && !word.startsWith('--'));
  const named = script === 'subgraph' || script === 'import' ? parameters.slice(0, 1) : [];
  return [
    ...withoutVariables(command).variables.filter(
      (variable) => !textOf('docs/operators.md').includes(`| \`${variable}\` |`),
    ),
    ...options.filter((option) => !new RegExp(`(?<![\\w-])${option}(?![\\w-])`).test(help)),
    ...paths.filter((path) => !existsSync(join(ROOT, path))),
    ...patterns.filter((pattern) => globSync(`${pattern}*`, { cwd: ROOT }).length === 0),
    ...named.filter((name) => !folders().some((folder) => folder.name === name)),
  ];
}

/** `docker compose` with the variables that docker-compose.yml reads. */
function missingOfComposition(command: string): string[] {
  const { variables, rest } = withoutVariables(command);
  const composition = textOf('docker-compose.yml');
  return [
    ...variables.filter((variable) => !composition.includes(`\${${variable}`)),
    ...(rest === 'docker compose up --detach' ? [] : [rest]),
  ];
}

const checked = snippets().filter(({ act }) => act === 'check');
const isRunnable = ({ language, act }: Snippet) =>
  ['sh run', 'sh check', 'graphql run', 'text '].includes(`${language} ${act}`);

test('every block of a page says how a test runs it; what is only looked at is text', () => {
  expect(snippets().length).toBeGreaterThan(40);
  expect(
    snippets()
      .filter((snippet) => !isRunnable(snippet))
      .map(placeOf),
  ).toEqual([]);
});

test.each(checked.map((snippet) => [placeOf(snippet), snippet] as const))(
  'what %s runs is there, with these options',
  (_place, { text }) => {
    expect(commandsOf(text).flatMap(missingOf)).toEqual([]);
  },
);

test('a wrong script, option, file or pattern is found', () => {
  const wrong = [
    'npm run audits -- export',
    'npm run audit -- export --since 2026-01-01 DIR',
    'npm run audit -- exports --from 2026-01-01 DIR',
    'npm run programme -- add schema/programmes/none.yaml',
    'npm test -- test/none',
    'npm run subgraph -- schools',
    'npm run gateway -- --supergraphs FILE',
    'SAMSYN_NONE=x docker compose up --detach',
    'rm -rf .samsyn',
  ];
  expect(wrong.filter((command) => missingOf(command).length === 0)).toEqual([]);
});

test('a block is read with its words', () => {
  const [block] = blocksOf('a.md', 'one\n\n```graphql run as=school-system errors=FORBIDDEN\n{ me { agency } }\n```\n');
  expect(block).toEqual({
    page: 'a.md',
    line: 3,
    language: 'graphql',
    act: 'run',
    with: { as: 'school-system', errors: 'FORBIDDEN' },
    text: '{ me { agency } }\n',
  });
});

test('the README takes at most 12 kB and leads to every guide', () => {
  const readme = textOf('README.md');
  const guides = PAGES.filter((page) => page.startsWith('docs/'));
  expect(Buffer.byteLength(readme)).toBeLessThanOrEqual(12_000);
  expect(guides.filter((page) => !readme.includes(`(${page}`))).toEqual([]);
});

describe('the list of operations', () => {
  const files = readdirSync(join(ROOT, 'schema/operations')).filter((file) => file.endsWith('.graphql'));
  const list = textOf('schema/operations/README.md');

  test('has every published operation once', () => {
    expect([...list.matchAll(/\]\(([\w-]+\.graphql)\)/g)].map(([, file]) => file).sort()).toEqual(files.sort());
  });
});

test('every variable that production reads is in the operators’ guide', () => {
  const guide = readFileSync(join(ROOT, 'docs/operators.md'), 'utf8');
  // Of the demo alone: where npm start keeps the key of its issuer.
  const internal = ['SAMSYN_DEMO_ISSUER_KEY_FILE'];
  const read = SOURCES.flatMap((file) => textOf(file).match(/\bSAMSYN_[A-Z]+(?:_[A-Z]+)*(?![A-Z_$])/g) ?? []);
  const unknown = new Set(read.map((name) => name.replace(/(?<!DEMO_ISSUER_KEY)_FILE$/, '')));
  expect([...unknown].filter((name) => !guide.includes(name) && !internal.includes(name))).toEqual([]);
});

test('words.md has each word of the design’s list', () => {
  const [, list = ''] = /^## 6\. Words[^\n]*\n\n([\s\S]*?)Swedish terms/m.exec(textOf('docs/design.md')) ?? [];
  const words = list
    .replace(/\([^)]*\)/g, '')
    .split(/[,.]/)
    .map((word) => word.trim())
    .filter(Boolean);
  const known = [...textOf('docs/words.md').matchAll(/^\| ([^|]+?) \|/gm)].map(([, word]) => word);
  expect(words).toHaveLength(30);
  expect(words.filter((word) => !known.includes(word))).toEqual([]);
});
