import { RELEASE_DEADLINE_MS } from '../../../../schema/deadline.ts';
import { isToldSql } from '../../sql/ending.ts';

/**
 * The seconds that can pass between the recording of a permission's end and its commit: the longest transaction of a role
 * that serves. A decision that was taken within it may not have seen the end.
 */
export const UNSEEN_SECONDS = 10;

/**
 * SQL of a WITH clause's `ended`, the ends that are public by now: (consent, consent_grant, group_id, youth, ended_at, by_word).
 * One of a grant names the grant, any other is of the whole version. `by_word`: somebody refused or withdrew; else it
 * expired, was superseded or ended with its group. It is computed once, and not for each entry that is looked at.
 */
export const ENDED = `ended AS MATERIALIZED (
  SELECT c.id AS consent, happened.consent_grant, g.id AS group_id, g.youth, happened.ended_at, happened.by_word
  FROM (
    SELECT r.consent, r.consent_grant, r.ended_at, true AS by_word FROM registry.statement_reach r
    UNION ALL
    SELECT s.predecessor, NULL, s.superseded_at, false FROM registry.supersession_standing s WHERE s.counts
    UNION ALL
    SELECT over.id, NULL, term.effective_until, false
    FROM (
      SELECT c.id FROM registry.consent c
      JOIN registry.intervention_group g ON g.id = c.group_id JOIN registry.youth y ON y.id = g.youth
      WHERE c.valid_until <= registry.clock() OR registry.birthday(y.birth_date, 18) <= registry.clock()
    ) over
    CROSS JOIN LATERAL (SELECT t.effective_until FROM registry.consent_term t WHERE t.consent = over.id OFFSET 0) term
    UNION ALL
    SELECT of_group.id, NULL, closed.ended_at, false FROM registry.intervention_group closed
    JOIN registry.consent of_group ON of_group.group_id = closed.id WHERE closed.ended_at IS NOT NULL
  ) happened
  JOIN registry.consent c ON c.id = happened.consent
  JOIN registry.intervention_group g ON g.id = c.group_id
  WHERE ${isToldSql('happened.ended_at')}
)`;

/**
 * SQL of the decisions `e` about what each `ended` was of, under a condition. OFFSET has them looked up by the youth, end by
 * end: few entries come after an end, and the planner would read the whole interval.
 */
export function nearEach(condition: string): string {
  return `(
    SELECT e.* FROM registry.entry e
    WHERE e.part_youth @> ARRAY[ended.youth] AND e.youth = ended.youth AND e.consent = ended.consent
      AND (ended.consent_grant IS NULL OR e.consent_grant = ended.consent_grant)
      AND e.kind = 'DECISION' AND ${condition} OFFSET 0
  )`;
}

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

/**
 * SQL that finds the permits `e`, under `condition`, that may have been released after what they rest on had ended:
 * (id, at, ended_at, in_flight). In flight is one that the fence allows: decided before the end can have been seen, and
 * released before its deadline. Any other is a breach.
 */
export function releasedAfterEnd(condition: string): string {
  return `
    WITH ${ENDED}
    SELECT e.id, e.at, ended.ended_at,
      e.at <= ended.ended_at + interval '${UNSEEN_SECONDS} seconds' AND release.in_time AS in_flight
    FROM ended
    CROSS JOIN LATERAL ${nearEach(`
      e.at > ended.ended_at - interval '${RELEASE_DEADLINE_MS} milliseconds' AND e.permitted AND e.action = 1 AND ${condition}`)} e
    CROSS JOIN LATERAL ${RELEASE_OF} release
    WHERE NOT release.withheld AND release.until > ended.ended_at`;
}
