import { assertions } from './assertions.ts';
import { composer } from './composer.ts';
import { consent } from './consent.ts';
import { coordination } from './coordination.ts';
import { extract } from './extract.ts';
import { fairness } from './fairness.ts';
import { gateway } from './gateway.ts';
import { identity } from './identity.ts';
import { imports } from './imports.ts';
import { lists } from './lists.ts';
import { may } from './may.ts';
import type { Mutant } from './mutant.ts';
import { protection } from './protection.ts';
import { routers } from './routers.ts';
import { rule } from './rule.ts';
import { seal } from './seal.ts';
import { feeds, marks, news, writing } from './sectors.ts';
import { settle } from './settle.ts';
import { standards } from './standards.ts';
import { standing } from './standing.ts';
import { sums } from './sums.ts';

const GUARD = 'chassis/decide/guard.ts';
const GUARD_TEST = ['chassis/decide/guard'];
const READ = 'chassis/record/read.ts';
const READ_TEST = ['test/model/records'];

/** The guard, label by label. */
const guard: readonly Mutant[] = [
  {
    breaks: 'the guard denies what was not permitted',
    file: GUARD,
    find: 'if (permits(parent, context)) return inner(parent, args, context, info);',
    replace: 'return inner(parent, args, context, info);',
    tests: GUARD_TEST,
  },
  {
    breaks: 'every field is guarded',
    file: GUARD,
    find: 'if (isFederationField(type, field.name)) continue;',
    replace: "if (isFederationField(type, field.name) || type.name !== 'Youth') continue;",
    tests: GUARD_TEST,
  },
  {
    breaks: 'a field inside a record is tested with that record’s agency',
    file: GUARD,
    find: 'return context.decisions.permitsFrom(youthId, agency, mask);',
    replace: 'return agency !== undefined && context.decisions.permits(youthId, mask);',
    tests: GUARD_TEST,
  },
  {
    breaks: 'the token has a role that the label names',
    file: GUARD,
    find: 'roleSets.every((roles) => context.hasRole(roles))',
    replace: 'roleSets.length > 0',
    tests: GUARD_TEST,
  },
  {
    breaks: 'all labels on a path must permit',
    file: GUARD,
    find: 'roleSets.every((roles)',
    replace: 'roleSets.some((roles)',
    tests: GUARD_TEST,
  },
  {
    breaks: 'a group’s matters are its members’',
    file: GUARD,
    find: 'if (context.memberships?.includes(groupId) === true) return',
    replace: "if (groupId !== '') return",
    tests: ['chassis/decide/guard-membership'],
  },
  {
    breaks: 'at the entrance to a group’s matters it is decided who is a member',
    file: GUARD,
    find: "return isMember ? inner(parent, args, context, info) : context.deny('FORBIDDEN', info.path);",
    replace: 'return isMember || inner(parent, args, context, info);',
    tests: ['chassis/decide/guard-membership'],
  },
  {
    breaks: 'one agency’s permit does not open another’s records',
    file: 'chassis/decide/decide.ts',
    find: 'return (this.maskFrom(youth, source) & mask) === mask;',
    replace: 'return this.permits(youth, mask) || this.maskFrom(youth, source) < 0;',
    tests: ['chassis/decide/decide'],
  },
  {
    breaks: 'what the document asks for is decided, fragments included',
    file: 'chassis/decide/touched.ts',
    find: 'if (inner !== undefined) addAll(asks, this.#asks(type, inner));',
    replace: 'if (inner === undefined) addAll(asks, asks);',
    tests: ['chassis/decide/touched'],
  },
  {
    breaks: 'of a youth is asked what the root fields ask that name the youth, and no more',
    file: 'chassis/decide/units.ts',
    find: 'mask |= 1n << BigInt(place);',
    replace: 'mask |= (2n << BigInt(place)) - 1n;',
    tests: ['chassis/decide/units'],
  },
  {
    breaks: 'the fields of a kind are those that ask it of the youth',
    file: 'chassis/decide/units.ts',
    find: 'if (kinds.length <= MAX_KINDS || widened !== undefined) return',
    replace: 'if (kinds.length < 1 || widened !== undefined) return',
    tests: ['chassis/decide/units'],
  },
  {
    breaks: 'all root fields that name a youth are asked together',
    file: 'chassis/decide/units.ts',
    find: 'else known.push(root);',
    replace: 'else if (known.length === 0) known.push(root);',
    tests: ['chassis/decide/units'],
  },
  {
    breaks: 'a field without a label does not build',
    file: 'chassis/decide/labels.ts',
    find: 'if (labels.length === 0) {',
    replace: 'if (labels.length < 0) {',
    tests: ['chassis/decide/labels'],
  },
];

