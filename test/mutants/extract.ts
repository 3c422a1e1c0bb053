import type { Mutant } from './mutant.ts';

const FOLDER = 'subgraphs/registry/log/report';
const TESTS = ['test/registry'];

const changes: readonly (readonly [breaks: string, file: string, find: string, replace: string])[] = [
  ['what was denied is no access', 'report-query.ts', ' AND e.permitted AND ', ' AND '],
  ['what is no reading is no access', 'report-query.ts', ' AND e.action = 1', ''],
  ['the question what may be read is no access', 'report-query.ts', "'^[a-zA-Z]+Readable$'", "'^$'"],
  ['what was read beside that question is an access', 'report-query.ts', "'^[a-zA-Z]+Readable$'", "'Readable$'"],
  ['what is left out is not told', 'report-query.ts', ' AND registry.is_left_out(t.entry)', ' AND false'],
  ['an answer of which nothing left was not shown', 'report-query.ts', ' AND NOT coalesce(became.withheld, false)', ''],
  [
    'the lead agency tells nothing of how others read their own records',
    'report-query.ts',
    "e.reason = 'CONSENT' OR",
    "e.reason IN ('CONSENT', 'OWN') OR",
  ],
  [
    'an agency’s auditor makes an extract of what concerns the agency',
    'report-query.ts',
    ' OR e.source =',
    ' OR true OR e.source =',
  ],
  ['an extract goes on while it has rows', 'access-report-resolver.ts', 'rows: first + 1 }', 'rows: first }'],
  ['rows are numbered from the latest on', 'report-query.ts', 'ORDER BY t.at DESC, t.id DESC)', 'ORDER BY t.at, t.id)'],
  ['the youth is one whose lead agency this is', 'maker.ts', ' AND y.lead_agency = own.id', ''],
  [
    'an auditor has no other role',
    'maker.ts',
    "registry.acts_as(:roles, 'MANAGER') OR seat",
    ':roles & 16 <> 0 OR seat',
  ],
  [
    'the coordinator is that of the group that ended last',
    'maker.ts',
    'later.ended_at IS NULL OR later.ended_at > s.ended_at',
    'later.ended_at IS NULL',
  ],
  ['an extract that is refused is an entry of a refusal', 'maker.ts', 'maker.may IS NOT NULL', 'true'],
  [
    'nobody decides about their own reading',
    'decide-telling.ts',
    'array_remove(ARRAY[:caller::text, :actor::text], NULL)',
    'ARRAY[]::text[]',
  ],
  [
    'an agency decides about what it is source or recipient of',
    'decide-telling.ts',
    'own.id IN (e.agency, e.source)',
    'own.id IS NOT NULL',
  ],
  [
    'a decision expects the decision that it changes',
    'decide-telling.ts',
    'expectedRevision != null && ',
    'expectedRevision === 0 && ',
  ],
  [
    'an agency reads its own decisions',
    'tellings-resolver.ts',
    '(:scope::int IS NULL OR t.agency = :scope)',
    '(:scope::int IS NULL OR true)',
  ],
];

/** The extract of the access log for the youth. */
export const extract: readonly Mutant[] = [
  ...changes.map(([breaks, file, find, replace]) => ({
    breaks,
    file: `${FOLDER}/${file}`,
    find,
    replace,
    tests: TESTS,
  })),
  {
    breaks: 'an entry is left out while any agency leaves it out',
    file: 'subgraphs/registry/migrations/functions/log/report.sql',
    find: 'later.agency = t.agency AND ',
    replace: '',
    tests: TESTS,
  },
];
