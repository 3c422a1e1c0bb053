import { changesOf, type Mutant } from './mutant.ts';

const OWN_LINKS = 'chassis/youth/own-links.ts';
const OWN_LINKS_TEST = ['test/hub/on-issuer-hub/own-links'];
const READABLE_TEST = ['test/hub/on-one-hub/readable'];

/** An agency's own links, and what is readable: each is decided like any reading. */
const chassis: readonly Mutant[] = [
  [
    'C18 a link is shown only of a youth who is permitted',
    'permits.map(({ youth }) => youth)',
    'asked.map(({ id }) => id)',
  ],
  [
    'a page has the own agency’s links alone',
    'WHERE agency = :agency AND ended_at IS NULL AND (:after',
    'WHERE (agency = :agency OR true) AND ended_at IS NULL AND (:after',
  ],
  [
    'links are for the agency’s system',
    "const SYSTEMS = '@restricted(roles: [SYSTEM])'",
    "const SYSTEMS = '@restricted(roles: [SYSTEM, CASEWORKER])'",
  ],
  [
    'numbers are for managers',
    "const MANAGERS = '@restricted(roles: [MANAGER])'",
    "const MANAGERS = '@restricted(roles: [MANAGER, CASEWORKER])'",
  ],
].map(([breaks = '', find = '', replace = '']) => ({ breaks, file: OWN_LINKS, find, replace, tests: OWN_LINKS_TEST }));

const readable: readonly Mutant[] = [
  {
    breaks: 'asking what is readable decides every kind',
    file: 'chassis/decide/labels.ts',
    find: ' === this.#asksForAll) return this.kinds;',
    replace: " === '') return this.kinds;",
    tests: ['chassis/decide/touched', ...READABLE_TEST],
  },
  {
    breaks: 'readable is what the decision permits',
    file: 'chassis/youth/readable.ts',
    find: 'return kind === undefined ? null : decisions.permits(id, sector.labels.bit(kind));',
    replace: 'return kind === undefined ? null : decisions.fault === null;',
    tests: READABLE_TEST,
  },
];

/** The lists of a caller's own matters: each condition of each. */
const registry: readonly Mutant[] = changesOf(
  'rule/lists',
  ['test/registry/on-one-registry/lists'],
  [
    ['an ended group is its last coordinator’s', 'WHERE s.coordinates AND s.ended_at', 'WHERE s.ended_at'],
    ['a seat is its holder’s and its deputy’s', 'caller IN (s.holder, s.deputy) AND '],
    ['a deputy finds the seat to take over', 'caller IN (s.holder, s.deputy)', 'caller = s.holder'],
    ['a seat is found in its role', 'registry.acts_as(roles, s.role) AND '],
    ['a seat is found for the token’s agency', 'own.id = s.agency AND own.code', 'own.code'],
    [
      'a seat shows its youth only once it is informed',
      'CASE WHEN s.informed_at IS NOT NULL THEN g.youth END',
      'g.youth',
    ],
    ['a seat that has ended is nobody’s', ' AND (s.ended_at > registry.clock()) IS NOT FALSE'],
    ['a system gets its agency’s youths', 's.agency = own.id AND s.informed_at', 's.informed_at'],
    ['a system gets only youths of whom its agency is informed', ' AND s.informed_at IS NOT NULL\n'],
    ['only a system gets the agency’s youths', "registry.acts_as(roles, 'SYSTEM') AND "],
    ['a system that acts for a person gets nothing by itself', ' AND actor IS NULL'],
    ['a registration is its coordinator’s', 'y.registered_by = caller AND '],
    ['a registration is listed for the agency that leads the youth', 'own.id = y.lead_agency AND own.code', 'own.code'],
    ['an auditor lists no registrations', "registry.acts_as(roles, 'COORDINATOR') AND "],
    ['a youth whose group has opened is in the lists of groups', ' AND had.opened IS NOT TRUE'],
    ['a youth without any group is listed', 'had.lasts IS NOT FALSE', 'had.lasts'],
    ['a youth whose preparation has ended stays for 30 days', "interval '30 days'", "interval '32 days'"],
    ['and no shorter', "interval '30 days'", "interval '28 days'"],
  ],
);

/** Lists that lose nothing, and show nothing else. */
export const lists: readonly Mutant[] = [...registry, ...chassis, ...readable];
