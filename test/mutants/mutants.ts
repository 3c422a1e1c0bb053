import { coordination } from './coordination.ts';

/** One change that breaks a promise, and the tests that must notice. */
export interface Mutant {
  /** The promise that the change breaks. */
  readonly breaks: string;
  readonly file: string;
  /** Text that stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Patterns of test files, as jest takes them. */
  readonly tests: readonly string[];
}

const AUTHORIZE = 'subgraphs/registry/migrations/authorize.sql';

/** Takes one condition away from the rule in SQL; the reference model must see it. */
const condition = (breaks: string, find: string, replace = ''): Mutant => ({
  breaks,
  file: AUTHORIZE,
  find,
  replace,
  tests: ['test/model/differential'],
});

/** The same of what crosses a line: the consent matrix tells by it as well. */
const crossing = (breaks: string, find: string, replace = ''): Mutant => ({
  ...condition(breaks, find, replace),
  file: 'subgraphs/registry/migrations/crossing.sql',
});

const rule: readonly Mutant[] = [
  condition('C18 a bar denies', "WHEN candidate.barred THEN 'BARRED' -- C18"),
  condition('C1 roles', "WHEN b.may_ask IS NOT TRUE THEN 'ROLE' -- C1"),
  condition(
    'C1 no other role beside AUDITOR',
    'r.mask & 15 <> 0 AND r.mask & 32 = 0 AND r.action',
    'r.mask & 15 <> 0 AND r.action',
  ),
  condition(
    'C3 own data takes a ground',
    'b.is_system OR b.assigned OR b.seat_informed AND b.group_open THEN',
    'true THEN',
  ),
  condition(
    'C4 a system crosses for a seat holder only',
    "WHEN b.is_system AND b.action <> 3 THEN 'NO_SEAT' -- C4: a system crosses only for a seat holder",
  ),
  crossing('C4 the seat is informed', "WHEN seat_informed IS NOT TRUE THEN 'NO_SEAT'"),
  crossing('C4 the group is open', "WHEN group_open IS NOT TRUE THEN 'GROUP_NOT_OPEN'"),
  condition('C4 the grant names the recipient', 'AND g.recipient = b.agency AND g.category', 'AND g.category'),
  condition(
    'C4 the grant names the category',
    'AND g.recipient = b.agency AND g.category = unit.category',
    'AND g.recipient = b.agency',
  ),
  condition(
    'C4 the grant names the source',
    'AND g.consent = b.consent AND g.source = candidate.source',
    'AND g.consent = b.consent',
  ),
  crossing(
    'C6 refusal',
    "WHEN refused_at IS NOT NULL OR consent_grant = ANY (refused_grants) THEN 'REFUSED' -- C6, C7",
  ),
  crossing('C6 withdrawal', "WHEN withdrawn_at IS NOT NULL OR consent_grant = ANY (withdrawn_grants) THEN 'WITHDRAWN'"),
  crossing('C7 a successor ends its predecessor', "WHEN superseded IS NOT FALSE THEN 'SUPERSEDED'"),
  crossing('C5 the end', "WHEN expired IS NOT FALSE THEN 'EXPIRED'"),
  crossing('C5 signatures', 'WHEN fully_signed_at IS NULL OR youth_signs', 'WHEN youth_signs'),
  crossing('C5 the youth signs some categories', 'OR youth_signs AND youth_signed IS NOT TRUE THEN', 'THEN'),
  crossing('C7 suspension', "WHEN sufficient IS NOT TRUE THEN 'SUSPENDED'"),
  crossing('C5 the beginning', "WHEN (valid_from <= t) IS NOT TRUE THEN 'NOT_YET_VALID'"),
  crossing('C5 acknowledgement', "WHEN acknowledged_at IS NULL THEN 'NOT_ACKNOWLEDGED'"),
  crossing('C16 protected identity', "WHEN whereabouts IS NOT FALSE AND protected THEN 'PROTECTED' -- C16"),
];

const STANDING = 'subgraphs/registry/migrations/standing.sql';