/** How a sector reads its records, condition by condition. */
const reading: readonly Mutant[] = [
  [
    'a grant limited to a period opens no kind of record without a date',
    'kind.period !== undefined || (dataFrom === null && dataTo === null)',
    'true',
  ],
  ['C17 a held record does not cross', ' AND (p.own OR NOT r.held)', ''],
  ['C17 the own agency reads what it holds', ' AND (p.own OR NOT r.held)', ' AND NOT r.held'],
  ['C10 an unmarked text does not cross', "['(p.own OR r.text_cleared)']", "['true']"],
  ['C10 a marked text crosses', "['(p.own OR r.text_cleared)']", "['p.own']"],
  [
    'C16 an unmarked text of a protected youth does not cross',
    'p.protection IS NULL OR r.names_no_place = p.protection',
    'true',
  ],
  ['C16 a marked text of a protected youth crosses', ' OR r.names_no_place = p.protection', ''],
  [
    'C16 a mark of another protection does not count',
    'r.names_no_place = p.protection',
    'r.names_no_place IS NOT NULL',
  ],
  ['C16 names take the mark too', 'textsOf(kind).includes(field)', 'kind.freeText?.includes(field) === true'],
  [
    'C16 whereabouts are read of agencies that they are permitted of',
    '...(isWiderThan(mask, kind, context) ?',
    '...(mask === 0 ?',
  ],
  ['a withdrawn record is read by nobody', 'r.withdrawn_at IS NULL AND ', ''],
  [
    'an unlinked youth’s records are read by nobody',
    'AND l.agency = p.agency AND l.ended_at IS NULL',
    'AND l.agency = p.agency',
  ],
  ['a link is its agency’s', 'AND l.agency = p.agency AND l.ended_at', 'AND l.ended_at'],
  ['a link is its youth’s', 'l.youth_id = p.youth_id AND l.agency', 'l.agency'],
  ['a record hangs on its link', 'WHERE r.link_id = l.id AND r.agency', 'WHERE r.agency'],
  ['a data period has a beginning', '(p.data_from IS NULL OR ', '(true OR '],
  ['the first day of a data period is part of it', '>= p.data_from)', '> p.data_from)'],
  ['a data period has an end', '(p.data_to IS NULL OR ', '(true OR '],
  ['the last day of a data period is no part of it', '< p.data_to)', '<= p.data_to)'],
].map(([breaks = '', find = '', replace = '']) => ({ breaks, file: READ, find, replace, tests: READ_TEST }));

const chassis: readonly Mutant[] = [
  {
    breaks: 'C13 no log, no data',
    file: 'chassis/decide/decide.ts',
    find: 'request.decisions = Decisions.without(faultOf(cause));',
    replace: 'request.decisions = Decisions.none;',
    tests: ['test/faults/log-unavailable'],
  },
  {
    breaks: 'C9 only the key of a representation is taken',
    file: 'chassis/serve/build-schema.ts',
    find: '__resolveReference: youthOf,',
    replace: '',
    tests: ['chassis/serve/build-schema'],
  },
  {
    breaks: 'a subgraph answers nobody without an assertion',
    file: 'chassis/serve/verify-caller.ts',
    find: "if (scheme !== 'Bearer' || assertion === undefined)",
    replace:
      "if (assertion === undefined) return { caller: { subject: 'x', actor: null, agency: 'police:nationell', roles: ['SYSTEM'] }, operation: { hash: 'x', name: null, requestId: '00000000-0000-4000-8000-000000000000' } };\n  if (scheme !== 'Bearer')",
    tests: ['test/faults/on-one-hub/assertions'],
  },
];

const release: readonly Mutant[] = [
  {
    breaks: 'C14 no release after the deadline',
    file: 'process/releasing-response.ts',
    find: 'return Math.max(0, this.limit() - this.elapsed());',
    replace: 'return Math.max(0, this.limit());',
    tests: ['process/release'],
  },
  {
    breaks: 'C14 no release after a permit’s time is up',
    file: 'process/releasing-response.ts',
    find: 'return Math.min(this.#deadline, this.#lowered);',
    replace: 'return this.#deadline;',
    tests: ['process/release'],
  },
  {
    breaks: 'a pipelined request is not started beside another',
    file: 'process/release.ts',
    find: 'if (!(response instanceof ReleasingResponse && response.pipelined)) handler(request, response);',
    replace: 'handler(request, response);',
    tests: ['process/release'],
  },
  {
    breaks: 'bytes that are unsent at the deadline are cut off',
    file: 'process/releasing-response.ts',
    find: 'if (!this.#connection.destroyed) reset(this.#connection);',
    replace: '',
    tests: ['process/release'],
  },
];

/** Every mutant, by what it breaks. */
export const MUTANTS: readonly Mutant[] = [
  ...standards,
  ...standing,
  ...settle,
  ...rule,
  ...protection,
  ...may,
  ...lists,
  ...guard,
  ...reading,
  ...assertions,
  ...routers,
  ...coordination,
  ...consent,
  ...chassis,
  ...fairness,
  ...writing,
  ...feeds,
  ...marks,
  ...imports,
  ...news,
  ...release,
  ...gateway,
  ...composer,
  ...seal,
  ...sums,
  ...extract,
  ...identity,
];
