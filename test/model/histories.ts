import fc from 'fast-check';
import type { Caller, Role } from '../../schema/caller.ts';
import type { Kind } from './rule.ts';
import { ACTS, type Act, type Beginning, type Move, tell } from './story.ts';
import { all, boundariesOf, type Policy, type World } from './world.ts';

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

/** A youth id that the registry does not know. */
export const NO_YOUTH = 'y9';

/** What a history is made from; this is what shrinks. */
export interface Plot {
  readonly beginning: Beginning;
  readonly moves: readonly Move[];
  readonly strangers: readonly Caller[];
  /** Others' tokens in the hands of somebody who is named for a seat, by number. */
  readonly tokens: readonly { readonly of: number; readonly roles: readonly Role[]; readonly actor: string | null }[];
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
  ['SYSTEM', 'CASEWORKER', 'COORDINATOR'],
  ['MANAGER'],
  ['MANAGER', 'CASEWORKER', 'COORDINATOR'],
  ['AUDITOR'],
  ['AUDITOR', 'CASEWORKER', 'COORDINATOR'],
  ['AUDITOR', 'MANAGER'],
  [],
];
/** The systems that act for somebody, p6 among those who may be barred. */
const ACTORS: readonly (string | null)[] = [null, 'p6', null, 'p7'];

const OPENING: readonly Act[] = ['agree', 'agreeAlmost', 'propose', 'acknowledgeAll'];

const small = fc.nat({ max: 11 });

const step = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(1, 60_000, DAY / 2).map((by) => ({ by })) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 15 }).map((days) => ({ by: days * DAY })) },
  { weight: 2, arbitrary: fc.record({ boundary: fc.nat({ max: 2 }), shift: fc.constantFrom(0, -1, 1) }) },
);

/** What may end or change what has been agreed; it is told more often while an agreement is young. */
const CHANGING = Object.entries(ACTS).filter(([act]) => !OPENING.includes(act as Act));

const moveOf = (acts: readonly [string, number][]): fc.Arbitrary<Move> =>
  fc.record({
    step,
    act: fc.oneof(...acts.map(([act, weight]) => ({ weight, arbitrary: fc.constant(act as Act) }))),
    a: small,
    b: small,
    c: small,
  });

/** An opening act, two that change something, and whatever else happens. */
const moves: fc.Arbitrary<Move[]> = fc
  .tuple(
    moveOf(Object.entries(ACTS).filter(([act]) => OPENING.includes(act as Act))),
    fc.array(moveOf(CHANGING), { minLength: 1, maxLength: 3, size: 'max' }),
    fc.array(moveOf(Object.entries(ACTS)), { maxLength: 8, size: 'max' }),
  )
  .map(([opening, changing, others]) => [opening, ...changing, ...others]);