/** Takes away what makes the rule's facts: who holds a seat, who must have signed, what has ended. */
const standing: readonly Mutant[] = [
  condition('C4 the seat is the caller’s', 'AND s.subject = r.subject AND', 'AND'),
  condition('C4 the seat is of the caller’s agency', 'AND s.agency = r.agency AND s.subject', 'AND s.subject'),
  condition('C4 the seat’s role is in the token', 'AND r.mask & s.role_bit <> 0'),
  condition('C4 the seat is in a group of the youth', 'WHERE g.youth = y.youth AND s.agency', 'WHERE s.agency'),
  condition('the sector decides on its own agencies only', 'AND a.sector = own_sector\n'),
  condition('C18 a bar is of one youth, or of all', 'AND (bar.youth IS NULL OR bar.youth = b.youth)'),
  {
    ...condition('C4 an ended seat is held by nobody', 'WHERE (s.ended_at > registry.clock()) IS NOT FALSE'),
    file: STANDING,
  },
  {
    ...condition(
      'C4 a deputy holds a seat handed over',
      'CASE WHEN away.now THEN s.deputy ELSE s.holder END',
      's.holder',
    ),
    file: STANDING,
  },
  {
    ...condition(
      'C5 from 15 the youth signs too',
      "(policy = 'DEFAULT' AND t < registry.birthday(born, 15) OR own.signed)",
      'true',
    ),
    file: STANDING,
  },
  {
    ...condition(
      'C5 an unknown birth date is as a missing signature',
      'WHEN born IS NULL THEN false',
      'WHEN born IS NULL THEN true',
    ),
    file: STANDING,
  },
  {
    ...condition(
      'C5 a waiver is never of the only guardian',
      'OR count(*) > 1 AND count(*) FILTER',
      'OR count(*) FILTER',
    ),
    file: STANDING,
  },
  {
    ...condition(
      'C5 a signature told before 18 does not outlast that birthday',
      'THEN least(c.valid_until, registry.birthday(y.birth_date, 18)) ELSE',
      'THEN c.valid_until ELSE',
    ),
    file: STANDING,
  },
];

