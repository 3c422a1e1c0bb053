import type { Role } from '../../schema/caller.ts';
import { type Chronicle, pick } from './chronicle.ts';
import { all, type FactOf, type Protection } from './world.ts';

/** One thing that may happen; its three numbers choose among what there is then. */
export type Telling = (story: Chronicle, a: number, b: number, c: number) => void;

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
const LEADS = ['social-services:north', 'social-services:south'] as const;
const MEMBERS = ['school:north', 'police:national', 'school:free', 'police:north', 'school:south'] as const;
/** Those whom a group may invite, beside its own lead agency: all that a story knows. */
export const AGENCIES_IN_GROUPS: readonly string[] = [...MEMBERS, ...LEADS];
const ROLES: readonly Role[] = ['COORDINATOR', 'MENTOR', 'CASEWORKER'];
const LEVELS: readonly Protection[] = [
  'CONFIDENTIALITY_MARKING',
  'PROTECTED_REGISTRATION',
  'PROTECTED_REGISTRATION',
  'NONE',
];

/** Youth, custody, group, seats and bars: the acts around a consent, and how often each is told. */
export const CASE_ACTS = {
  giveBirthDate: 2,
  startCustody: 6,
  correctCustody: 2,
  endCustody: 4,
  protect: 4,
  open: 1,
  end: 1,
  addSeat: 4,
  fillSeat: 3,
  handOver: 4,
  handBack: 1,
  endSeat: 3,
  bar: 4,
  unbar: 5,
} as const;

/** How each of these acts is told. */
export const caseActs: Record<keyof typeof CASE_ACTS, Telling> = {
  giveBirthDate: (story, a, b) => {
    const [youth, born] = [pick(story.youths, a), birthDate(story, b)];
    if (born !== story.bornOn(youth)) story.record({ is: 'BORN', youth, born });
  },
  startCustody: (story, a, b, c) => {
    const youth = pick(story.youths, a);
    const running = story.custodyOf(youth).filter(({ until }) => until === null);
    const others = ['k0', 'k1', 'k2'].filter((guardian) => !running.some((custody) => custody.guardian === guardian));
    if (others.length === 0) return;
    const from = story.now + pick([0, -20 * DAY, 0, 3 * DAY], c);
    const until = c % 3 === 2 ? from + 30 * DAY : null;
    story.record({ is: 'CUSTODY', youth, guardian: pick(others, b), from, until });
  },
  correctCustody: (story, a, b, c) => {
    const youth = pick(story.youths, a);
    const running = story.custodyOf(youth).filter(({ until }) => until === null);
    if (running.length === 0) return;
    const { guardian } = pick(running, b);
    story.record({ is: 'CUSTODY_STARTED', youth, guardian, at: story.now + pick([-DAY, 2 * DAY, -30 * DAY], c) });
  },
  endCustody: (story, a, b, c) => {
    const youth = pick(story.youths, a);
    const running = story.custodyOf(youth);
    if (running.length === 0) return;
    const { guardian } = pick(running, b);
    story.record({ is: 'CUSTODY_ENDS', youth, guardian, at: story.now + pick([0, -10 * DAY, 5 * DAY, 0], c) });
  },
  protect: (story, a, b) => story.record({ is: 'PROTECTION', youth: pick(story.youths, a), level: pick(LEVELS, b) }),
  open: (story, a) => once(story, 'OPENED', a),
  end: (story, a) => once(story, 'ENDED', a),
  addSeat: (story, a, b, c) => {
    const group = pick(story.groups(), a);
    seat(story, group, pick([...MEMBERS, group.lead], b), c, b + c);
  },
  fillSeat: (story, a, b, c) =>
    story.record({
      is: 'FILLED',
      seat: pick(story.seats(), a).seat,
      holder: `p${b % 6}`,
      deputy: c % 2 === 0 ? null : `p${(b + 1) % 6}`,
    }),
  handOver: (story, a, b, c) => {
    const chosen = pick(story.seats(), a);
    const from = story.now + pick([0, 0, DAY, -DAY], b);
    const until = c % 3 === 0 ? null : from + pick([DAY / 2, 3 * DAY, 30 * DAY], c);
    if (story.staffOf(chosen).deputy !== null) story.record({ is: 'HANDED_OVER', seat: chosen.seat, from, until });
  },
  handBack: (story, a) => story.record({ is: 'HANDED_BACK', seat: pick(story.seats(), a).seat }),
  endSeat: (story, a, b) =>
    story.record({ is: 'SEAT_ENDED', seat: pick(story.seats(), a).seat, at: story.now + pick([0, 2 * DAY], b) }),
  bar: (story, a, b, c) => {
    const { agency } = pick(story.seats(), a);
    const subject = pick(['p0', 'p1', 'p4', 'p6', 'p2'], b);
    story.record({ is: 'BARRED', agency, subject, youth: pick([null, ...story.youths], c) });
  },
  unbar: (story, a) => {
    const bars = all(story.facts, 'BARRED');
    if (bars.length === 0) return;
    const { agency, subject, youth } = pick(bars, a);
    story.record({ is: 'UNBARRED', agency, subject, youth });
  },
};

/** A date of birth that falls into the story: a 15th or 18th, one on the night of summer time, one on 29 February. */
export function birthDate({ year }: Chronicle, n: number): string | null {
  const leap = [2008, 2012].find((leap) => year - leap === 18 || year - leap === 15) ?? 2008;
  return pick(
    [
      `${year - 14}-06-01`,
      `${year - 13}-06-01`,
      `${year - 15}-03-29`,
      `${year - 16}-06-01`,
      `${year - 18}-03-10`,
      `${leap}-02-29`,
      `${year - 15}-02-20`,
      `${year - 18}-03-30`,
      `${year - 20}-01-01`,
      `${year - 12}-01-01`,
      null,
    ],
    n,
  );
}

/** The lead agency that a number chooses: of one municipality or the other. */
export function leadOf(n: number): string {
  return pick(LEADS, n);
}

/** Invites an agency to a group; only the lead agency has others than caseworkers there. */
export function seat(
  story: Chronicle,
  { group, lead }: Pick<FactOf<'GROUP'>, 'group' | 'lead'>,
  agency: string,
  person: number,
  role: number,
): void {
  story.record({
    is: 'SEAT',
    seat: `s${story.seats().length}`,
    group,
    agency,
    role: agency === lead ? pick(ROLES, role) : 'CASEWORKER',
    holder: person === 11 ? null : `p${person % 6}`,
    deputy: person % 3 === 2 ? null : `p${(person + 1) % 6}`,
  });
}

function once(story: Chronicle, is: 'OPENED' | 'ENDED', n: number): void {
  const { group } = pick(story.groups(), n);
  const before = story.facts.some((fact) => fact.is === is && fact.group === group);
  if (!before) story.record({ is, group });
}
