import { branchesOf, type Selection } from './access-log-query.ts';
import { WITH_TAIL } from './access-tail.ts';

/** SQL: is the entry `e` a person's, or a system's for a person? A system of its own reads many youths, at any hour. */
export const BY_A_PERSON = '(e.roles & 8 = 0 OR e.actor IS NOT NULL)';

/** What is looked for among the entries of one caller in one hour or one day, in Sweden. */
export interface TogetherRule {
  readonly period: 'hour' | 'day';
  /** SQL of a condition on the entries `e`, and on all of them together. */
  readonly condition: string;
  readonly having: string;
  /** SQL of a number that the sums `h` of a caller's hour keep, and how large it is at least where something is found. */
  readonly bound: string;
  readonly least: number;
  /** SQL of a condition on the hours `h`, where only some are looked at. */
  readonly hours?: string;
}

const periodOf = (period: string, at: string) => `date_trunc('${period}', ${at}, 'Europe/Stockholm')`;
const FOUND = `
  SELECT (array_agg(e.id ORDER BY e.at DESC, e.id DESC))[1] AS id, max(e.at) AS at, count(*)::int AS entries,
    count(DISTINCT e.youth)::int AS youths, min(e.at) AS since, NULL::timestamptz AS ended_at, NULL::boolean AS in_flight`;

/** SQL of the callers for whom, in one period, something is found: of all entries of the interval, row by row. */
export function togetherByRows(
  { period, condition, having }: TogetherRule,
  selection: Selection,
  limit: string,
): string {
  return `
    ${FOUND}
    FROM (${entriesOf(selection, condition)}) e
    GROUP BY e.caller, e.agency, ${periodOf(period, 'e.at')} HAVING ${having}
    ORDER BY 2 DESC, 1 DESC LIMIT ${limit}`;
}

/**
 * SQL of the same, with the sums' help: they tell of which callers and periods there may be something to find, and the entries
 * of these alone are looked at, the latest first.
 */
export function togetherBySums(rule: TogetherRule, selection: Selection, limit: string): string {
  const { period, condition, having } = rule;
  const ofOne = `${condition} AND e.caller = maybe.caller AND e.agency IS NOT DISTINCT FROM maybe.agency
    AND e.at >= maybe.period
    AND e.at < (maybe.period AT TIME ZONE 'Europe/Stockholm' + interval '1 ${period}') AT TIME ZONE 'Europe/Stockholm'`;
  return `
    WITH ${WITH_TAIL}, maybe AS MATERIALIZED (${maybeSql(rule, selection)})
    SELECT found.*
    FROM (SELECT * FROM maybe ORDER BY period DESC) maybe
    CROSS JOIN LATERAL (${FOUND} FROM (${entriesOf(selection, ofOne)}) e HAVING count(*) > 0 AND ${having}) found
    ORDER BY maybe.period DESC, found.at DESC, found.id DESC LIMIT ${limit}`;
}

function entriesOf(selection: Selection, condition: string): string {
  return branchesOf(selection)
    .map(
      (where) => `SELECT e.id, e.at, e.caller, e.agency, e.youth, e.request_id FROM registry.entry e
        WHERE ${where} AND ${condition}`,
    )
    .join(' UNION ALL ');
}

/** Callers and periods: of the summed entries and of the tail together the bound is reached. */
function maybeSql({ period, condition, bound, least, hours = 'true' }: TogetherRule, { from, to }: Selection): string {
  const within = `h.starts_at > ${from} - interval '1 hour' AND h.starts_at < ${to}`;
  const summed = `(SELECT u.usable FROM summed u) AND ${hours}`;
  const late = `SELECT ${periodOf(period, 'e.at')} AS period, e.caller, e.agency, count(*)::int AS bound FROM tail e
    WHERE e.at >= ${from} AND e.at < ${to} AND ${condition} GROUP BY 1, 2, 3`;
  if (period === 'day') {
    return `SELECT period, caller, agency FROM (
        SELECT ${periodOf(period, 'h.starts_at')} AS period, h.caller, h.agency, ${bound} AS bound
        FROM registry.sum_caller_hour h WHERE ${within} AND ${bound} > 0 AND ${summed}
        UNION ALL ${late}
      ) b GROUP BY 1, 2, 3 HAVING sum(bound) >= ${least}`;
  }
  return `SELECT h.starts_at AS period, h.caller, h.agency FROM registry.sum_caller_hour h
      WHERE ${within} AND ${bound} >= ${least} AND ${summed}
      UNION
      SELECT late.period, late.caller, late.agency FROM (${late}) late
      WHERE late.bound + coalesce((
        SELECT ${bound} FROM registry.sum_caller_hour h
        WHERE h.starts_at = late.period AND h.caller = late.caller AND h.agency IS NOT DISTINCT FROM late.agency AND ${summed}
      ), 0) >= ${least}`;
}
