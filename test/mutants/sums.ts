import type { Mutant } from './mutant.ts';

const SUMS = 'subgraphs/registry/migrations/functions/log/sums.sql';
const SAME = ['subgraphs/registry/log/sums/sums'];
const KEPT = ['subgraphs/registry/log/sums/summing'];

/** The sums of the access log: they tell what its rows tell, or nothing. */
export const sums: readonly Mutant[] = [
  {
    breaks: 'A sum has all entries of its values',
    file: SUMS,
    find: "'H', e.hour, count(*), e.caller",
    replace: "'H', e.hour, count(e.agency), e.caller",
    tests: SAME,
  },
  {
    breaks: 'The reader’s own entries are in no sum that the reader is told',
    file: 'subgraphs/registry/log/sums/counting.ts',
    find: '-1 FROM own e WHERE',
    replace: '-1 FROM own e WHERE false AND',
    tests: SAME,
  },
  {
    breaks: 'Sums are read of an agency’s entries alone where the reader is an agency’s',
    file: 'subgraphs/registry/log/sums/counting.ts',
    find: "['true', ...carried, ...alternatives]",
    replace: "['true', ...carried]",
    tests: SAME,
  },
  {
    breaks: 'A caller whom a review may find is a candidate in a part of the day too',
    file: 'subgraphs/registry/log/sums/candidates.ts',
    find: 'AND s.at > r.starts_at - interval',
    replace: 'AND s.at > r.starts_at - 0 * interval',
    tests: SAME,
  },
  {
    breaks: 'Entries that wait for their seal are counted',
    file: SUMS,
    find: 'AND NOT EXISTS (SELECT FROM unnest(waiting) w WHERE w >= p.at AND w < p.until)',
    replace: '',
    tests: KEPT,
  },
  {
    breaks: 'A day that gets an entry late has no right sums',
    file: SUMS,
    find: 'AND l.leaf >= p.leaf);',
    replace: 'AND l.leaf > p.leaf + 1000000);',
    tests: KEPT,
  },
  {
    breaks: 'What is erased leaves the sums with it',
    file: 'subgraphs/registry/migrations/functions/seal/erasure.sql',
    find: 'PERFORM registry.drop_sums((SELECT array_agg(g.row_at) FROM seal.erasing g));',
    replace: '',
    tests: ['subgraphs/registry/log/audit/erase'],
  },
  {
    breaks: 'A read whose answer was withheld is a candidate: it may be asked for',
    file: SUMS,
    find: "WHERE o.kind = 'RELEASED' AND o.answer_id IS NOT NULL AND o.at >= starts_at",
    replace: "WHERE o.kind <> 'LATE' AND o.answer_id IS NOT NULL AND o.at >= starts_at",
    tests: SAME,
  },
  {
    breaks: 'A read after an end is a candidate',
    file: SUMS,
    find: 'AND e.at > x.ended_at - on_its_way;',
    replace: "AND e.at > x.ended_at + interval '1 day';",
    tests: SAME,
  },
  {
    breaks: 'Candidates stand for settled days alone',
    file: 'subgraphs/registry/log/read/candidate-rows.ts',
    find: "AND EXISTS (SELECT FROM cover p WHERE p.grain = 'P' AND c.at >= p.starts_at AND c.at < p.ends_at)",
    replace: '',
    tests: SAME,
  },
  {
    breaks: 'Rows of days without sums are read for what was not released',
    file: 'subgraphs/registry/log/read/candidate-rows.ts',
    find: ") row WHERE p.grain = 'R')",
    replace: ') row WHERE false)',
    tests: SAME,
  },
  {
    breaks: 'Candidates of a day go with what is erased of it',
    file: SUMS,
    find: 'DELETE FROM registry.log_candidate c USING',
    replace: "DELETE FROM registry.log_candidate c USING (SELECT '' WHERE false) AS never,",
    tests: SAME,
  },
];
