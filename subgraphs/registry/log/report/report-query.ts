import { type Bind, Bindings } from '../../../../chassis/statement.ts';
import { type Agency, agencySql } from '../../catalogue/agency.ts';
import { isToldSql } from '../../sql/ending.ts';
import { DISCLOSURE } from '../read/access-log-query.ts';
import type { Maker } from './maker.ts';

/**
 * SQL: does the entry `e` tell of an access, that is, of information which a caller was permitted to read? What was denied
 * was shown to nobody; what is not the agencies' information about the youth is no access to it.
 */
export const TELLABLE = `e.kind = 'DECISION' AND e.action = 1 AND e.permitted AND ${isToldSql('e.at')}`;

/** What an extract is about. */
interface Wanted {
  readonly youthId: string;
  readonly from: Date;
  readonly to: Date;
}

/** An access as the database answers it. */
export interface AccessAnswer {
  readonly entryId: string;
  readonly leafIndex: string | null;
  readonly at: Date;
  readonly agency: Agency;
  readonly mask: number;
  readonly bySystem: boolean;
  readonly category: string;
  readonly nameSv: string;
  readonly nameEn: string;
  readonly whereabouts: boolean;
  readonly source: Agency;
  readonly reason: 'OWN' | 'CONSENT';
  readonly consentVersion: number | null;
  readonly programme: string | null;
  readonly disclosure: 'RELEASED' | 'POSSIBLE';
}

/**
 * The statement for at most `most` accesses, latest first. What is left out is left out before anything is counted, so
 * that neither a number of rows nor a limit tells of it. The places of leaves do not either: they count the whole log,
 * where entries of other youths and denials stand between those that are told.
 */
export function accessesQuery({ youthId, from, to }: Wanted, maker: Maker, most: number) {
  const bindings = new Bindings();
  const { bind } = bindings;
  const text = `
    SELECT e.id AS "entryId", l.index::text AS "leafIndex", e.at, ${agencySql('a')} AS agency, e.roles AS mask,
      e.actor IS NOT NULL AS "bySystem", k.code AS category, k.name_sv AS "nameSv", k.name_en AS "nameEn", e.whereabouts,
      ${agencySql('s')} AS source, e.reason, CASE WHEN e.reason = 'CONSENT' THEN e.consent_version END AS "consentVersion",
      CASE WHEN e.reason = 'CONSENT' THEN p.name END AS programme, e.disclosure
    FROM (
      SELECT e.*, became.disclosure FROM registry.entry e CROSS JOIN LATERAL (SELECT ${DISCLOSURE} AS disclosure) became
      WHERE e.youth = ${bind(youthId, 'uuid')} AND e.at >= ${bind(from, 'timestamptz')} AND e.at < ${bind(to, 'timestamptz')}
        AND ${TELLABLE} AND ${coveredSql(maker, bind)} AND NOT registry.is_left_out(e.id) AND became.disclosure <> 'WITHHELD'
      ORDER BY e.at DESC, e.id DESC LIMIT ${bind(most, 'int')}
    ) e
    JOIN registry.agency a ON a.id = e.agency
    JOIN registry.agency s ON s.id = e.source
    JOIN registry.category k ON k.id = e.category
    LEFT JOIN registry.programme p ON p.id = e.programme
    LEFT JOIN seal.leaf l ON l.entry = e.id
    ORDER BY e.at DESC, e.id DESC`;
  return bindings.statement(text);
}

function coveredSql({ coverage, agencyId }: Maker, bind: Bind): string {
  if (coverage === 'ALL') return 'true';
  const own = bind(agencyId, 'int');
  return coverage === 'LEAD'
    ? `(e.reason = 'CONSENT' OR e.agency = ${own})`
    : `(e.agency = ${own} OR e.source = ${own})`;
}
