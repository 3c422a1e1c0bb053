import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../process/root.ts';

/** The version that is released: what databases out there were made by, and what its clients know. */
export interface Released {
  readonly version: string;
  /** Of the project's own history. */
  readonly commit: string;
  /** The file of the schema that its clients see, from the project's root. */
  readonly apiSchema: string;
  /** The file of its databases' catalogues by database, as catalogueOf gives them, from the project's root. */
  readonly catalogue: string;
}

export const RELEASED: Released = JSON.parse(readFileSync(join(ROOT, 'test/released.json'), 'utf8'));

/** Why the released version cannot be built here; null when it can. */
export function whyNotBuilt(): string | null {
  try {
    execFileSync('git', ['-C', ROOT, 'cat-file', '-e', `${RELEASED.commit}^{commit}`], { stdio: 'ignore' });
    return null;
  } catch {
    return `this clone lacks commit ${RELEASED.commit.slice(0, 7)} of release ${RELEASED.version}: git fetch --unshallow`;
  }
}

/** Takes what was released out of the history into a new folder, which runs on the packages that are installed here. */
export function buildReleased(folder: string): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  const archive = execFileSync('git', ['-C', ROOT, 'archive', '--format=tar', RELEASED.commit], { maxBuffer: 2 ** 28 });
  execFileSync('tar', ['x', '-C', folder], { input: archive });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

/** Has the released version, built in `folder`, make a hub's data folder with the demo world, and stop. */
export function prepareReleasedHub(folder: string, data: string): void {
  run(
    folder,
    `import { prepareHub } from './subgraphs/hub.ts';
     await prepareHub({ folder: ${JSON.stringify(data)}, fsync: false });`,
  );
}

/** The schema that clients of the released version, built in `folder`, see. */
export function releasedApiSchema(folder: string): string {
  return run(
    folder,
    `import { readFileSync } from 'node:fs';
     import { printSchemaWithDirectives } from '@graphql-tools/utils';
     import { parse } from 'graphql';
     import { apiSchemaOf } from './gateway/engine/api-schema.ts';
     const supergraph = parse(readFileSync('schema/generated/supergraph.graphql', 'utf8'));
     console.log(printSchemaWithDirectives(apiSchemaOf(supergraph)));`,
  );
}

/** Runs a program among the released sources, and returns what it prints. */
function run(folder: string, program: string): string {
  const file = join(folder, 'program.ts');
  writeFileSync(file, program);
  return execFileSync(process.execPath, ['--import', './schema/typescript.js', file], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
}
