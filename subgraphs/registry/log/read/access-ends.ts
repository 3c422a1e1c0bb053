import { RELEASE_DEADLINE_MS } from '../../../../schema/deadline.ts';
import { isToldSql } from '../../sql/ending.ts';

/**
 * The seconds that can pass between the recording of a permission's end and its commit: the longest transaction of a role
 * that serves. A decision that was taken within it may not have seen the end.
 */
export const UNSEEN_SECONDS = 10;

/**
 * SQL of a WITH clause's `ended`, the ends `x` under a condition that are public by now: the columns of registry.permission_end. It
 * is computed once, and not for each entry that is looked at.
 */
export function endedSql(condition = 'true'): string {
  return `ended AS MATERIALIZED (SELECT x.* FROM registry.permission_end x WHERE ${isToldSql('x.ended_at')} AND ${condition})`;
}

/** SQL: is the decision `e` about what `ended` was of? */
export const OF_WHAT_ENDED = `e.consent = ended.consent AND e.youth = ended.youth
  AND (ended.consent_grant IS NULL OR e.consent_grant = ended.consent_grant)`;

/**
 * SQL of what is known of the release of the permit `e`: (withheld, until, in_time). `until` is when it was released at the
 * latest: its decision came after its request arrived. Of an answer that nothing is known of, and of one that was cut off,
 * the deadline is what has ended it.
 */
export const RELEASE_OF = `(
  SELECT coalesce(bool_or(became.kind = 'WITHHELD'), false) AS withheld,
    e.at + interval '1 millisecond'
      * coalesce(max(became.elapsed_ms) FILTER (WHERE became.kind = 'RELEASED'), ${RELEASE_DEADLINE_MS}) AS until,
    coalesce(max(became.elapsed_ms) FILTER (WHERE became.kind = 'RELEASED'), 0) < ${RELEASE_DEADLINE_MS} AS in_time
  FROM registry.became_of(e.answer, e.at, e.name) became
)`;

/** SQL: is the entry `e` a permitted read? */
const PERMITTED_READ = "e.kind = 'DECISION' AND e.permitted AND e.action = 1";

/**
 * SQL that finds the permits among `permits` that may have been released after what they rest on had ended:
 * (id, at, ended_at, in_flight). `permits` is SQL of the entries to look at. In flight is one that the fence allows: decided
 * before the end can have been seen, and released before its deadline. Any other is a breach.
 */
export function releasedAfterEnd(permits: string): string {
  return `
    WITH ${endedSql()}
    SELECT e.id, e.at, ended.ended_at,
      e.at <= ended.ended_at + interval '${UNSEEN_SECONDS} seconds' AND release.in_time AS in_flight
    FROM (${permits}) e
    JOIN ended ON ${OF_WHAT_ENDED} AND e.at > ended.ended_at - interval '${RELEASE_DEADLINE_MS} milliseconds'
    CROSS JOIN LATERAL ${RELEASE_OF} release
    WHERE NOT release.withheld AND release.until > ended.ended_at`;
}

/** SQL of the permitted reads `e` under a condition, row by row. */
export function permitsOf(condition: string): string {
  return `SELECT e.* FROM registry.entry e WHERE ${PERMITTED_READ} AND ${condition}`;
}
