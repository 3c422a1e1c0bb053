import type { Mutant } from './mutant.ts';

const SEALER = 'subgraphs/registry/log/seal/sealer.ts';
const LEAF = 'subgraphs/registry/migrations/functions/seal/leaf.sql';
const LEAVES = ['subgraphs/registry/log/seal/leaf.test'];
const SEALS = ['subgraphs/registry/log/seal'];
const OPENS = ['test/crash/open'];
const ERASURES = ['subgraphs/registry/log/audit/erase'];

/** The seal of the access log. */
export const seal: readonly Mutant[] = [
  {
    breaks: 'The seal takes rows in the order of their transactions, not of their ids',
    file: SEALER,
    find: '(r.incarnation, r.xid, r.id) > (:lastIncarnation::int, :lastXid::xid8, :lastId::uuid)',
    replace: 'r.id > :lastId::uuid AND :lastIncarnation::int IS NOT NULL AND :lastXid::xid8 IS NOT NULL',
    tests: SEALS,
  },
  {
    breaks: 'The seal waits for transactions that are still running',
    file: SEALER,
    find: 'OR r.xid < pg_snapshot_xmin(pg_current_snapshot())',
    replace: 'OR r.xid < pg_snapshot_xmax(pg_current_snapshot())',
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
    find: 'PERFORM seal.demand_open();',
    replace: 'NULL;',
    tests: SEALS,
  },
  {
    breaks: 'Nothing is decided on a server that no sealer has opened',
    file: 'subgraphs/registry/migrations/functions/seal/seal.sql',
    find: 'WHERE o.server_started_at = pg_postmaster_start_time() AND o.decide_until > clock_timestamp()',
    replace: 'WHERE o.decide_until > clock_timestamp()',
    tests: OPENS,
  },
  {
    breaks: 'A copy of the database is not the one that was opened',
    file: 'subgraphs/registry/migrations/functions/seal/seal.sql',
    find: `JOIN seal.state s ON s.incarnation = o.incarnation AND s.halted_why IS NULL
    JOIN pg_database d ON d.oid = o.database AND d.datname = current_database()`,
    replace: 'JOIN seal.state s ON s.incarnation = o.incarnation AND s.halted_why IS NULL',
    tests: OPENS,
  },
  {
    breaks: 'A promoted server, or a log without a memory, is not opened unvouched',
    file: 'subgraphs/registry/log/seal/log-opening.ts',
    find: 'if (isUnknown && !now.isNamed) {',
    replace: 'if (isUnknown && now.size < 0) {',
    tests: OPENS,
  },
  {
    breaks: 'A log that lacks what is remembered is not opened',
    file: 'subgraphs/registry/log/seal/log-opening.ts',
    find: "return isConsistent(known, { size, root }, proof) ? null : 'MEMORY_DISAGREES';",
    replace: 'return isConsistent(known, { size, root }, proof) ? null : null;',
    tests: OPENS,
  },
  {
    breaks: 'A commit that may be on no standby does not count as written',
    file: 'chassis/replicated.ts',
    find: 'if (code === WARNING) warned',
    replace: 'if (code === undefined) warned',
    tests: ['test/crash/not-replicated'],
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
    find: 'AND NOT seal.kept_until(d.at, d.part_years[part], g.id IS NOT NULL, g.ended_at) < kept_before',
    replace: 'AND false',
    tests: ERASURES,
  },
  {
    breaks: 'Nothing is erased that witnesses saw too late',
    file: 'subgraphs/registry/migrations/functions/seal/erasure.sql',
    find: 'JOIN seen_for s ON s.years = o.years AND o.index < s.size',
    replace: 'JOIN seen_for s ON s.years = o.years',
    tests: ERASURES,
  },
  {
    breaks: 'An erasure names the parts that it took, and not the rest of their rows',
    file: 'subgraphs/registry/migrations/functions/seal/erasure.sql',
    find: 'CASE WHEN g.is_whole THEN int8multirange(',
    replace: 'CASE WHEN true THEN int8multirange(',
    tests: ERASURES,
  },
  {
    breaks: 'The salt of an erased part goes with it',
    file: 'subgraphs/registry/migrations/functions/seal/erasure.sql',
    find: "THEN decode(repeat('00', 16), 'hex')",
    replace: 'THEN substr(l.salts, p * 16 + 1, 16)',
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
    breaks: 'Each header has a salt of its own',
    file: SEALER,
    find: 'uuid_send(gen_random_uuid()) AS salt FROM next) n',
    replace: "uuid_send('00000000-0000-4000-8000-000000000000') AS salt FROM next) n",
    tests: LEAVES,
  },
  {
    breaks: 'Each part has a salt of its own',
    file: SEALER,
    find: 'AS units, uuid_send(gen_random_uuid()) AS salt',
    replace: "AS units, uuid_send('00000000-0000-4000-8000-000000000000') AS salt",
    tests: LEAVES,
  },
];
