import { createHash } from 'node:crypto';
import pg from 'pg';
import {
  bornOn,
  DEMO_YOUTHS,
  type DemoAgency,
  type DemoYouthName,
  testIdentityNumber,
} from '../../schema/demo-world.ts';
import type { Sql } from '../sql.ts';

/** A UUID that is always the same for the same words, since the demo world has fixed ids. */
export function demoId(...words: readonly string[]): string {
  const hex = createHash('sha256').update(words.join('\n')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The date `days` before `today`, both YYYY-MM-DD. */
export function daysBefore(today: string, days: number): string {
  const day = new Date(`${today}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - days);
  return day.toISOString().slice(0, 10);
}

/** The id of an agency's link to a demo youth. */
export function linkId(agency: DemoAgency, youth: DemoYouthName): string {
  return demoId('link', agency, youth);
}

/** Links an agency to demo youths, by the personal identity numbers of the test series. */
export async function seedLinks(
  sql: Sql,
  agency: DemoAgency,
  youths: readonly DemoYouthName[],
  linkedBy: string,
  today: string,
): Promise<void> {
  const rows = youths.map((youth) => ({
    id: linkId(agency, youth),
    youth_id: DEMO_YOUTHS[youth].id,
    agency,
    identity_number: testIdentityNumber(bornOn(DEMO_YOUTHS[youth], today)),
    linked_by: linkedBy,
    linked_at: `${daysBefore(today, 90)}T09:00:00Z`,
  }));
  await insert(sql, 'link', rows);
}

/** One demo record: its youth, its agency, and its own columns by their names in the table. */
export interface DemoRecord {
  readonly youth: DemoYouthName;
  readonly agency: DemoAgency;
  readonly author: string;
  readonly held?: boolean;
  readonly textCleared?: boolean;
  readonly columns: Readonly<Record<string, unknown>>;
}

/** Inserts demo records into a table in one statement. Each hangs on its agency's link to the youth. */
export async function seedRecords(
  sql: Sql,
  table: string,
  records: readonly DemoRecord[],
  today: string,
): Promise<void> {
  const rows = records.map(({ youth, agency, author, held, textCleared, columns }, index) => ({
    id: demoId(table, agency, youth, String(index)),
    link_id: linkId(agency, youth),
    agency,
    author,
    recorded_at: `${daysBefore(today, 60)}T10:00:00Z`,
    held: held ?? false,
    text_cleared: textCleared ?? false,
    ...columns,
  }));
  await insert(sql, table, rows);
}

/** Assigns a demo youth to a member of staff. */
export async function seedAssignment(
  sql: Sql,
  agency: DemoAgency,
  youth: DemoYouthName,
  subject: string,
  assignedBy: string,
  today: string,
): Promise<void> {
  await insert(sql, 'assignment', [
    {
      id: demoId('assignment', agency, youth, subject),
      youth_id: DEMO_YOUTHS[youth].id,
      agency,
      subject,
      assigned_by: assignedBy,
      assigned_at: `${daysBefore(today, 60)}T09:00:00Z`,
    },
  ]);
}

async function insert(sql: Sql, table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first).map(pg.escapeIdentifier).join(', ');
  await sql(
    `INSERT INTO agency.${table} (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(NULL::agency.${table}, :rows)`,
    { rows: JSON.stringify(rows) },
  );
}
