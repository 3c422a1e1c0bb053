import { changesOf, type Mutant } from './mutant.ts';

const LIVES = ['test/hub/case-life'];
/** The whole file of tests: what judges the rule alone does not look at what a change ended. */
const ENDINGS = ['test/model/differential.test'];

/** The life of a consent: who acknowledges, when a renewal begins, and which answers wait. */
export const consent: readonly Mutant[] = [
  {
    breaks: 'C5 a version is acknowledged only when it is fully signed',
    file: 'subgraphs/registry/consent/acknowledge.ts',
    find: 'if (found?.isSigned !== true)',
    replace: 'if (found === undefined)',
    tests: LIVES,
  },
  {
    breaks: 'C5 nobody acknowledges what they signed for',
    file: 'subgraphs/registry/consent/acknowledge.ts',
    find: 'if (!found.isRecorder) return;',
    replace: 'return;',
    tests: LIVES,
  },
  {
    breaks: 'C5 a system that records is no second person',
    file: 'chassis/change/change.ts',
    find: 'return caller.actor === null ? null : caller.subject;',
    replace: 'return caller.actor;',
    tests: LIVES,
  },
  {
    breaks: 'a renewal states its start',
    file: 'subgraphs/registry/consent/consent-draft.ts',
    find: 'if (usual === undefined) return;',
    replace: 'return;',
    tests: LIVES,
  },
  {
    breaks: 'a renewal states its start while a version is suspended',
    file: 'subgraphs/registry/consent/consent-draft.ts',
    find: 'v.fully_signed_at IS NOT NULL AND NOT v.final',
    replace: 'v.fully_signed_at IS NOT NULL AND NOT v.final AND v.sufficient',
    tests: LIVES,
  },
  {
    breaks: 'a repeat makes no second thing',
    file: 'chassis/change/keyed-change.ts',
    find: 'if (idempotencyKey != null) return;',
    replace: 'return;',
    tests: LIVES,
  },
  {
    breaks: 'C1 a subject is one that tokens can carry',
    file: 'schema/caller.ts',
    find: '/^(?!import:)[\\x21-\\x7e]{1,255}$/',
    replace: '/^[\\x20-\\x7e]{1,255}$/',
    tests: LIVES,
  },
  {
    breaks: 'an instant has a year of four digits',
    file: 'schema/scalars.ts',
    find: '/^(?:0000|[-+])/',
    replace: '/^(?:0000|-)/',
    tests: LIVES,
  },
  {
    breaks: 'a commitment is of an agency with a seat',
    file: 'chassis/record/seated.ts',
    find: 'if (!isSeated) faults',
    replace: 'if (agency === field) faults',
    tests: ['test/hub/on-one-hub'],
  },
  {
    breaks: 'C14 a change that ended a permission waits',
    file: 'subgraphs/registry/change/change.ts',
    find: 'context.mayHaveEnded = isDone || hasEnded(',
    replace: 'context.mayHaveEnded = isDone && hasEnded(',
    tests: LIVES,
  },
  {
    breaks: 'C14 an end counts until no answer decided before its commit can leave',
    file: 'subgraphs/registry/change/permissions.ts',
    find: "NEAR = '15 seconds'",
    replace: "NEAR = '10 seconds'",
    tests: ENDINGS,
  },
  {
    breaks: 'C14 a nearer end counts if answers decided before may leave after it',
    file: 'subgraphs/registry/change/permissions.ts',
    find: 'registry.clock() + interval',
    replace: 'registry.clock() - interval',
    tests: ENDINGS,
  },
  ...changesOf('facts/permissions', ENDINGS, [
    ['C14 who holds a seat may lose it', 's.seat, s.subject), s.ends_at', "s.seat), 'infinity'"],
    ['C14 whereabouts end with protection', "ON NOT kind.whereabouts OR y.protection = 'NONE'", 'ON true'],
    [
      'C14 what is final has ended',
      'v.fully_signed_at IS NOT NULL AND NOT v.final\n',
      'v.fully_signed_at IS NOT NULL\n',
    ],
    ['C14 what is not sufficient has ended', '(v.sufficient AND (v.youth', '(true AND (v.youth'],
    ['C14 one grant may end', '    AND (cg.id = ANY (v.refused_grants || v.withdrawn_grants)) IS NOT TRUE\n', ''],
    ['C14 an acknowledgement may have ceased to count lately', 'AND cg.acknowledged_at <= s.recorded_at', 'AND false'],
    ['C14 an acknowledgement may cease to count', 'v.fully_signed_at, v.recorders)\n', "v.fully_signed_at, '{}')\n"],
  ]),
  ...changesOf(
    'rule/seated',
    ['test/faults/roles'],
    [['a sector asks about its own groups', '    WHERE own.login_role = session_user\n']],
  ),
];
