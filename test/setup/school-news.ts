import { randomUUID } from 'node:crypto';
import { afterAll } from '@jest/globals';
import type pg from 'pg';
import type { Permit } from '../../chassis/decide/authorize.ts';
import type { Caller } from '../../schema/caller.ts';
import { permit } from '../chassis/example-schema.ts';
import { type SchoolDatabase, startSchoolDatabase } from './school.ts';
import { readSchool, type SchoolAnswer, type SchoolReader } from './school-reader.ts';

/** The agencies whose records are polled, and who polls: another agency, and the school's own staff. */
export const SCHOOL = 'school:skovde';
export const OTHER_SCHOOL = 'school:frida-friskola';
export const POLICE: Caller = callerOf('police:nationell');
export const STAFF: Caller = callerOf(SCHOOL);

/** The kinds of unit that the suites permit. */
export const kinds = {
  report: { category: 'school.report', whereabouts: false },
  enrolment: { category: 'school.enrolment', whereabouts: false },
  unit: { category: 'school.enrolment', whereabouts: true },
  health: { category: 'school.health', whereabouts: false },
};

function callerOf(agency: string): Caller {
  return { subject: 'p-1', actor: null, agency, roles: ['CASEWORKER'] };
}

let started: Promise<{ readonly database: SchoolDatabase; readonly school: SchoolReader }> | undefined;

/** The school's database and subgraph, for this suite alone; they end with it. */
export function newsWorld(): Promise<{ readonly database: SchoolDatabase; readonly school: SchoolReader }> {
  started ??= (async () => {
    const database = await startSchoolDatabase();
    return { database, school: await readSchool(database) };
  })();
  return started;
}

afterAll(async () => {
  if (started === undefined) return;
  const { database, school } = await started;
  await school.end();
  await database.end();
});

/** Runs a statement as the serving role, on a connection of the test's own or on the shared one. */
export async function write(text: string, values: unknown[] = [], connection?: pg.Client): Promise<void> {
  await (connection ?? (await newsWorld()).database.serving).query(text, values);
}

/** A youth that the school, or another, has linked. */
export async function linkedYouth(agencies: readonly string[] = [SCHOOL]): Promise<string> {
  const youth = randomUUID();
  for (const agency of agencies) await link(youth, agency);
  return youth;
}

/** Links a youth to somebody. */
export async function link(youth: string, agency: string): Promise<void> {
  await write(
    `INSERT INTO agency.link (id, youth_id, agency, identity_number, linked_by, linked_at)
     VALUES ($1, $2, $3, $4, 'p-1', clock_timestamp())`,
    [randomUUID(), youth, agency, randomUUID()],
  );
}

/** Records a report of a day, or something of another table; resolves to its id. */
export async function record(
  youth: string,
  columns: object = {},
  table = 'school_report',
  agency = SCHOOL,
  connection?: pg.Client,
): Promise<string> {
  const id = randomUUID();
  const own = table === 'school_report' ? { date: '2026-07-15', text: 'canary' } : {};
  const row = {
    id,
    agency,
    author: 'p-1',
    recorded_at: '2026-07-16',
    held: false,
    text_cleared: true,
    ...own,
    ...columns,
  };
  await write(
    `INSERT INTO agency.${table} (link_id, ${Object.keys(row).join()})
     SELECT l.id, ${Object.keys(row)
       .map((column) => `r.${column}`)
       .join()}
     FROM jsonb_populate_record(NULL::agency.${table}, $1) r, agency.link l
     WHERE l.youth_id = $2 AND l.agency = $3 AND l.ended_at IS NULL`,
    [JSON.stringify(row), youth, agency],
    connection,
  );
  return id;
}

/** Changes a report, and resolves when that is committed. */
export const change = (id: string, set: string) =>
  write(`UPDATE agency.school_report SET version = version + 1, ${set} WHERE id = $1`, [id]);
/** A mark that has taken effect. */
export const LONG_AGO = `marked_at = '2026-01-01'`;

/** What a poll of one kind said. */
export interface Poll {
  readonly cursor: string | null;
  /** As `KIND id`, and FROM_START with the agency. */
  readonly told: readonly string[] | null;
  readonly errors: SchoolAnswer['errors'];
}

/** Asks for the news of reports. */
export const REPORTS = 'schoolReport { kind id agency record { text } }';

/** Polls the news of a youth; without `asks`, of reports. */
export async function poll(
  caller: Caller,
  permits: readonly Permit[],
  youth: string,
  after: string | null = null,
  asks = REPORTS,
): Promise<Poll> {
  const query = `query ($id: ID!, $after: [String!]) { youth(id: $id) { schoolNews(after: $after) { cursor ${asks} } } }`;
  const { data, errors } = await (await newsWorld()).school.ask(caller, permits, query, {
    id: youth,
    after: after === null ? [] : [after],
  });
  const { schoolNews } = (data?.youth ?? {}) as { schoolNews?: Record<string, unknown> | null };
  const { cursor = null, ...told } = schoolNews ?? {};
  return { cursor: cursor as string | null, told: listed(Object.values(told)[0]), errors };
}

/** What is told, in short; null when it is denied. */
export function listed(told: unknown): string[] | null {
  const items = (told ?? null) as { kind: string; id: string | null; agency: string }[] | null;
  return items?.map(({ kind, id, agency }) => `${kind} ${id ?? agency}`) ?? null;
}

/** The permit for a school's reports about a youth. */
export const reports = (youth: string, key = 'permit', agency = SCHOOL): Permit => ({
  ...permit(youth, agency, kinds.report),
  key,
});
