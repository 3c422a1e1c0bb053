import { type Bind, Bindings } from '../../../../chassis/statement.ts';
import { type Agency, agencySql } from '../../catalogue/agency.ts';
import { isToldSql } from '../../sql/ending.ts';
import type { Moment } from '../../sql/page.ts';
import type { Maker } from './maker.ts';

/**
 * SQL: does the entry `e` tell of an access, that is, of information which a caller was permitted to read? What was denied
 * was shown to nobody; what is not the agencies' information about the youth is no access to it, nor is the question what may be
 * read (`schoolReadable` and its like), which reads no record.
 */
export const TELLABLE = `e.kind = 'DECISION' AND e.action = 1 AND e.permitted AND ${isToldSql('e.at')}
  AND coalesce(e.fields, '') !~ '^[a-zA-Z]+Readable$'`;

/** The youth and interval of an extract, and the rows that are asked for. */
interface Wanted {
  readonly youthId: string;
  readonly from: Date;
  readonly to: Date;
  readonly after: Moment | null;
  readonly rows: number;
}

/** A kind of information, as the database names it. */
export interface NamedKind {
  readonly nameSv: string;
  readonly nameEn: string;
  readonly whereabouts: boolean;
}

/** An access as the database answers it. */
export interface AccessAnswer extends NamedKind {
  readonly number: number;
  readonly entryId: string;
  readonly micros: string;
  readonly leafIndex: string | null;
  readonly at: string;
  readonly agency: Agency;
  readonly mask: number;
  readonly bySystem: boolean;
  readonly category: string;
  readonly source: Agency;
  readonly reason: 'OWN' | 'CONSENT';
  readonly consentVersion: number | null;
  readonly programme: string | null;
  readonly disclosure: 'RELEASED' | 'POSSIBLE';
}

/** The reading of a kind of information by an agency, counted, as the database answers it. */
export interface KindAnswer extends NamedKind {
  readonly agency: Agency;
  readonly category: string;
  readonly source: Agency;
  readonly times: number;
  readonly first: string;
  readonly last: string;
}

/** The reading of an agency on a day, as the database answers it. */
export interface DayAnswer {
  readonly day: string;
  readonly agency: Agency;
  readonly times: number;
  readonly kinds: readonly NamedKind[];
}

/** An extract as the database answers it. */
export interface ReportAnswer {
  /** The number of rows of the whole appendix. */
  readonly readings: number;
  readonly summary: readonly KindAnswer[];
  readonly days: readonly DayAnswer[];
  readonly rows: readonly AccessAnswer[];
}

/** SQL of a list of rows, as JSON. */
const listed = (rows: string) => `coalesce((SELECT jsonb_agg(to_jsonb(each)) FROM (${rows}) AS each), '[]')`;

const KIND = `k.name_sv AS "nameSv", k.name_en AS "nameEn", t.whereabouts`;

/** By agency and kind of information: how many requests, and the first and the last reading. */
const SUMMARY = `
  SELECT ${agencySql('a')} AS agency, k.code AS category, ${KIND}, ${agencySql('s')} AS source,
    count(DISTINCT t.request_id)::int AS times, min(t.at) AS first, max(t.at) AS last
  FROM told t JOIN registry.agency a ON a.id = t.agency JOIN registry.agency s ON s.id = t.source
  JOIN registry.category k ON k.id = t.category
  GROUP BY a.id, k.id, t.whereabouts, s.id ORDER BY a.name, count(DISTINCT t.request_id) DESC, k.code, t.whereabouts, s.name`;

/** A line for each day, as the clocks in Sweden show it, and agency; the latest first. */
const DAYS = `
  SELECT d.day, ${agencySql('a')} AS agency, d.times, ${listed(`
    SELECT ${KIND} FROM (SELECT DISTINCT * FROM unnest(d.categories, d.places) AS u (category, whereabouts)) t
    JOIN registry.category k ON k.id = t.category ORDER BY k.code, t.whereabouts`)} AS kinds
  FROM (
    SELECT (t.at AT TIME ZONE 'Europe/Stockholm')::date AS day, t.agency, count(DISTINCT t.request_id)::int AS times,
      array_agg(t.category) AS categories, array_agg(t.whereabouts) AS places
    FROM told t GROUP BY 1, 2
  ) d JOIN registry.agency a ON a.id = d.agency ORDER BY d.day DESC, a.name`;

