import type { Bind } from '../../../../chassis/statement.ts';
import { branchesOf, type Selection } from '../read/access-log-query.ts';
import { entrySql } from '../read/condition.ts';
import type { Sums } from './cubes.ts';

/**
 * SQL of the numbers of entries of a selection, in parts: the columns, and `n`. Sums of settled days are taken as they are; the
 * reader's own entries are taken out of them again, row by row, and put in as the reader may learn of them. What sums do
 * not tell of is counted by rows. `plain` and `told` are SQL of the columns of an entry or sum `e`, without and with what the
 * reader may not learn.
 */
export function countedBySums(
  { coarsest, ofHours, ofDays }: Sums,
  selection: Selection,
  { plain, told }: { readonly plain: string; readonly told: string },
  names: readonly string[],
  bind: Bind,
): string {
  const { all, oneOf, carried, from, to } = selection;
  // Each of the alternatives is carried: without it there are no sums that answer (cubes.ts).
  const alternatives = oneOf.map((ways) => `(${ways.map(({ carried: sql }) => sql ?? 'false').join(' OR ')})`);
  const alike = ['true', ...carried, ...alternatives].join(' AND ');
  const may = [entrySql(all), ...alternatives].join(' AND ');
  const own = bind(names, 'text[]');
  const inSums = `e.at >= ${from} AND e.at < ${to} AND EXISTS (
    SELECT FROM cover r WHERE r.grain <> 'R' AND e.at >= r.starts_at AND e.at < r.ends_at)`;
  const rows = branchesOf(selection).map(
    (where) => `SELECT e.* FROM cover r CROSS JOIN LATERAL (
      SELECT ${told}, 1 AS n FROM registry.entry e WHERE ${entrySql(where)} AND e.at >= r.starts_at AND e.at < r.ends_at OFFSET 0
    ) e WHERE r.grain = 'R'`,
  );
  // OFFSET has each part of the interval looked up by its index: the planner does not know how few parts there are.
  return `
    WITH cover AS MATERIALIZED (SELECT * FROM registry.summed_cover(${from}, ${to}, '${coarsest}')),
    own AS MATERIALIZED (
      SELECT e.* FROM registry.entry e WHERE e.caller = ANY (${own}) AND ${inSums}
      UNION ALL
      SELECT e.* FROM registry.entry e WHERE e.actor = ANY (${own}) AND NOT e.caller = ANY (${own}) AND ${inSums}
    )
    SELECT s.* FROM cover r CROSS JOIN LATERAL (
      SELECT ${plain}, e.entries AS n FROM registry.log_sum e
      WHERE e.cube = CASE r.grain WHEN 'H' THEN '${ofHours}'::"char" ELSE '${ofDays}'::"char" END AND e.grain = r.grain
        AND e.at >= r.starts_at AND e.at < r.ends_at AND ${alike} OFFSET 0
    ) s WHERE r.grain <> 'R'
    UNION ALL SELECT ${plain}, -1 FROM own e WHERE ${alike}
    UNION ALL SELECT ${told}, 1 FROM own e WHERE ${may}
    UNION ALL ${rows.join(' UNION ALL ')}`;
}
