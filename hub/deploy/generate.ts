import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { folders } from '../../chassis/folders.ts';
import { exitOnFault } from '../../process/configuration.ts';
import { ComposeError, compose } from '../../schema/compose/compose.ts';
import { renderCompose } from './compose-file.ts';
import { GUIDE, operatorsGuide } from './variables.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Everything that is generated from the folders, by path from the project's root: each subgraph's SDL, the supergraph,
 * the programs of other routers, docker-compose.yml and the table of variables in the operators' guide. Throws a ComposeError that names every fault
 * of the schemas.
 */
export async function generate(): Promise<ReadonlyMap<string, string>> {
  const names = folders().map(({ name }) => name);
  const subgraphs = await Promise.all(names.map(async (name) => ({ name, sdl: await sdlOf(name) })));
  return new Map([
    ...subgraphs.map(({ name, sdl }) => [`schema/generated/${name}.graphql`, sdl] as const),
    ['schema/generated/supergraph.graphql', compose(subgraphs).supergraph],
    ...(await routers()),
    ['docker-compose.yml', renderCompose()],
    [GUIDE, operatorsGuide()],
  ]);
}

/** The paths of generated files on disk that differ from what `generate` makes now. */
export async function drift(): Promise<string[]> {
  const made = await generate();
  return [...made].filter(([path, text]) => textAt(path) !== text).map(([path]) => path);
}

/** The programs of other federation routers, each one file. The maker of the build bundles them: production has no bundler. */
async function routers(): Promise<(readonly [path: string, text: string])[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['build/bundle-routers.js'], {
    cwd: root,
    maxBuffer: 16 * 1024 * 1024,
  });
  const made = JSON.parse(stdout) as Readonly<Record<string, string>>;
  return Object.entries(made).map(([name, text]) => [`deploy/routers/generated/${name}`, text] as const);
}

/** One folder's SDL, from a process of its own: type-graphql keeps one store of metadata per process. */
async function sdlOf(name: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', './build/typescript.js', 'chassis/serve/sdl.ts', name],
    { cwd: root, maxBuffer: 16 * 1024 * 1024 },
  );
  return stdout;
}

function textAt(path: string): string | null {
  try {
    return readFileSync(`${root}${path}`, 'utf8');
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fault;
  }
}

/** `npm run schema` */
async function main(): Promise<void> {
  for (const [path, text] of await generate()) {
    mkdirSync(dirname(`${root}${path}`), { recursive: true });
    writeFileSync(`${root}${path}`, text);
    process.stdout.write(`${path}\n`);
  }
}

/** Writes every fault of a schema that does not compose, each on its line. */
function listFaults(fault: unknown): never {
  if (!(fault instanceof ComposeError)) throw fault;
  process.stderr.write(`${fault.message}\n`);
  process.exit(1);
}

if (import.meta.main) exitOnFault(() => main().catch(listFaults));