/**
 * The statement for an extract: all of it by agency and by day, and of its rows, numbered from the latest on, those that are
 * asked for. What is left out is left out before anything is counted, so that neither a number nor a limit tells of it. The
 * places of leaves do not either: they count the whole log, where calls about other youths and denials stand between.
 */
export function reportQuery({ youthId, from, to, after, rows }: Wanted, maker: Maker) {
  const bindings = new Bindings();
  const { bind } = bindings;
  const youth = bind(youthId, 'uuid');
  const instant = (micros: string) => `(timestamptz 'epoch' + ${bind(micros, 'bigint')} * interval '1 microsecond')`;
  const further = after === null ? 'true' : `(t.at, t.id) < (${instant(after.micros)}, ${bind(after.id, 'uuid')})`;
  const page = `
    SELECT t.number, t.id AS "entryId", (extract(epoch FROM t.at) * 1000000)::bigint::text AS micros,
      l.index::text AS "leafIndex", t.at, ${agencySql('a')} AS agency, t.roles AS mask,
      t.actor IS NOT NULL AS "bySystem", k.code AS category, ${KIND},
      ${agencySql('s')} AS source, t.reason, CASE WHEN t.reason = 'CONSENT' THEN t.consent_version END AS "consentVersion",
      CASE WHEN t.reason = 'CONSENT' THEN p.name END AS programme, t.disclosure
    FROM (
      SELECT * FROM (SELECT t.*, row_number() OVER (ORDER BY t.at DESC, t.id DESC)::int AS number FROM told t) t
      WHERE ${further} ORDER BY t.number LIMIT ${bind(rows, 'int')}
    ) t
    JOIN registry.agency a ON a.id = t.agency
    JOIN registry.agency s ON s.id = t.source
    JOIN registry.category k ON k.id = t.category
    LEFT JOIN registry.programme p ON p.id = t.programme
    LEFT JOIN seal.leaf l ON l.row_id = t.row_id
    ORDER BY t.number`;
  const text = `
    WITH left_out AS MATERIALIZED (
      SELECT DISTINCT t.entry FROM registry.telling t WHERE t.youth = ${youth} AND registry.is_left_out(t.entry)
    ), call AS MATERIALIZED (
      SELECT r FROM registry.log_row r
      WHERE r.part_youth @> ARRAY[${youth}] AND r.at >= ${bind(from, 'timestamptz')} AND r.at < ${bind(to, 'timestamptz')}
        AND r.kind = 'DECISION' AND r.unit_reason && '{CONSENT,OWN}'
    ), became AS MATERIALIZED (
      SELECT o.name, a.answer, bool_or(o.kind = 'RELEASED') AS released, bool_and(o.kind = 'WITHHELD') AS withheld
      FROM registry.log_row o CROSS JOIN LATERAL unnest(o.answer_id) AS a (answer)
      WHERE o.answer_id && (SELECT array_agg((r).answer) FROM call) AND o.answer_id IS NOT NULL
      GROUP BY o.name, a.answer
    ), told AS MATERIALIZED (
      SELECT e.id, e.row_id, e.at, e.request_id, e.agency, e.source, e.category, e.whereabouts, e.roles, e.actor, e.reason,
        e.consent_version, e.programme,
        CASE WHEN became.released THEN 'RELEASED' WHEN became.withheld THEN 'WITHHELD' ELSE 'POSSIBLE' END AS disclosure
      FROM call LEFT JOIN became ON became.answer = (call.r).answer AND became.name = (call.r).name
      CROSS JOIN LATERAL registry.units_of(call.r) e
      WHERE e.youth = ${youth} AND ${TELLABLE} AND ${coveredSql(maker, bind)} AND NOT coalesce(became.withheld, false)
        AND NOT EXISTS (SELECT FROM left_out o WHERE o.entry = e.id)
        -- What an extract names must be known: without these there is no row.
        AND e.agency IS NOT NULL AND e.source IS NOT NULL AND e.category IS NOT NULL
    )
    SELECT (SELECT count(*)::int FROM told) AS readings, ${listed(SUMMARY)} AS summary, ${listed(DAYS)} AS days,
      ${listed(page)} AS rows`;
  return bindings.statement(text);
}

function coveredSql({ coverage, agencyId }: Maker, bind: Bind): string {
  if (coverage === 'ALL') return 'true';
  const own = bind(agencyId, 'int');
  return coverage === 'LEAD'
    ? `(e.reason = 'CONSENT' OR e.agency = ${own})`
    : `(e.agency = ${own} OR e.source = ${own})`;
}
