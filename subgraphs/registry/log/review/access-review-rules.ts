import { endedSql, OF_WHAT_ENDED, permitsOf, releasedAfterEnd } from '../read/access-ends.ts';
import { Disclosure } from '../read/access-log.ts';
import { branchesOf, latestSql, type Selection } from '../read/access-log-query.ts';
import { coverSql, isCandidate } from '../read/candidate-rows.ts';
import { type Condition, entrySql, ofDisclosure } from '../read/condition.ts';
import { amongCandidates, type Candidates } from '../sums/candidates.ts';

/** The kinds of review, by what they look for. */
export enum AccessReviewKind {
  RELEASED_AFTER_END = 'RELEASED_AFTER_END',
  NO_SEAT = 'NO_SEAT',
  PROTECTED_IDENTITY = 'PROTECTED_IDENTITY',
  POSSIBLY_DISCLOSED = 'POSSIBLY_DISCLOSED',
  MANY_YOUTHS = 'MANY_YOUTHS',
  ODD_HOURS = 'ODD_HOURS',
  REPEATED_DENIALS = 'REPEATED_DENIALS',
  SHORTLY_BEFORE_AN_END = 'SHORTLY_BEFORE_AN_END',
}

/**
 * From how many youths in an hour a caller is found: more than the groups that one person works in. Sums have nobody with less
 * (subgraphs/registry/migrations/functions/log/sums.sql), nor with fewer denials.
 */
export const MANY_YOUTHS = 30;
/** From how many denied requests in a day a caller is found: more than somebody makes who has mistaken one youth. */
export const REPEATED_DENIALS = 10;
/** Between these full hours, Europe/Stockholm, a person's request is at an odd hour. */
export const ODD_FROM = 22;
export const ODD_UNTIL = 6;
/** The hours within which a request is shortly before or after an end. */
export const NEAR_AN_END_HOURS = 24;
/** A permit without confirmation counts from this age, in seconds: the confirmation comes with the sector's next request. */
const CONFIRMED_WITHIN_SECONDS = 60;

/** SQL: is the entry `e` a person's, or a system's for a person? A system of its own reads many youths, at any hour. */
export const BY_A_PERSON = '(e.roles & 8 = 0 OR e.actor IS NOT NULL)';

/**
 * SQL: does the denial `e` say something about conduct? The caller asked where the caller had no standing: barred, without a role
 * that reads, without assignment or informed seat. A member's other denials follow from what the consent is: whoever opens the
 * whole view of an own youth is denied all that was not granted, each time, and does nothing wrong.
 */
export const OF_CONDUCT = "e.reason IN ('BARRED', 'ROLE', 'NOT_ASSIGNED', 'NO_SEAT')";

/** SQL of the full hour, and of the day, in Sweden, that the entry `e` falls in. */
export const LOCAL_HOUR = "date_trunc('hour', e.at, 'Europe/Stockholm')";
export const LOCAL_DAY = "date_trunc('day', e.at, 'Europe/Stockholm')";

/**
 * SQL of what a review finds among a selection: (id, at, entries, youths, since, ended_at, in_flight), where `id` and `at` are
 * of the entry, or of the latest of several. `limit` is SQL.
 */
export type Rule = (selection: Selection, limit: string) => string;

const ALONE = '1 AS entries, NULL::int AS youths, e.at AS since';

/** The latest entries for which a condition holds, or one of several that exclude each other. */
function latest(...conditions: Condition[]): Rule {
  return (selection, limit) => {
    const found = branchesOf({ ...selection, oneOf: [...selection.oneOf, conditions] }).map(
      (where) => `(SELECT e.id, e.at, ${ALONE}, NULL::timestamptz AS ended_at, NULL::boolean AS in_flight
        FROM (${latestSql(where, limit, selection)}) e)`,
    );
    return `SELECT * FROM (${found.join(' UNION ALL ')}) AS found ORDER BY at DESC, id DESC LIMIT ${limit}`;
  };
}

/** The columns of an entry `e` that matter where several are found together. */
const LOOKED_AT = 'e.id, e.at, e.caller, e.agency, e.youth, e.request_id';

const FOUND = `(array_agg(e.id ORDER BY e.at DESC, e.id DESC))[1] AS id, max(e.at) AS at, count(*)::int AS entries,
  count(DISTINCT e.youth)::int AS youths, min(e.at) AS since, NULL::timestamptz AS ended_at, NULL::boolean AS in_flight`;

/** The entries `e` of a selection for which a condition holds. */
function allOf(selection: Selection, condition: string): string {
  return branchesOf(selection)
    .map((where) => `SELECT ${LOOKED_AT} FROM registry.entry e WHERE ${entrySql(where)} AND ${condition}`)
    .join(' UNION ALL ');
}

/** The callers for whom, in one period, something was found: looked for among the candidates that sums tell. */
function together(condition: string, period: string, having: string, candidates: Candidates): Rule {
  return (selection, limit) => `
    SELECT ${FOUND}
    FROM (${selection.byRows ? allOf(selection, condition) : amongCandidates(candidates, selection, LOOKED_AT, condition, period)}) e
    GROUP BY e.caller, e.agency, ${period} HAVING ${having}
    ORDER BY 2 DESC, 1 DESC LIMIT ${limit}`;
}

/** The callers of each hour for which a condition holds. Hour by hour, the latest first, so that no more are read than it takes. */
function byHour(hourHolds: string, condition: string): Rule {
  return (selection, limit) => `
    SELECT found.*
    FROM (
      SELECT h.at FROM generate_series(date_trunc('hour', ${selection.from}, 'UTC'), ${selection.to}, interval '1 hour') AS h (at)
      WHERE ${hourHolds} ORDER BY h.at DESC
    ) hour CROSS JOIN LATERAL (
      SELECT ${FOUND}
      FROM (${allOf(selection, `${condition} AND e.at >= hour.at AND e.at < hour.at + interval '1 hour'`)}) e
      GROUP BY e.caller, e.agency
    ) found
    ORDER BY hour.at DESC, found.at DESC, found.id DESC LIMIT ${limit}`;
}

