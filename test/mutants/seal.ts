import type { Mutant } from './mutant.ts';

const SEALER = 'subgraphs/registry/log/seal/sealer.ts';
const LEAF = 'subgraphs/registry/migrations/functions/seal/leaf.sql';
const LEAVES = ['subgraphs/registry/log/seal/leaf.test'];
const SEALS = ['subgraphs/registry/log/seal'];
const ERASURES = ['subgraphs/registry/log/audit/erase'];

/** The seal of the access log. */
export const seal: readonly Mutant[] = [
  {
    breaks: 'The seal takes entries in the order of their transactions, not of their ids',
    file: SEALER,
    find: '(e.incarnation, e.xid, e.id) > (:lastIncarnation::int, :lastXid::xid8, :lastId::uuid)',
    replace: 'e.id > :lastId::uuid AND :lastIncarnation::int IS NOT NULL AND :lastXid::xid8 IS NOT NULL',
    tests: SEALS,
  },
  {
    breaks: 'The seal waits for transactions that are still running',
    file: SEALER,
    find: 'OR e.xid < pg_snapshot_xmin(pg_current_snapshot())',
    replace: 'OR e.xid < pg_snapshot_xmax(pg_current_snapshot())',
    tests: SEALS,
  },
  {
    breaks: 'One sealer works at a time',
    file: 'subgraphs/registry/log/seal/state.ts',
    find: ' FOR UPDATE OF s SKIP LOCKED',
    replace: '',
    tests: SEALS,
  },
  {
    breaks: 'The stored tree is held against what was sealed',
    file: 'subgraphs/registry/log/seal/stored-tiles.ts',
    find: 'Buffer.compare(rootOfEdge(edge), root) === 0 ?',
    replace: 'edge.length >= 0 ?',
    tests: SEALS,
  },
  {
    breaks: 'Nothing is decided that has waited too long for its seal',
    file: 'subgraphs/registry/migrations/functions/rule/authorize.sql',
    find: 'PERFORM seal.demand();',
    replace: 'NULL;',
    tests: SEALS,
  },
  {
    breaks: 'Only who confirms erases, not whoever can be the role that may',
    file: 'subgraphs/registry/migrations/functions/log/entry.sql',
    find: " AND session_user = 'samsyn_erasure_confirmer'",
    replace: '',
    tests: ERASURES,
  },
  {
    breaks: 'Who proposed an erasure does not confirm it',
    file: 'subgraphs/registry/migrations/functions/seal/erasure.sql',
    find: 'IF lower(btrim(by)) = lower(btrim(e.proposed_by)) THEN',
    replace: 'IF false THEN',
    tests: ERASURES,
  },
  {
    breaks: 'A group that has not ended holds its entries',
    file: 'subgraphs/registry/migrations/functions/log/retention.sql',
    find: "greatest(at, coalesce(ended_at, 'infinity'))",
    replace: 'greatest(at, ended_at)',
    tests: ERASURES,
  },
  {
    breaks: 'What became of an answer is kept as long as a decision for it',
    file: 'subgraphs/registry/migrations/functions/seal/erasure.sql',
    find: ' AND NOT (k.is_outcome AND EXISTS (SELECT FROM answer_kept a WHERE a.answer = k.answer))',
    replace: '',
    tests: ERASURES,
  },
  {
    breaks: 'Nothing is erased that witnesses saw too late',
    file: 'subgraphs/registry/migrations/functions/seal/erasure.sql',
    find: 'JOIN seen_for s ON s.years = k.years AND k.index < s.size',
    replace: 'JOIN seen_for s ON s.years = k.years',
    tests: ERASURES,
  },
  {
    breaks: 'An erasure names what it took, and nothing between',
    file: 'subgraphs/registry/migrations/functions/seal/erasure.sql',
    find: 'CASE WHEN going <> int8multirange(int8range(lower(going), upper(going))) THEN going END);',
    replace: 'NULL);',
    tests: ERASURES,
  },
  {
    breaks: 'The sealer’s text has names in the order of RFC 8785',
    file: LEAF,
    find: 'ORDER BY m.key COLLATE "C"',
    replace: 'ORDER BY length(m.key), m.key COLLATE "C"',
    tests: LEAVES,
  },
  {
    breaks: 'The sealer’s text has numbers as JSON has them',
    file: LEAF,
    find: 'trim_scale(value::numeric)::text',
    replace: 'value::text',
    tests: LEAVES,
  },
  {
    breaks: 'Each leaf has a salt of its own',
    file: SEALER,
    find: '(next.place *',
    replace: '(0 *',
    tests: LEAVES,
  },
];
