import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { Importer } from '../../../chassis/importer.ts';
import { createOrm } from '../../../chassis/store/database.ts';
import { importCommand } from '../../../hub/import/import.ts';
import { type ImportManner, type ImportReport, importEntries } from '../../../hub/import/import-batches.ts';
import { subgraph } from '../../../subgraphs/school/index.ts';
import { persons } from '../../../subgraphs/school/ss12000/persons.ts';
import { type SchoolDatabase, SKOVDE, startSchoolDatabase } from '../../setup/school.ts';

interface Shared extends SchoolDatabase {
  /** The unit of work with the rights of the import. */
  readonly orm: MikroORM;
}

let shared: Shared;

beforeAll(async () => {
  const database = await startSchoolDatabase();
  const orm = createOrm(database.urls.SAMSYN_SCHOOL_DATABASE_URL ?? 'missing', 'agency', subgraph.entities);
  shared = { ...database, orm };
});

afterAll(async () => {
  await shared.orm.close();
  await shared.end();
});

const RECORDS = ['enrolment', 'attendance', 'support_measure', 'school_incident'];

beforeEach(async () => {
  for (const table of RECORDS) await shared.owner.query(`DELETE FROM agency.${table} WHERE source_id IS NOT NULL`);
  await shared.owner.query('DELETE FROM agency.ss12000_person');
});

/** The school's database that all parts import into; every test begins without imported records. */
export const school = (): Shared => shared;

/** Imports entries that have been read. */
export function importing(
  entries: readonly unknown[],
  importer: Importer = persons as Importer,
  target = SKOVDE,
  manner: ImportManner = {},
): Promise<ImportReport> {
  return importEntries(importer, entries, target, shared.orm, manner);
}

/** The end of a command. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in this process. */
export async function command(parameters: readonly string[]): Promise<Ended> {
  let [out, err] = ['', ''];
  const code = await importCommand(parameters, {
    env: { SAMSYN_SCHOOL_DATABASE_URL: shared.urls.SAMSYN_SCHOOL_DATABASE_URL },
    stdout: {
      write(text) {
        out += text;
      },
    },
    stderr: {
      write(text) {
        err += text;
      },
    },
  });
  return { code, out, err };
}

/** Runs the command as npm does. */
export function spawned(parameters: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', './build/typescript.js', 'hub/import/import.ts', ...parameters], {
    env: { PATH: process.env.PATH, SAMSYN_SCHOOL_DATABASE_URL: shared.urls.SAMSYN_SCHOOL_DATABASE_URL },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((done) => child.once('close', (code) => done({ code, out, err })));
}

/** Writes a file of the suite's folder; its path. */
export function fileOf(name: string, content: unknown): string {
  const file = join(shared.folder, name);
  writeFileSync(file, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  return file;
}

/** Runs the command on a file of the school's. */
export const importFile = (file: string, format = 'ss12000', ...options: string[]): Promise<Ended> =>
  command(['school', format, file, '--agency', 'school:skovde', ...options]);