const beginning: fc.Arbitrary<Beginning> = fc.record({
  year: fc.constantFrom(2026, 2027),
  births: fc.oneof({ weight: 3, arbitrary: fc.tuple(small) }, { weight: 1, arbitrary: fc.tuple(small, small) }),
  guardians: fc.constantFrom(2, 1, 2, 1, 2, 1, 3, 1, 2, 0),
  groups: fc.array(
    fc.record({
      youth: fc.nat({ max: 1 }),
      lead: fc.nat({ max: 1 }),
      open: fc.constantFrom(true, true, true, true, true, false),
      policy: fc.constantFrom<Policy>('DEFAULT', 'DEFAULT', 'DEFAULT', 'YOUTH_ALWAYS'),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});

const actor = fc.constantFrom(...ACTORS);
const roles = fc.constantFrom(...ROLE_SETS);

const stranger: fc.Arbitrary<Caller> = fc.record({
  subject: fc.nat({ max: 5 }).map((n) => `p${n}`),
  actor,
  agency: fc.constantFrom(...AGENCIES, 'school:unknown'),
  roles,
});

/** Random plots of 1-2 youths and 1-2 groups; they shrink to fewer things that happen. */
export const plot: fc.Arbitrary<Plot> = fc.record({
  beginning,
  moves,
  strangers: fc.array(stranger, { minLength: 1, maxLength: 1 }),
  tokens: fc.array(fc.record({ of: small, roles, actor }), { minLength: 2, maxLength: 2 }),
  looks: fc.array(fc.record({ at: fc.nat({ max: 999 }), sector: fc.constantFrom(...Object.keys(KINDS)) }), {
    minLength: 3,
    maxLength: 3,
  }),
});

/** The history of a plot. */
export function historyOf({ beginning, moves, strangers, tokens, looks }: Plot): History {
  const { youths, facts, begun } = tell(beginning, moves);
  const world = { agencies: AGENCIES, youthSigns: YOUTH_SIGNS, facts };
  const ahead = instants(world, facts[begun - 1]?.recordedAt);
  const last = ahead.indexOf(facts.at(-1)?.recordedAt ?? 0);
  const chosen = looks.map(({ at, sector }, index): Look => {
    // Anywhere; when all has been told, all sectors asking; from then on, rather sooner than later.
    const from = [0, last, last][index % 3] ?? 0;
    const part = [at, 0, (at * at) / 1000][index % 3] ?? 0;
    return {
      t: ahead[from + Math.floor((part * (ahead.length - from)) / 1000)] ?? 0,
      sectors: index === 1 ? Object.keys(KINDS) : [sector],
    };
  });
  const instantsChosen = [...new Set(chosen.map(({ t }) => t))].toSorted((a, b) => a - b);
  const merged = instantsChosen.map((t): Look => {
    const asking = chosen.filter((look) => look.t === t).flatMap(({ sectors }) => sectors);
    return { t, sectors: [...new Set(asking)] };
  });
  const callers = [...insiders(world, tokens), ...strangers];
  return { world, youths, callers, looks: merged };
}

/** The same history, looked at in every boundary instant; which sectors ask depends on the place of the boundary. */
export function lookedAtEverywhere(history: History, asking: (boundary: number) => readonly string[]): History {
  // Before and at a boundary the same sectors ask.
  const looks = instants(history.world).map((t, index): Look => ({ t, sectors: asking(Math.floor(index / 2)) }));
  return { ...history, looks };
}

/** Everybody who is named for a seat, deputies where it is handed over, with its role; and some with other tokens. */
function insiders({ facts }: World, tokens: Plot['tokens']): Caller[] {
  const seats = all(facts, 'SEAT');
  const handedOver = new Set(all(facts, 'HANDED_OVER').map(({ seat }) => seat));
  const people = seats.flatMap(({ seat, agency, role, holder, deputy }, index) => {
    const named = [
      { holder, deputy: index === 0 || handedOver.has(seat) ? deputy : null },
      ...all(facts, 'FILLED').filter((filled) => filled.seat === seat),
    ];
    const subjects = named.flatMap(({ holder, deputy }) => [holder, deputy]).filter((subject) => subject !== null);
    return subjects.map((subject): Caller => ({ subject, actor: null, agency, roles: [role] }));
  });
  const distinct = [...new Map(people.map((caller) => [JSON.stringify(caller), caller])).values()];
  const others = tokens.flatMap(({ of, roles, actor }) => {
    const index = of % Math.max(1, distinct.length);
    return distinct.slice(index, index + 1).map((caller) => ({
      ...caller,
      actor,
      roles: actor === null ? roles : [...new Set([...caller.roles, ...roles])],
    }));
  });
  return [...distinct, ...others];
}

/**
 * The instants at which something can change: every recording, start and end of validity, of custody, of a seat, birthday
 * and hand-over, each exactly and 1 ms before, what is known beforehand also 20 s before; from `since`, the first recording, on, and until
 * every consent has ended; in order.
 */
function instants({ facts }: World, since = facts[0]?.recordedAt ?? 0): number[] {
  const recorded = facts.map(({ recordedAt }) => recordedAt);
  const ends = all(facts, 'PROPOSED').map(({ validUntil }) => validUntil);
  const last = Math.max(...recorded, ...ends) + 1;
  const ahead = facts.flatMap(boundariesOf);
  const around = [...recorded, ...ahead].flatMap((t) => [t - 1, t]);
  const within = [...around, ...ahead.map((t) => t - 20_000)].filter((t) => since <= t && t <= last);
  return [...new Set(within)].toSorted((a, b) => a - b);
}
