import { branchesOf, type Selection } from '../read/access-log-query.ts';
import { entrySql } from '../read/condition.ts';

/** The part of the sums that a review looks through: who, in which periods, may be found. */
export interface Candidates {
  readonly cube: 'Y' | 'N';
  readonly grain: 'H' | 'D';
  /** The longest that a period lasts. */
  readonly longest: '1 hour' | '25 hours';
}

/**
 * SQL of the entries `e` among which a review finds all that it would find among all: in settled days those of the callers that
 * reach what it asks for with all their entries of a period, and so may with those that are selected; elsewhere all.
 * `period` is SQL of the start of the period that an entry falls in.
 */
export function amongCandidates(
  { cube, grain, longest }: Candidates,
  selection: Selection,
  columns: string,
  condition: string,
  period: string,
): string {
  const { from, to } = selection;
  const branches = branchesOf(selection).flatMap((where) => [
    `SELECT e.* FROM cover r CROSS JOIN LATERAL (
      SELECT ${columns} FROM registry.entry e
      WHERE ${entrySql(where)} AND ${condition} AND e.at >= r.starts_at AND e.at < r.ends_at OFFSET 0
    ) e WHERE r.grain = 'R'`,
    `SELECT e.* FROM candidate c CROSS JOIN LATERAL (
      SELECT ${columns} FROM registry.entry e
      WHERE ${entrySql(where)} AND ${condition} AND e.caller = c.caller AND e.agency IS NOT DISTINCT FROM c.agency
        AND e.at >= c.starts_at AND e.at < c.ends_at AND ${period} = c.at OFFSET 0
    ) e`,
  ]);
  return `
    WITH cover AS MATERIALIZED (SELECT * FROM registry.summed_cover(${from}, ${to}, 'P')),
    candidate AS MATERIALIZED (
      SELECT s.caller, s.agency, s.at, greatest(s.at, r.starts_at) AS starts_at,
        least(s.at + interval '${longest}', r.ends_at) AS ends_at
      FROM cover r CROSS JOIN LATERAL (
        SELECT * FROM registry.log_sum s WHERE s.cube = '${cube}' AND s.grain = '${grain}'
          AND s.at > r.starts_at - interval '${longest}' AND s.at < r.ends_at OFFSET 0
      ) s WHERE r.grain = 'P'
    )
    ${branches.join(' UNION ALL ')}`;
}
