import { BY_A_PERSON, type TogetherRule, togetherByRows, togetherBySums } from './access-callers.ts';
import { endedSql, nearEach, releasedAfterEnd } from './access-ends.ts';
import { branchesOf, conditionOf, DISCLOSURE, type Selection } from './access-log-query.ts';

/** What a review looks for. */
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

/** From how many youths in an hour a caller is found: more than the groups that one person works in. */
export const MANY_YOUTHS = 30;
/** From how many denied requests in a day a caller is found: more than somebody makes who has mistaken one youth. */
export const REPEATED_DENIALS = 10;
/** Between these full hours, Europe/Stockholm, a person's request is at an odd hour. */
export const ODD_FROM = 22;
export const ODD_UNTIL = 6;
/** How near to an end, in hours, a request is shortly before or after it. */
export const NEAR_AN_END_HOURS = 24;
/** A permit without confirmation counts from this age, in seconds: the confirmation comes with the sector's next request. */
const CONFIRMED_WITHIN_SECONDS = 60;

/**
 * SQL of what a review finds among a selection: (id, at, entries, youths, since, ended_at, in_flight), where `id` and `at` are
 * of the entry, or of the latest of several. `limit` is SQL. `bySums`: with the help of sums, which finds the same.
 */
export type Rule = (selection: Selection, limit: string, bySums: boolean) => string;

const ALONE = '1 AS entries, NULL::int AS youths, e.at AS since';

/** The latest entries for which a condition holds, or one of several that exclude each other. */
function latest(...conditions: string[]): Rule {
  return (selection, limit) => {
    const order = `ORDER BY at DESC, id DESC LIMIT ${limit}`;
    const found = branchesOf({ ...selection, oneOf: [...selection.oneOf, conditions] }).map(
      (where) => `(SELECT e.id, e.at, ${ALONE}, NULL::timestamptz AS ended_at, NULL::boolean AS in_flight
        FROM registry.entry e WHERE ${where} ${order})`,
    );
    return `SELECT * FROM (${found.join(' UNION ALL ')}) AS found ${order}`;
  };
}

/** The callers for whom, in one period, something was found. */
function together(rule: TogetherRule): Rule {
  return (selection, limit, bySums) => (bySums ? togetherBySums : togetherByRows)(rule, selection, limit);
}

/** What stands near an end, in the order of time. */
function byEnds(found: (where: string, bySums: boolean, selection: Selection) => string): Rule {
  return (selection, limit, bySums) => {
    const where = conditionOf(selection);
    // An entry that several ends concern is found once, with the first of them.
    return `SELECT id, at, 1 AS entries, NULL::int AS youths, at AS since, ended_at, in_flight
      FROM (SELECT DISTINCT ON (id) * FROM (${found(where, bySums, selection)}) AS near ORDER BY id, in_flight, ended_at) AS found
      ORDER BY at DESC, id DESC LIMIT ${limit}`;
  };
}

const oddHour = (at: string) => {
  const hour = `extract(hour FROM ${at} AT TIME ZONE 'Europe/Stockholm')`;
  return `(${hour} >= ${ODD_FROM} OR ${hour} < ${ODD_UNTIL})`;
};
const NEAR = `interval '${NEAR_AN_END_HOURS} hours'`;

/** How each kind of review is made. */
export const RULES: Readonly<Record<AccessReviewKind, Rule>> = {
  RELEASED_AFTER_END: byEnds(releasedAfterEnd),
  NO_SEAT: latest(
    "e.reason = 'NO_SEAT' AND NOT e.permitted",
    "e.kind = 'READ' AND e.kind NOT IN ('DECISION', 'RELEASED') AND e.name IN ('youth', 'group', 'consent') AND NOT e.permitted",
  ),
  PROTECTED_IDENTITY: latest("e.protected AND (NOT e.permitted OR e.reason = 'CONSENT')"),
  POSSIBLY_DISCLOSED: latest(
    `e.kind = 'DECISION' AND e.permitted AND e.at <= registry.clock() - interval '${CONFIRMED_WITHIN_SECONDS} seconds'
      AND ${DISCLOSURE} = 'POSSIBLE'`,
  ),
  MANY_YOUTHS: together({
    period: 'hour',
    condition: `e.kind = 'DECISION' AND ${BY_A_PERSON}`,
    having: `count(DISTINCT e.youth) >= ${MANY_YOUTHS}`,
    bound: 'h.youths',
    least: MANY_YOUTHS,
  }),
  ODD_HOURS: together({
    period: 'hour',
    condition: `e.kind = 'DECISION' AND ${BY_A_PERSON} AND ${oddHour('e.at')}`,
    having: 'true',
    bound: 'h.decisions',
    least: 1,
    hours: oddHour('h.starts_at'),
  }),
  REPEATED_DENIALS: together({
    period: 'day',
    condition: "e.kind = 'DECISION' AND NOT e.permitted",
    having: `count(DISTINCT e.request_id) >= ${REPEATED_DENIALS}`,
    bound: 'h.denied_requests',
    least: REPEATED_DENIALS,
  }),
  SHORTLY_BEFORE_AN_END: byEnds(
    (where, _, { from, to }) => `
      WITH ${endedSql(`happened.ended_at >= ${from} - ${NEAR} AND happened.ended_at < ${to} + ${NEAR}`)}
      SELECT e.id, e.at, ended.ended_at, NULL::boolean AS in_flight
      FROM ended
      CROSS JOIN LATERAL ${nearEach(`
        e.at <= ended.ended_at + ${NEAR}
        AND e.at > ended.ended_at - CASE WHEN ended.by_word THEN ${NEAR} ELSE interval '0' END
        AND (NOT e.permitted OR e.at <= ended.ended_at) AND ${where}`)} e`,
  ),
};
