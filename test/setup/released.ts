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

/**
 * Has the released version, built in `folder`, run a hub until it has sealed its log, write an export of all of it to the
 * folder `to`, seal that too, and stop.
 */
export function sealAndExportReleased(folder: string, data: string, to: string): void {
  run(
    folder,
    `import 'reflect-metadata';
     import { setTimeout } from 'node:timers/promises';
     import pg from 'pg';
     import { startHub } from './subgraphs/hub.ts';
     import { exportLog } from './subgraphs/registry/audit/export.ts';
     const hub = await startHub({ folder: ${JSON.stringify(data)}, port: 0, issuerPort: 0, fsync: false });
     const client = new pg.Client({ connectionString: hub.databaseUrls.SAMSYN_REGISTRY_OWNER_URL });
     await client.connect();
     const sealed = async () => {
       const waiting = 'SELECT FROM registry.entry e WHERE NOT EXISTS (SELECT FROM seal.leaf l WHERE l.entry = e.id)';
       while ((await client.query(waiting)).rowCount > 0) await setTimeout(50);
     };
     await sealed();
     const auditor = new pg.Client({ connectionString: hub.databaseUrls.SAMSYN_REGISTRY_AUDITOR_URL, options: '-c TimeZone=UTC' });
     await auditor.connect();
     const wanted = { from: new Date('2020-01-01'), to: new Date('2100-01-01'), by: 'operator' };
     await exportLog(auditor, wanted, ${JSON.stringify(to)});
     await auditor.end();
     await sealed();
     await client.end();
     await hub.stop();`,
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
