/** The interval of a question. */
export interface Interval {
  /** SQL of its first instant. */
  readonly from: string;
  /** SQL of the instant after it. */
  readonly to: string;
  /** True where every row is looked at, whatever is known of settled days. */
  readonly byRows: boolean;
}

/** The order in which rows are listed, the latest first. */
const LATEST = 'ORDER BY r.at DESC, r.id DESC';

/**
 * SQL of a WITH clause's `cover`: the parts of the interval, (grain, starts_at, ends_at). Of a part P the candidates are known
 * (registry.log_candidate); a part R is read row by row.
 */
export function coverSql({ from, to, byRows }: Interval): string {
  return `cover AS MATERIALIZED (${
    byRows
      ? `SELECT 'R'::"char" AS grain, ${from} AS starts_at, ${to} AS ends_at`
      : `SELECT * FROM registry.summed_cover(${from}, ${to}, 'P')`
  })`;
}

/** SQL of the candidates `c` of a kind in the parts P of `cover`, as a condition on them. */
export function isCandidate(kind: 'U' | 'E'): string {
  return `c.kind = '${kind}' AND EXISTS (SELECT FROM cover p WHERE p.grain = 'P' AND c.at >= p.starts_at AND c.at < p.ends_at)`;
}

/**
 * SQL of the latest rows `r` under a condition, among those of permitted reads whose answer is not known to have been released:
 * (r). In parts R the answers that were released are collected first, so that each row is held against them at once.
 */
export function unreleasedRows(condition: string, limit: string, interval: Interval): string {
  return `
    WITH ${coverSql(interval)}, released AS MATERIALIZED (
      SELECT o.name, a.answer FROM cover p CROSS JOIN LATERAL (
        SELECT o.name, o.answer_id FROM registry.log_row o
        WHERE o.kind = 'RELEASED' AND o.answer_id IS NOT NULL AND o.name IS NOT NULL
          AND o.at >= p.starts_at AND o.at < p.ends_at + interval '1 day' OFFSET 0
      ) o CROSS JOIN LATERAL unnest(o.answer_id) AS a (answer)
      WHERE p.grain = 'R' AND a.answer IS NOT NULL
    )
    SELECT found.r FROM (
      (SELECT row.r, row.at, row.id FROM cover p CROSS JOIN LATERAL (
        SELECT r, r.at, r.id FROM registry.log_row r WHERE r.at >= p.starts_at AND r.at < p.ends_at
          AND (r.answer IS NULL OR (r.name, r.answer) NOT IN (SELECT k.name, k.answer FROM released k)) AND ${condition}
        ${LATEST} LIMIT ${limit}
      ) row WHERE p.grain = 'R')
      UNION ALL
      (SELECT row.r, c.at, c.row_id FROM registry.log_candidate c CROSS JOIN LATERAL (
        SELECT r FROM registry.log_row r WHERE r.at = c.at AND r.id = c.row_id AND ${condition} OFFSET 0
      ) row WHERE ${isCandidate('U')} ORDER BY c.at DESC, c.row_id DESC LIMIT ${limit})
    ) found ORDER BY found.at DESC, found.id DESC LIMIT ${limit}`;
}