const chassis: readonly Mutant[] = [
  {
    breaks: 'the guard denies what was not permitted',
    file: 'subgraphs/guard.ts',
    find: 'if (permits(parent, context)) return inner(parent, args, context, info);',
    replace: 'if (permits(parent, context) || permits !== undefined) return inner(parent, args, context, info);',
    tests: ['subgraphs/guard', 'test/hub/shared-view'],
  },
  {
    breaks: 'what the document asks for is decided, fragments included',
    file: 'subgraphs/touched.ts',
    find: 'if (selection.kind === Kind.FIELD) this.#field(type, selection);',
    replace: "if (selection.kind === Kind.FIELD && type.name !== 'Youth') this.#field(type, selection);",
    tests: ['subgraphs/touched'],
  },
  {
    breaks: 'a grant limited to a period opens no kind of record without a date',
    file: 'subgraphs/read.ts',
    find: 'kind.period !== undefined || (dataFrom === null && dataTo === null)',
    replace: 'true',
    tests: ['test/hub/shared-view'],
  },
  {
    breaks: 'a field without a label does not build',
    file: 'subgraphs/labels.ts',
    find: 'if (labels.length === 0) {',
    replace: 'if (labels.length < 0) {',
    tests: ['subgraphs/labels'],
  },
  {
    breaks: 'one agency’s permit does not open another’s records',
    file: 'subgraphs/decisions.ts',
    find: 'return (this.maskFrom(youth, source) & mask) === mask;',
    replace: 'return this.permits(youth, mask) || this.maskFrom(youth, source) < 0;',
    tests: ['subgraphs/decisions', 'test/hub/shared-view'],
  },
  {
    breaks: 'C13 no log, no data',
    file: 'subgraphs/server.ts',
    find: 'contextValue.decisions = Decisions.unavailable;',
    replace: 'contextValue.decisions = Decisions.none;',
    tests: ['test/faults/log-unavailable'],
  },
  {
    breaks: 'C17 a held record does not cross',
    file: 'subgraphs/read.ts',
    find: 'AND (p.own OR NOT r.held)',
    replace: '',
    tests: ['test/hub/shared-view'],
  },
  {
    breaks: 'C17 what follows from a held record does not cross either',
    file: 'subgraphs/social-services/action-plan.ts',
    find: ' AND (p.own OR NOT f.held)',
    replace: '',
    tests: ['test/hub/on-one-hub'],
  },
  {
    breaks: 'C12 a version is looked at only after the decision',
    file: 'subgraphs/change.ts',
    find: "if (youthId === null) throw HubError.constant('FORBIDDEN');",
    replace: 'if (youthId === null) throw conflict();',
    tests: ['test/hub/writing'],
  },
  {
    breaks: 'an answered key is decided anew',
    file: 'subgraphs/change.ts',
    find: '  const { youthId, category } = before ?? (await find());\n',
    replace: '  if (before !== null) return receiptOf(before);\n  const { youthId, category } = await find();\n',
    tests: ['test/hub/on-one-hub'],
  },
  {
    breaks: 'a key is answered once, also when two come at once',
    file: 'subgraphs/change.ts',
    find: 'if (answered !== null) return receiptOf(answered);',
    replace: '',
    tests: ['test/hub/on-one-hub'],
  },
  {
    breaks: 'a commitment is late when its day has passed, and not on it',
    file: 'subgraphs/social-services/commitment.ts',
    find: 'r.due < (now()',
    replace: 'r.due <= (now()',
    tests: ['test/hub/on-one-hub'],
  },
  {
    breaks: 'C10 an unmarked text does not cross',
    file: 'subgraphs/read.ts',
    find: "['(p.own OR r.text_cleared)']",
    replace: "['true']",
    tests: ['test/hub/shared-view'],
  },
  {
    breaks: 'a withdrawn record is read by nobody',
    file: 'subgraphs/read.ts',
    find: 'WHERE r.withdrawn_at IS NULL AND',
    replace: 'WHERE',
    tests: ['test/hub/writing'],
  },
  {
    breaks: 'an unlinked youth’s records are read by nobody',
    file: 'subgraphs/read.ts',
    find: 'AND l.agency = p.agency AND l.ended_at IS NULL',
    replace: 'AND l.agency = p.agency',
    tests: ['test/hub/writing'],
  },
  {
    breaks: 'C9 only the key of a representation is taken',
    file: 'subgraphs/build-schema.ts',
    find: '__resolveReference: ({ id }: { id?: unknown }) => bareYouth(id),',
    replace: '',
    tests: ['subgraphs/build-schema'],
  },
  {
    breaks: 'C14 the answer waits for the fence',
    file: 'subgraphs/fence.ts',
    find: 'left > 0;',
    replace: 'left > FENCE_MS;',
    tests: ['subgraphs/fence', 'test/faults/withdrawal'],
  },
  {
    breaks: 'a subgraph answers nobody without an assertion',
    file: 'subgraphs/server.ts',
    find: "if (scheme !== 'Bearer' || assertion === undefined)",
    replace:
      "if (assertion === undefined) return { caller: { subject: 'x', actor: null, agency: 'police:nationell', roles: ['SYSTEM'] }, operation: { hash: 'x', name: null, requestId: '00000000-0000-4000-8000-000000000000' } };\n  if (scheme !== 'Bearer')",
    tests: ['test/faults/assertions'],
  },
];

const release: readonly Mutant[] = [
  {
    breaks: 'C14 no release after the deadline',
    file: 'schema/release.ts',
    find: 'return Math.max(0, this.limit() - this.elapsed());',
    replace: 'return Math.max(0, this.limit());',
    tests: ['schema/release'],
  },
  {
    breaks: 'C14 no release after a permit’s time is up',
    file: 'schema/release.ts',
    find: 'return Math.min(this.#deadline, this.#lowered);',
    replace: 'return this.#deadline;',
    tests: ['schema/release'],
  },
  {
    breaks: 'a pipelined request is not started beside another',
    file: 'schema/release.ts',
    find: 'if (!(response instanceof ReleasingResponse && response.pipelined)) handler(request, response);',
    replace: 'handler(request, response);',
    tests: ['schema/release'],
  },
  {
    breaks: 'bytes that are unsent at the deadline are cut off',
    file: 'schema/release.ts',
    find: 'if (!this.#connection.destroyed) this.#connection.resetAndDestroy();',
    replace: '',
    tests: ['schema/release'],
  },
];

