import type { Bind } from '../../../../chassis/statement.ts';
import { ROLES, type Role } from '../../../../schema/caller.ts';
import { agencySql } from '../../catalogue/agency.ts';
import { type Moment } from '../../sql/page.ts';
import type { AccessLogEntry } from './access-log.ts';

/** The relations of entries: those of the log, and what became of answers. */
export type Entries = 'registry.entry' | 'registry.outcome_entry';

/** An entry as the database answers it: with its place in the order, and its roles as a mask. */
export type EntryAnswer = AccessLogEntry & Moment & { readonly mask: number };

/** SQL of the columns of an EntryAnswer, from the entry `e` and `entrySources()`. */
export const ENTRY_COLUMNS = `
  e.id, (extract(epoch FROM e.at) * 1000000)::bigint::text AS micros, e.at, e.kind,
  CASE WHEN e.permitted THEN 'PERMIT' ELSE 'DENY' END AS decision, e.caller, e.actor,
  CASE WHEN NOT reader.own THEN e.reason END AS reason, CASE WHEN NOT reader.own AND reader.sees_protection THEN e.protected END AS protected,
  CASE WHEN a.id IS NOT NULL THEN ${agencySql('a')} END AS agency, e.roles AS mask, e.youth AS "youthId",
  CASE WHEN s.id IS NOT NULL AND NOT reader_was.denied THEN ${agencySql('s')} END AS source, k.code AS category, e.whereabouts,
  string_to_array(e.fields, ',') AS fields, e.assigned,
  basis.group_id AS "groupId", basis.programme AS "programmeId", basis.consent AS "consentId",
  basis.consent_version AS "consentVersion", basis.consent_grant AS "grantId", e.name, outcome.disclosure, outcome.why,
  outcome.elapsed_ms AS "elapsedMs", e.thing AS "thingId", e.operation_hash AS "operationHash",
  e.operation_name AS "operationName", e.request_id AS "requestId"`;

/** SQL of what became of the answer of the entry `e`, one row at most; of several outcomes the one that discloses most counts. */
const BECAME = `(
    SELECT CASE became.kind WHEN 'RELEASED' THEN 'RELEASED' WHEN 'WITHHELD' THEN 'WITHHELD' ELSE 'POSSIBLE' END AS disclosure,
      became.why, became.elapsed_ms
    FROM (VALUES (true)) AS asked
    LEFT JOIN LATERAL registry.became_of(e.answer, e.at, e.name) became ON true
    WHERE e.kind = 'DECISION' AND e.permitted AND e.action = 1
    ORDER BY became.kind = 'RELEASED' DESC NULLS LAST, became.kind = 'LATE' DESC LIMIT 1
  )`;

/** SQL about the entry `e` and its reader. */
export interface ReaderSql {
  /** True where it is the reader's own: then the reason, and what a denial rests on, is not shown. */
  readonly own: string;
  /** True where it may show the reader that the youth had protected identity. */
  readonly protection: string;
}

/** SQL of what stands beside the entry `e`, as its reader may learn it. */
export function entrySources({ own, protection }: ReaderSql, among: Entries = 'registry.entry'): string {
  return `
  LEFT JOIN registry.agency a ON a.id = e.agency
  LEFT JOIN registry.agency s ON s.id = e.source
  LEFT JOIN registry.category k ON k.id = e.category
  CROSS JOIN LATERAL (SELECT ${own} AS own, ${protection} AS sees_protection) reader
  CROSS JOIN LATERAL (SELECT reader.own AND NOT e.permitted AS denied) reader_was
  LEFT JOIN LATERAL (
    SELECT e.group_id, e.programme, e.consent, e.consent_version, e.consent_grant
  ) basis ON NOT reader_was.denied
  LEFT JOIN LATERAL ${among === 'registry.entry' ? BECAME : '(SELECT NULL AS disclosure, e.why, e.elapsed_ms)'} outcome ON true`;
}

/** SQL of the entry `e` of the log with an id, which is SQL as its instant is: by its row, since no index has the units. */
export function entryById(id: string, at?: string): string {
  return `LATERAL (SELECT u.* FROM registry.log_row r CROSS JOIN LATERAL registry.units_of(r) u
    WHERE r.id = registry.row_of(${id}) ${at === undefined ? '' : `AND r.at = ${at} `}AND r.caller IS NOT NULL AND u.id = ${id} OFFSET 0) e`;
}

/** SQL that goes on a condition: after this place in a list that is ordered by these two columns, the latest first. */
export function afterSql(moment: Moment | null, bind: Bind, columns = 'e.at, e.id'): string {
  if (moment === null) return '';
  const instant = `(timestamptz 'epoch' + ${bind(moment.micros, 'bigint')} * interval '1 microsecond')`;
  return ` AND (${columns}) < (${instant}, ${bind(moment.id, 'uuid')})`;
}

/** An entry as it is shown. */
export function entryOf({ mask, ...entry }: EntryAnswer): AccessLogEntry & Moment {
  return { ...entry, roles: rolesIn(mask) };
}

function rolesIn(mask: number): Role[] {
  return ROLES.filter((_, index) => (mask & (1 << index)) !== 0);
}
