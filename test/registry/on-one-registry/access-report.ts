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
export const REPORT = `query Report($youthId: ID!, $from: DateTime, $to: DateTime, $language: ReportLanguage) {
  accessReport(youthId: $youthId, from: $from, to: $to, language: $language) {
    youthId madeBy { code name } from to madeAt notes verification
    rows {
      entryId leafIndex at agency { code name } role information category source { code name } basis consentVersion
      disclosure shown
    }
    checkpoint { origin size root note }
  }
}`;

/** A row of an extract. */
export interface Row {
  readonly entryId: string;
  readonly leafIndex: string | null;
  readonly at: string;
  readonly agency: { readonly code: string };
  readonly category: string;
}

/** An extract. */
export interface Report {
  readonly from: string;
  readonly to: string;
  readonly madeAt: string;
  readonly madeBy: { readonly code: string };
  readonly notes: readonly string[];
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
