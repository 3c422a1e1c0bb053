import fc from 'fast-check';
import type { Caller, Role } from '../../schema/caller.ts';
import type { Kind } from './rule.ts';
import { ACTS, type Act, type Beginning, type Move, Story } from './story.ts';
import { all, boundariesOf, type World } from './world.ts';

/** An instant at which some sectors ask. */
export interface Look {
  readonly t: number;
  readonly sectors: readonly string[];
}

/** A random history: its world, the youths that are asked about, and who asks. */
export interface History {
  readonly world: World;
  readonly youths: readonly string[];
  readonly callers: readonly Caller[];
  readonly looks: readonly Look[];
}

/** What a history is made from; this is what shrinks, and what the corpus keeps. */
export interface Plot {
  readonly beginning: Beginning;
  readonly moves: readonly Move[];
  readonly strangers: readonly Caller[];
  readonly token: readonly Role[];
  /** Which instants to look at, in thousandths of all that there are, and which sector asks then. */
  readonly looks: readonly { readonly at: number; readonly sector: string }[];
}

/** Agencies of two municipalities and one of the whole country; the hub is an agency too. */
export const AGENCIES = [
  'hub:samsyn',
  'social-services:north',
  'social-services:south',
  'school:north',
  'school:south',
  'school:free',
  'police:national',
  'police:north',
] as const;

/** The kinds that are asked for, by sector. */
export const KINDS: Readonly<Record<string, readonly Kind[]>> = {
  school: [
    { category: 'school.attendance', whereabouts: false },
    { category: 'school.enrolment', whereabouts: true },
    { category: 'school.health', whereabouts: false },
  ],
  police: [
    { category: 'police.suspicion', whereabouts: false },
    { category: 'police.association', whereabouts: true },
  ],
  'social-services': [
    { category: 'social-services.case', whereabouts: false },
    { category: 'social-services.placement-location', whereabouts: true },
  ],
};

/** The categories in which the youth must sign. */
export const YOUTH_SIGNS: readonly string[] = ['school.health'];

const DAY = 86_400_000;
const ROLE_SETS: readonly (readonly Role[])[] = [
  ['CASEWORKER'],
  ['COORDINATOR', 'MENTOR', 'CASEWORKER'],
  ['SYSTEM'],
  ['SYSTEM', 'CASEWORKER'],
  ['MANAGER'],
  ['MANAGER', 'CASEWORKER', 'COORDINATOR'],
  ['AUDITOR'],
  ['AUDITOR', 'CASEWORKER'],
  [],
];

const small = fc.nat({ max: 11 });

const move: fc.Arbitrary<Move> = fc.record({
  step: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(1, 60_000, DAY / 2).map((by) => ({ by })) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 30 }).map((days) => ({ by: days * DAY })) },
    { weight: 2, arbitrary: fc.record({ boundary: fc.nat({ max: 3 }), shift: fc.constantFrom(0, -1, 1) }) },
  ),
  act: fc.oneof(...Object.entries(ACTS).map(([act, weight]) => ({ weight, arbitrary: fc.constant(act as Act) }))),
  a: small,
  b: small,
  c: small,
});

const beginning: fc.Arbitrary<Beginning> = fc.record({
  year: fc.constantFrom(2026, 2027),
  births: fc.oneof({ weight: 3, arbitrary: fc.tuple(small) }, { weight: 1, arbitrary: fc.tuple(small, small) }),
  guardians: fc.constantFrom(2, 1, 2, 1, 2, 0, 3),
  groups: fc.array(
    fc.record({
      youth: fc.nat({ max: 1 }),
      lead: fc.nat({ max: 1 }),
      open: fc.constantFrom(true, true, true, true, false),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});

const stranger: fc.Arbitrary<Caller> = fc.record({
  subject: fc.nat({ max: 5 }).map((n) => `p${n}`),
  actor: fc.constantFrom(null, null, 'p6'),
  agency: fc.constantFrom(...AGENCIES, 'school:unknown'),
  roles: fc.constantFrom(...ROLE_SETS),
});

/** Random plots of 1-2 youths and 1-2 groups; they shrink to fewer things that happen. */
export const plot: fc.Arbitrary<Plot> = fc.record({
  beginning,
  moves: fc
    .tuple(fc.boolean(), move, fc.array(move, { minLength: 2, maxLength: 10, size: 'max' }))
    .map(([agreed, first, moves]): Move[] => [agreed ? { ...first, act: 'agree' } : first, ...moves]),
  strangers: fc.array(stranger, { maxLength: 2 }),
  token: fc.constantFrom(...ROLE_SETS),
  looks: fc.array(fc.record({ at: fc.nat({ max: 999 }), sector: fc.constantFrom(...Object.keys(KINDS)) }), {
    minLength: 2,
    maxLength: 2,
  }),
});

/** The history of a plot. */
export function historyOf({ beginning, moves, strangers, token, looks }: Plot): History {
  const story = new Story(beginning);
  const begun = story.facts.length;
  for (const move of moves) story.tell(move);
  const world = { agencies: AGENCIES, youthSigns: YOUTH_SIGNS, facts: story.facts };
  const callers = [...insiders(world, token), ...strangers];
  const ahead = instants(world, story.facts[begun - 1]?.recordedAt);
  const chosen = looks.map(({ at, sector }): Look => {
    return { t: ahead[Math.floor((at * ahead.length) / 1000)] ?? 0, sectors: [sector] };
  });
  const distinct = [...new Map(chosen.map((look) => [JSON.stringify(look), look])).values()];
  return { world, youths: story.youths, callers, looks: distinct.toSorted((a, b) => a.t - b.t) };
}

/** Every boundary instant of a world, all sectors asking. */
export function everyLook(world: World): Look[] {
  return instants(world).map((t) => ({ t, sectors: Object.keys(KINDS) }));
}

/** Everybody who holds or deputises for a seat, with its role; one of them also through a system, and with another token. */
function insiders({ facts }: World, token: readonly Role[]): Caller[] {
  const people = all(facts, 'SEAT').flatMap(({ holder, deputy, agency, role }) =>
    [holder, deputy]
      .filter((subject) => subject !== null)
      .map((subject): Caller => ({ subject, actor: null, agency, roles: [role] })),
  );
  const distinct = [...new Map(people.map((caller) => [JSON.stringify(caller), caller])).values()];
  const first = distinct[0];
  if (first === undefined) return [];
  return [...distinct, { ...first, actor: 'p6' }, { ...first, roles: [...new Set([...first.roles, ...token])] }];
}

/**
 * The instants at which something can change: every recording, start and end of validity, birthday and hand-over, each
 * exactly and 1 ms before and after; from `since`, the first recording, on; in order.
 */
function instants({ facts }: World, since = facts[0]?.recordedAt ?? 0): number[] {
  const boundaries = facts.flatMap((fact) => [fact.recordedAt, ...boundariesOf(fact)]);
  const around = boundaries.flatMap((t) => [t - 1, t, t + 1]).filter((t) => t >= since);
  return [...new Set(around)].toSorted((a, b) => a - b);
}
