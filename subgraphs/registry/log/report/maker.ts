import type { HubContext } from '../../../../chassis/decide/context.ts';
import { statement } from '../../../../chassis/statement.ts';
import { HubError } from '../../../../schema/errors.ts';
import { type Agency, agencySql } from '../../catalogue/agency.ts';
import { type Asker, appendSql, asker, logged } from '../../entry/log.ts';

/**
 * The coverage of an extract. ALL: every access. LEAD: what crossed a line, which the lead agency coordinates, and its own
 * reading. OWN: what the agency read, and what others read of its information. How another agency reads its own records
 * crosses no line, and that agency answers for it.
 */
export type Coverage = 'ALL' | 'LEAD' | 'OWN';

/** The maker of an extract, as a statement finds them. */
export interface Maker {
  readonly coverage: Coverage;
  /** The maker's agency. */
  readonly agency: Agency;
  readonly agencyId: number;
  /** The milliseconds for which the maker will be the coordinator, as far as is known; null for others. */
  readonly timeLeftMs: number | null;
}

/**
 * SQL of the seat by which the caller coordinates the youth `y`, in the lead agency: in a group that has not ended, or, when
 * there is none, in the one that ended last.
 */
const COORDINATES = `
  SELECT max(coalesce(s.ends_at, 'infinity')) AS ends_at
  FROM registry.seats_of(:caller, :roles, :agency) s
  WHERE s.youth = y.id AND s.coordinates AND (
    s.ended_at IS NULL OR NOT EXISTS (
      SELECT FROM registry.intervention_group later
      WHERE later.youth = y.id AND (later.ended_at IS NULL OR later.ended_at > s.ended_at)
    )
  )`;

const NOTE = statement<Asker & { readonly youthId: string; readonly how: string }>(
  'note access report',
  `
  WITH found AS MATERIALIZED (
    SELECT made.coverage, ${agencySql('own')} AS agency, own.id AS "agencyId",
      CASE WHEN NOT registry.reviews(:roles)
        THEN floor(extract(epoch FROM least(seat.ends_at, registry.clock() + interval '1 minute') - registry.clock()) * 1000)::int
      END AS "timeLeftMs"
    FROM registry.agency own
    -- The youth, if it is one whose lead agency this is.
    LEFT JOIN registry.youth y ON y.id = :youthId::uuid AND y.lead_agency = own.id
    CROSS JOIN LATERAL (${COORDINATES}) seat
    CROSS JOIN LATERAL (
      SELECT CASE
        WHEN registry.audits_hub(:roles, own.code) THEN 'ALL'
        WHEN registry.audits(:roles) THEN CASE WHEN y.id IS NOT NULL THEN 'LEAD' ELSE 'OWN' END
        WHEN y.id IS NOT NULL AND (registry.acts_as(:roles, 'MANAGER') OR seat.ends_at IS NOT NULL) THEN 'LEAD'
      END AS coverage
    ) made
    WHERE own.code = :agency AND made.coverage IS NOT NULL
  ), written AS (
    ${appendSql(
      'READ',
      'maker.may IS NOT NULL',
      { name: "'accessReport'", youth: ':youthId::uuid', fields: ':how::text' },
      'FROM (VALUES (true)) AS asked LEFT JOIN (SELECT true AS may FROM found) AS maker ON true',
    )}
  )
  SELECT * FROM found`,
);

/**
 * Notes that the caller makes an extract about a youth, and how; FORBIDDEN unless the caller may, the same whether the
 * youth exists. The entry is durable before anything is read for it.
 */
export async function demandMaker(youthId: string, how: readonly string[], context: HubContext): Promise<Maker> {
  const [maker] = await logged<Maker>(NOTE({ ...asker(context), youthId, how: how.join(',') }), context);
  if (maker === undefined) throw HubError.constant('FORBIDDEN');
  if (maker.timeLeftMs !== null) context.response.limitTo(maker.timeLeftMs);
  return maker;
}
