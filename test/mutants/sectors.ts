import type { Mutant } from './mutant.ts';

/** What a sector's own matters and its mutations promise. */
export const writing: readonly Mutant[] = [
  {
    breaks: 'C17 what follows from a held record does not cross either',
    file: 'subgraphs/social-services/action-plan.ts',
    find: ' AND (p.own OR NOT f.held)',
    replace: '',
    tests: ['test/hub/on-one-hub'],
  },
  {
    breaks: 'C12 a version is looked at only after the decision',
    file: 'chassis/change/own-change.ts',
    find: "if (permits.length === 0 || youthId === null) throw HubError.constant('FORBIDDEN');",
    replace:
      "if (permits.length === 0) throw HubError.constant('FORBIDDEN');\n  if (youthId === null) throw new HubError('CONFLICT', 'It was changed in the meantime.');",
    tests: ['test/hub/on-issuer-hub'],
  },
  {
    breaks: 'an answered key is decided anew',
    file: 'chassis/change/answered-key.ts',
    find: '      await permit(found);\n',
    replace: '',
    tests: ['test/hub/on-one-hub'],
  },
  {
    breaks: 'a key is answered once, also when two come at once',
    file: 'chassis/change/change.ts',
    find: 'if (answered !== null) return answerTo(keyed, answered);',
    replace: '',
    tests: ['test/hub/on-one-hub'],
  },
  {
    breaks: 'of two that come with one key at once the second waits',
    file: 'chassis/change/change.ts',
    find: '        await lockKey(em, keyed, context);\n',
    replace: '',
    tests: ['test/hub/on-one-hub'],
  },
  {
    breaks: 'what one input was answered is not given to another',
    file: 'chassis/change/keyed-change.ts',
    find: '  if (fingerprint === keyed.fingerprint) return answer;',
    replace: '  if (keyed.fingerprint) return answer;',
    tests: ['test/registry/on-one-registry'],
  },
  {
    breaks: 'C12 the decision comes before the write',
    file: 'chassis/change/own-change.ts',
    find: 'permits.length === 0 || youthId === null',
    replace: 'youthId === null',
    tests: ['test/hub/on-issuer-hub'],
  },
  {
    breaks: 'the history has what changed something, and only that',
    file: 'chassis/change/change-history.ts',
    find: 'if (outcome !== WriteOutcome.UNCHANGED && properties?.length !== 0) {',
    replace: 'if (outcome !== WriteOutcome.WITHDRAWN && properties?.length !== 0) {',
    tests: ['test/hub/on-one-hub'],
  },
  {
    breaks: 'the registry answers a key again also when the change could not be made now',
    file: 'subgraphs/registry/change/answered-key.ts',
    find: '      if (found === undefined) return null;',
    replace: '      if (found !== null) return null;',
    tests: ['test/hub/case-life'],
  },
  {
    breaks: 'a change of the registry is an entry',
    file: 'subgraphs/registry/change/change.ts',
    find: 'await appendChange(',
    replace: 'void Object(',
    tests: ['test/registry/on-one-registry'],
  },
  {
    breaks: 'a commitment is late when its day has passed, and not on it',
    file: 'subgraphs/social-services/commitment.ts',
    find: 'r.due < (now()',
    replace: 'r.due <= (now()',
    tests: ['test/hub/on-one-hub'],
  },
];

const markTests = ['test/hub/on-issuer-hub', 'test/hub/on-one-hub'];

/** What a mark of a text promises (C10, C16). */
export const marks: readonly Mutant[] = [
  {
    breaks: 'C16 a feed gives no mark',
    file: 'chassis/record/text-marks.ts',
    find: 'if (!isBySystem(context)) return;',
    replace: "if (context.caller.subject !== '') return;",
    tests: ['chassis/record/text-marks'],
  },
  {
    breaks: 'C16 a system on behalf of a person is a system',
    file: 'chassis/change/change.ts',
    find: "caller.actor !== null || caller.roles.includes('SYSTEM')",
    replace: "caller.roles.includes('SYSTEM')",
    tests: ['chassis/record/text-marks'],
  },
  {
    breaks: 'C10 a correction does not pretend to take a mark away',
    file: 'chassis/record/text-marks.ts',
    find: 'if (given[mark] !== false) return;',
    replace: 'if (given[mark] !== null) return;',
    tests: ['chassis/record/text-marks'],
  },
  {
    breaks: 'C16 a new text loses the mark that it is not given',
    file: 'chassis/record/text-marks.ts',
    find: 'namesNoPlace: isNewText ? null : row.namesNoPlace',
    replace: 'namesNoPlace: row?.namesNoPlace ?? null',
    tests: ['test/hub/on-one-hub'],
  },
  {
    breaks: 'C16 what a file gives is a system’s',
    file: 'chassis/record/store-fed.ts',
    find: 'isSystem: true, protection: null }',
    replace: 'isSystem: false, protection: null }',
    tests: ['test/import/on-one-school'],
  },
  {
    breaks: 'C10 only the author of a text marks it',
    file: 'chassis/record/mark-resolver.ts',
    find: '  if (author === by) return {};\n',
    replace: '  if (author !== null) return {};\n',
    tests: markTests,
  },
  {
    breaks: 'C10 whoever marks what a system wrote becomes its author',
    file: 'chassis/record/mark-resolver.ts',
    find: 'return { author: by, writtenBySystem: false };',
    replace: 'return {};',
    tests: markTests,
  },
];

/** What stands against a feed. */
export const feeds: readonly Mutant[] = [
  {
    breaks: 'a withdrawn record stays withdrawn against its feed',
    file: 'chassis/record/feed.ts',
    find: 'if (row.withdrawnAt !== null && !revive) {',
    replace: 'if (row.withdrawnAt !== null && !revive && isKnown) {',
    tests: ['test/hub/on-issuer-hub'],
  },
  {
    breaks: 'a correction stands against the content that the feed sent before',
    file: 'chassis/record/feed.ts',
    find: 'last === null ? hasFields(row, fields) : last.content === fingerprintOf(fields)',
    replace: 'hasFields(row, fields)',
    tests: ['test/hub/on-issuer-hub'],
  },
  {
    breaks: 'a sourceId is for systems also where it names a record to change',
    file: 'chassis/record/write.ts',
    find: '  demandSystem(sourceId ?? null, context);\n',
    replace: '',
    tests: ['test/hub/on-issuer-hub'],
  },
  {
    breaks: 'a sourceId is shown to the own agency alone',
    file: 'chassis/record/read.ts',
    find: "...(OWN_ONLY.includes(field) ? ['p.own'] : []),",
    replace: '',
    tests: ['test/hub/on-issuer-hub'],
  },
];

const newsTests = ['chassis/news/news'];
const NEWS = 'chassis/news/news.ts';

/** What is told to whom, and whether it is told at all. */
export const news: readonly Mutant[] = [
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
    file: 'chassis/news/news-cursor.ts',
    find: 'context.caller.agency',
    replace: `'any'`,
    tests: newsTests,
  },
  {
    breaks: 'news: a kind that was not asked for has not been told',
    file: 'chassis/decide/selected.ts',
    find: 'selections.filter((each) => isIncluded(each, info.variableValues))',
    replace: 'selections',
    tests: newsTests,
  },
  {
    breaks: 'C4 a value that stands for a youth is permitted when a candidate is',
    file: 'chassis/decide/guard.ts',
    find: 'return context.decisions.permits(parent.youthId, mask)',
    replace: 'return true',
    tests: ['chassis/decide/guard.test'],
  },
];
