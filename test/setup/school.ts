import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type DatabaseUrls, databaseUrls, passwordsFor } from '../../chassis/database-urls.ts';
import { folderNamed } from '../../chassis/folders.ts';
import type { ImportTarget } from '../../chassis/importer.ts';
import { migrate } from '../../hub/databases/migrate.ts';
import { provision } from '../../hub/databases/provision.ts';
import { removePostgres, startPostgres } from '../../hub/postgres/postgres.ts';
import { bornOn, DEMO_YOUTHS, type DemoYouthName, testIdentityNumber } from '../../schema/demo-world.ts';
import { subgraph } from '../../subgraphs/school/index.ts';

/** The school's database with the demo world in it, on a server of its own. */
export interface SchoolDatabase {
  /** A folder for the suite's files. */
  readonly folder: string;
  readonly urls: DatabaseUrls;
  readonly adminUrl: string;
  /** May do everything in the database. */
  readonly owner: pg.Client;
  /** May do what the subgraph and the import may. */
  readonly serving: pg.Client;
  /** Runs one statement as the owner; the values of all rows in one list. */
  ask(sql: string, parameters?: readonly unknown[]): Promise<unknown[]>;
  end(): Promise<void>;
}

/** Starts a server, and makes and fills the school's database. */
export async function startSchoolDatabase(): Promise<SchoolDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'samsyn-school-'));
  // The database's user passes through it.
  chmodSync(folder, 0o755);
  const server = await startPostgres({ folder: join(folder, 'server'), port: 0, fsync: false });
  const school = folderNamed('school');
  const host = `127.0.0.1:${server.port}`;
  const passwords = Object.fromEntries(
    Object.keys(passwordsFor([school])).map((variable) => [variable, 'one-for-all']),
  );
  const urls = databaseUrls([school], { registry: host, sectors: host }, passwords);
  const admin = { registry: server.adminUrl, sectors: server.adminUrl };
  await provision({ folders: [school], admin, urls, demo: true });
  await migrate({ subgraphs: [{ folder: school, subgraph }], urls, demo: true, categories: [] });
  const owner = await connected(urls.SAMSYN_SCHOOL_OWNER_URL);
  const serving = await connected(urls.SAMSYN_SCHOOL_DATABASE_URL);
  return {
    folder,
    urls,
    adminUrl: server.adminUrl,
    owner,
    serving,
    ask: async (sql, parameters = []) =>
      (await owner.query({ text: sql, values: [...parameters], rowMode: 'array' })).rows.flat(),
    async end() {
      await Promise.all([owner.end(), serving.end()]);
      await server.stop();
      removePostgres(join(folder, 'server'));
      rmSync(folder, { recursive: true });
    },
  };
}

/** A connection of its own. */
export async function connected(url: string | undefined): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url ?? 'missing' });
  await client.connect();
  return client;
}

/** Where the tests import to. */
export const SKOVDE: ImportTarget = { agency: 'school:skovde', author: 'import:system-school-skovde' };

/** The counts of an import in which nothing happened. */
export const NOTHING = {
  linked: 0,
  notLinked: 0,
  enrolmentsCreated: 0,
  enrolmentsChanged: 0,
  enrolmentsUnchanged: 0,
  enrolmentsWithdrawn: 0,
  enrolmentsLeftWithdrawn: 0,
  enrolmentsUndated: 0,
  markedProtected: 0,
};

const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' }).format(new Date());

/** The number that the demo world's agencies link a youth by. */
export const numberOf = (youth: DemoYouthName): string => testIdentityNumber(bornOn(DEMO_YOUTHS[youth], today));

/** The number of somebody whom no agency has linked. */
export const STRANGER = testIdentityNumber('2009-01-05', '239');

/** An enrolment in grundskola. */
export const GRADE_8 = {
  enroledAt: { id: 'unit-1', displayName: 'Lillegårdsskolan' },
  schoolYear: 8,
  schoolType: 'GR',
  startDate: '2025-08-18',
};

/** An enrolment in gymnasieskola. */
export const UPPER = {
  enroledAt: { id: 'unit-2' },
  schoolYear: 1,
  schoolType: 'GY',
  startDate: '2025-08-18',
  educationCode: 'EK25',
  programme: { id: 'programme-1', name: 'Ekonomiprogrammet' },
  specification: 'lives with Erik-canary',
};

/** A person of SS12000; the words with canary are stored and reported nowhere. */
export function person(id: string, number: string, more: object = {}): object {
  return {
    id,
    givenName: 'Vera-canary',
    familyName: 'Persson-canary',
    eduPersonPrincipalNames: [`${id}@school.example`],
    civicNo: { value: number, nationality: 'SE' },
    enrolments: [GRADE_8],
    ...more,
  };
}
