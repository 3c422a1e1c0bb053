import type { Caller } from '../../../schema/caller.ts';
import { fieldOf } from './shared-registry.ts';

/** The coordinator of Skövde's demo youths, who makes extracts for them. */
export const COORDINATOR: Caller = {
  subject: 'p-1001',
  actor: null,
  agency: 'social-services:skovde',
  roles: ['COORDINATOR'],
};

/** All of an extract. */
export const REPORT = `query Report(
  $youthId: ID!, $from: DateTime, $to: DateTime, $language: ReportLanguage! = SV, $first: Int! = 1000, $after: String
) {
  accessReport(youthId: $youthId, from: $from, to: $to, language: $language, first: $first, after: $after) {
    youthId madeBy { code name } from to madeAt notes verification readings nextRows
    summary { agency { code } information category source { code } times first last }
    days { day agency { code } times information }
    rows {
      number entryId leafIndex at agency { code name } role information category source { code name } basis consentVersion
      disclosure shown
    }
    checkpoint { origin size root note }
  }
}`;

/** A row of an extract. */
export interface Row {
  readonly number: number;
  readonly entryId: string;
  readonly leafIndex: string | null;
  readonly at: string;
  readonly agency: { readonly code: string };
  readonly category: string;
  readonly source: { readonly code: string };
}

/** An extract. */
export interface Report {
  readonly from: string;
  readonly to: string;
  readonly madeAt: string;
  readonly madeBy: { readonly code: string };
  readonly notes: readonly string[];
  readonly readings: number;
  readonly nextRows: string | null;
  readonly summary: readonly (Pick<Row, 'agency' | 'category' | 'source'> & { readonly times: number })[];
  readonly days: readonly (Pick<Row, 'agency'> & { readonly times: number })[];
  readonly rows: readonly Row[];
  readonly checkpoint: { readonly size: string; readonly root: string; readonly note: string } | null;
}

/** An extract about a youth. Throws when it is not made. */
export function reportOf(youthId: string, more: object = {}, by: Caller = COORDINATOR): Promise<Report> {
  return fieldOf<Report>(by, 'accessReport', REPORT, { youthId, ...more });
}

/** The entries that an extract tells of, the latest first. */
export async function toldTo(youthId: string, more: object = {}, by: Caller = COORDINATOR): Promise<string[]> {
  return (await reportOf(youthId, more, by)).rows.map(({ entryId }) => entryId);
}