/** The entries near an end, in the order of time. */
function byEnds(found: (where: string, selection: Selection) => string): Rule {
  return (selection, limit) => {
    const where = [
      entrySql(selection.all),
      ...selection.oneOf.map((ways) => `(${ways.map((way) => entrySql([way])).join(' OR ')})`),
    ].join(' AND ');
    // An entry that several ends concern is found once, with the first of them.
    return `SELECT id, at, 1 AS entries, NULL::int AS youths, at AS since, ended_at, in_flight
      FROM (SELECT DISTINCT ON (id) * FROM (${found(where, selection)}) AS near ORDER BY id, in_flight, ended_at) AS found
      ORDER BY at DESC, id DESC LIMIT ${limit}`;
  };
}

const HOUR = "extract(hour FROM h.at AT TIME ZONE 'Europe/Stockholm')";
const NEAR = `interval '${NEAR_AN_END_HOURS} hours'`;

const POSSIBLE = ofDisclosure(Disclosure.POSSIBLE, "'POSSIBLE'");

/**
 * SQL of the permitted reads `e` of a selection that may have been released after an end: in settled days those of the rows of
 * which that is known, elsewhere all.
 */
function permitsNearEnds(where: string, selection: Selection): string {
  return `
    WITH ${coverSql(selection)}
    SELECT e.* FROM cover p CROSS JOIN LATERAL (
      ${permitsOf(`${where} AND e.at >= p.starts_at AND e.at < p.ends_at`)} OFFSET 0
    ) e WHERE p.grain = 'R'
    UNION ALL
    SELECT e.* FROM registry.log_candidate c CROSS JOIN LATERAL (
      ${permitsOf(`${where} AND e.row_id = c.row_id AND e.at = c.at`)} OFFSET 0
    ) e WHERE ${isCandidate('E')}`;
}

/** The way in which each kind of review is made. */
export const RULES: Readonly<Record<AccessReviewKind, Rule>> = {
  RELEASED_AFTER_END: byEnds((where, selection) => releasedAfterEnd(permitsNearEnds(where, selection))),
  NO_SEAT: latest(
    { row: (of) => `${of}.marks && ARRAY[registry.mark_of_reason('NO_SEAT')]`, unit: "e.reason = 'NO_SEAT'" },
    {
      row: (of) =>
        `${of}.kind = 'READ' AND ${of}.kind NOT IN ('DECISION', 'RELEASED') AND ${of}.name IN ('youth', 'group', 'consent')`,
      unit: 'NOT e.permitted',
    },
  ),
  PROTECTED_IDENTITY: (selection, limit) =>
    latest({
      row: (of) => `${of}.marks && ARRAY[registry.mark_of_protected()]`,
      // C16: what may not show in an entry is not found by it either.
      unit: `e.protected AND (NOT e.permitted OR e.reason = 'CONSENT') AND ${selection.protection()}`,
    })(selection, limit),
  POSSIBLY_DISCLOSED: latest({
    ...POSSIBLE,
    row: (of) =>
      `${of}.at <= registry.clock() - interval '${CONFIRMED_WITHIN_SECONDS} seconds' AND ${POSSIBLE.row(of)}`,
  }),
  MANY_YOUTHS: together(
    `e.kind = 'DECISION' AND ${BY_A_PERSON}`,
    LOCAL_HOUR,
    `count(DISTINCT e.youth) >= ${MANY_YOUTHS}`,
    { cube: 'Y', grain: 'H', longest: '1 hour' },
  ),
  ODD_HOURS: byHour(`(${HOUR} >= ${ODD_FROM} OR ${HOUR} < ${ODD_UNTIL})`, `e.kind = 'DECISION' AND ${BY_A_PERSON}`),
  REPEATED_DENIALS: together(
    `e.kind = 'DECISION' AND ${OF_CONDUCT}`,
    LOCAL_DAY,
    `count(DISTINCT e.request_id) >= ${REPEATED_DENIALS}`,
    { cube: 'N', grain: 'D', longest: '25 hours' },
  ),
  SHORTLY_BEFORE_AN_END: byEnds(
    // Day by day, so that only rows of those days are read, of all youths of whom something ended then.
    (where, { from, to }) => `
      WITH ${endedSql(`x.ended_at > ${from} - ${NEAR} AND x.ended_at < ${to} + ${NEAR}`)}, day AS (
        SELECT array_agg(DISTINCT n.youth) AS youths, min(n.ended_at) - ${NEAR} AS since, max(n.ended_at) + ${NEAR} AS until
        FROM ended n GROUP BY date_trunc('day', n.ended_at, 'UTC')
      )
      SELECT e.id, e.at, ended.ended_at, NULL::boolean AS in_flight
      FROM day CROSS JOIN LATERAL (
        SELECT e.* FROM registry.entry e
        WHERE e.part_youth && day.youths AND e.kind = 'DECISION' AND e.at > day.since AND e.at <= day.until AND ${where} OFFSET 0
      ) e
      JOIN ended ON ${OF_WHAT_ENDED}
        AND e.at <= ended.ended_at + ${NEAR}
        AND e.at > ended.ended_at - CASE WHEN ended.by_word THEN ${NEAR} ELSE interval '0' END
        AND (NOT e.permitted OR e.at <= ended.ended_at)`,
  ),
};
