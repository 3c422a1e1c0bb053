import type { HubContext } from '../../../../chassis/decide/context.ts';
import { HubError } from '../../../../schema/errors.ts';
import { type Agency, agencySql } from '../../catalogue/agency.ts';
import { appendSql, asker, logged } from '../../entry/log.ts';

/**
 * How much an extract covers. ALL: every access. LEAD: what crossed a line, which the lead agency coordinates, and its own
 * reading. OWN: what the agency read, and what others read of its information. How another agency reads its own records
 * crosses no line, and is told by that agency.
 */
export type Coverage = 'ALL' | 'LEAD' | 'OWN';

/** What a statement finds of whoever may make an extract. */
export interface Maker {
  readonly coverage: Coverage;
  /** The maker's agency. */
  readonly agency: Agency;
  readonly agencyId: number;
  /** How long the maker will be the coordinator, as far as is known; null for others. */
  readonly timeLeftMs: number | null;
}

/**
 * SQL of the seat `s` by which the caller coordinates the youth `y`, in the lead agency: in a group that has not ended, or,
 * when there is none, in the one that ended last.
 */
const COORDINATES = `
  SELECT max(coalesce(s.ends_at, 'infinity')) AS ends_at
  FROM registry.intervention_group g
  JOIN registry.seat_held s ON s.group_id = g.id AND s.agency = g.lead_agency AND s.role = 'COORDINATOR'
    AND s.subject = $4 AND s.role_bit & $6 <> 0
  WHERE g.youth = y.id AND g.lead_agency = own.id AND (
    g.ended_at IS NULL OR NOT EXISTS (
      SELECT FROM registry.intervention_group later
      WHERE later.youth = y.id AND (later.ended_at IS NULL OR later.ended_at > g.ended_at)
    )
  )`;

const NOTE = `
  WITH found AS MATERIALIZED (
    SELECT made.coverage, ${agencySql('own')} AS agency, own.id AS "agencyId",
      CASE WHEN $6 <> 32 AND $6 & 16 = 0
        THEN floor(extract(epoch FROM least(seat.ends_at, registry.clock() + interval '1 minute') - registry.clock()) * 1000)::int
      END AS "timeLeftMs"
    FROM registry.agency own
    -- The youth, if it is one whose lead agency this is.
    LEFT JOIN registry.youth y ON y.id = $8::uuid AND y.lead_agency = own.id
    CROSS JOIN LATERAL (${COORDINATES}) seat
    CROSS JOIN LATERAL (
      SELECT CASE
        -- C1: an auditor has no other role.
        WHEN $6 = 32 THEN CASE WHEN own.code = 'hub:samsyn' THEN 'ALL' WHEN y.id IS NOT NULL THEN 'LEAD' ELSE 'OWN' END
        WHEN $6 & 32 = 0 AND y.id IS NOT NULL AND ($6 & 16 <> 0 OR seat.ends_at IS NOT NULL) THEN 'LEAD'
      END AS coverage
    ) made
    WHERE own.code = $7 AND made.coverage IS NOT NULL
  ), written AS (
    ${appendSql(
      'READ',
      'maker.may IS NOT NULL',
      { name: "'accessReport'", youth: '$8::uuid', fields: '$9::text' },
      'FROM (VALUES (true)) AS asked LEFT JOIN (SELECT true AS may FROM found) AS maker ON true',
    )}
  )
  SELECT * FROM found`;

/**
 * Notes that the caller makes an extract about a youth, and how; FORBIDDEN unless the caller may, the same whether the
 * youth exists. The entry is durable before anything is read for it.
 */
export async function demandMaker(youthId: string, how: readonly string[], context: HubContext): Promise<Maker> {
  const values = [...asker(context), youthId, how.join(',')];
  const [maker] = await logged<Maker>({ name: 'note access report', text: NOTE, values }, context);
  if (maker === undefined) throw HubError.constant('FORBIDDEN');
  if (maker.timeLeftMs !== null) context.response.limitTo(maker.timeLeftMs);
  return maker;
}