/** What is told to whom, and whether it is told at all. */
const newsTests = ['subgraphs/news'];
const NEWS = 'subgraphs/news.ts';
const news: readonly Mutant[] = [
  {
    breaks: 'news: what commits late is told',
    file: NEWS,
    find: `unseen.join(',')`,
    replace: `''`,
    tests: newsTests,
  },
  {
    breaks: 'news: C17 a held record is not told to be gone to who has not been told of it',
    file: NEWS,
    find: 'c.live AND (p.own OR NOT c.held)',
    replace: 'c.live',
    tests: newsTests,
  },
  {
    breaks: 'news: C14 a mark is not told while it takes effect',
    file: NEWS,
    find: 'THEN (i.xids || ended.xids)::text[] END',
    replace: 'THEN NULL::text[] END',
    tests: newsTests,
  },
  {
    breaks: 'news: a new permit tells older records',
    file: NEWS,
    find: 'marks.every((mark) => position?.permits.includes(mark) === true)',
    replace: 'position !== undefined',
    tests: newsTests,
  },
  {
    breaks: 'news: a cursor is its agency’s',
    file: 'subgraphs/news-cursor.ts',
    find: 'context.caller.agency',
    replace: `'any'`,
    tests: newsTests,
  },
  {
    breaks: 'news: a kind that was not asked for has not been told',
    file: 'subgraphs/selected.ts',
    find: 'selections.filter((each) => isIncluded(each, info.variableValues))',
    replace: 'selections',
    tests: newsTests,
  },
  {
    breaks: 'C4 a value that stands for a youth is permitted when a candidate is',
    file: 'subgraphs/guard.ts',
    find: 'return context.decisions.permits(parent.youthId, mask)',
    replace: 'return true',
    tests: ['subgraphs/guard.test'],
  },
];

/** A schema that breaks the rule must not compose. */
const composer: readonly Mutant[] = [
  'linksArePlain',
  'labelsAreTheContracts',
  'fieldsAreLabelled',
  'labelsMakeSense',
  'guardedFieldsAreNullable',
  'interfacesAreUnguarded',
  'guardedTypesHangOnYouth',
  'payloadsDoNotReachYouth',
  'youthIsTheOnlyEntity',
  'federationDirectivesAreAllowed',
  'categoriesAreDeclared',
  'categoriesAreOwn',
  'categoriesAreComplete',
  'mutationsAreFenced',
  'everythingIsDescribed',
].map((name) => ({
  breaks: `the composer’s rule ${name}`,
  file: 'schema/checks/rules.ts',
  find: `\n  ${name},\n`,
  replace: '\n',
  tests: ['schema/checks', 'schema/compose'],
}));

const SEALER = 'subgraphs/registry/seal/sealer.ts';
const SEALS = ['subgraphs/registry/seal'];

/** The seal of the access log. */
const seal: readonly Mutant[] = [
  {
    breaks: 'The seal takes entries in the order of their transactions, not of their ids',
    file: SEALER,
    find: `WHERE (e.incarnation, e.xid, e.id) > ($1::int, $2::xid8, $3::uuid)
    AND (e.incarnation < $4::int OR e.xid < pg_snapshot_xmin(pg_current_snapshot()))
  ORDER BY e.incarnation, e.xid, e.id LIMIT $5`,
    replace: `WHERE e.id > $3::uuid AND $1::int IS NOT NULL AND $2::xid8 IS NOT NULL AND $4::int IS NOT NULL
  ORDER BY e.id LIMIT $5`,
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
    file: 'subgraphs/registry/seal/state.ts',
    find: ' FOR UPDATE OF s SKIP LOCKED',
    replace: '',
    tests: SEALS,
  },
  {
    breaks: 'The stored tree is held against what was sealed',
    file: 'subgraphs/registry/seal/stored-tiles.ts',
    find: 'Buffer.compare(rootOfEdge(edge), root) === 0 ?',
    replace: 'edge.length >= 0 ?',
    tests: SEALS,
  },
  {
    breaks: 'Nothing is decided that has waited too long for its seal',
    file: 'subgraphs/registry/migrations/authorize.sql',
    find: 'PERFORM seal.demand();',
    replace: 'NULL;',
    tests: SEALS,
  },
];

/** Every mutant, by what it breaks. */
export const MUTANTS: readonly Mutant[] = [
  ...rule,
  ...standing,
  ...coordination,
  ...chassis,
  ...release,
  ...news,
  ...composer,
  ...seal,
];
