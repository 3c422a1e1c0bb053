import type { Role } from '../../schema/caller.ts';
import { all, birthday, boundariesOf, type Content, type Fact, type FactOf, type Grant, sectorOf } from './world.ts';

/** How far the clock goes before the next move: by milliseconds, or to a boundary ahead, exactly or 1 ms beside it. */
export type Step = { readonly by: number } | { readonly boundary: number; readonly shift: number };

/** What can happen, and how often it does beside the others. */
export const ACTS = {
  agree: 10,
  propose: 3,
  sign: 7,
  signAll: 5,
  waive: 4,
  acknowledge: 2,
  acknowledgeAll: 5,
  refuse: 3,
  withdraw: 4,
  giveBirthDate: 2,
  changeCustody: 5,
  protect: 3,
  open: 1,
  end: 1,
  addSeat: 5,
  handOver: 4,
  handBack: 2,
  endSeat: 1,
  bar: 3,
  unbar: 1,
} as const;
export type Act = keyof typeof ACTS;

/** One thing that happens; the numbers choose among what there is then. */
export interface Move {
  readonly step: Step;
  readonly act: Act;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** How a story begins: the year, the youths by age, how many have custody of each, the groups. */
export interface Beginning {
  readonly year: number;
  readonly births: readonly number[];
  readonly guardians: number;
  readonly groups: readonly { readonly youth: number; readonly lead: number; readonly open: boolean }[];
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const LEADS = ['social-services:north', 'social-services:south'] as const;
const MEMBERS = ['school:north', 'police:national', 'school:free', 'police:north', 'school:south'] as const;
const ROLES: readonly Role[] = ['COORDINATOR', 'MENTOR', 'CASEWORKER'];
/** The categories that are granted, by the sector of their source. */
const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  school: ['school.attendance', 'school.enrolment', 'school.health'],
  police: ['police.suspicion', 'police.association'],
  'social-services': ['social-services.case', 'social-services.placement-location'],
};

/** Turns moves into facts: each number of a move chooses among what there is at that point of the story. */
export class Story {
  facts: readonly Fact[] = [];
  readonly youths: readonly string[];
  readonly #year: number;
  #now: number;

  constructor({ year, births, guardians, groups }: Beginning) {
    this.#year = year;
    this.#now = Date.UTC(year, 1, 1, 9);
    this.youths = births.map((_, index) => `y${index}`);
    births.forEach((birth, index) => {
      const youth = `y${index}`;
      this.#record({ is: 'BORN', youth, born: this.#birthDate(birth) });
      for (let n = 0; n < guardians; n += 1) this.#record({ is: 'CUSTODY', youth, guardian: `k${n}`, has: true });
    });
    groups.forEach((begun, index) => {
      const [group, lead] = [`g${index}`, pick(LEADS, begun.lead)];
      this.#record({ is: 'GROUP', group, youth: pick(this.youths, begun.youth), lead });
      this.#seat({ group, lead }, lead, 0, 0);
      this.#seat({ group, lead }, pick(MEMBERS, 0), 1, 0);
      if (begun.open) this.#record({ is: 'OPENED', group });
    });
  }

  /** Lets the clock go on, and this happen; nothing happens when there is nothing it could happen to. */
  tell({ step, act, a, b, c }: Move): void {
    this.#now = Math.max(this.#now + 1, this.#target(step));
    this.#acts[act](a, b, c);
  }

  readonly #acts: Record<Act, (a: number, b: number, c: number) => void> = {
    agree: (a, b, c) => {
      this.#propose(a, b, c);
      const consent = this.#consents().at(-1);
      if (consent !== undefined) this.#signAll(consent, b);
      for (const { grant } of consent?.grants ?? []) this.#record({ is: 'ACKNOWLEDGED', grant });
    },
    propose: (a, b, c) => this.#propose(a, b, c),
    sign: (a, b, c) => this.#ofConsent(a, (consent) => this.#sign(consent, pick(this.#people(consent), b), c)),
    signAll: (a, b) => this.#ofConsent(a, (consent) => this.#signAll(consent, b)),
    waive: (a, b) =>
      this.#ofConsent(a, ({ consent }) => this.#record({ is: 'WAIVED', consent, guardian: `k${b % 3}` })),
    acknowledge: (a, b) => this.#ofConsent(a, ({ grants }) => this.#acknowledge(pick(grants, b))),
    acknowledgeAll: (a) =>
      this.#ofConsent(a, ({ grants }) => {
        for (const grant of grants) this.#acknowledge(grant);
      }),
    refuse: (a, b, c) => this.#speak('REFUSED', a, b, c),
    withdraw: (a, b, c) => this.#speak('WITHDRAWN', a, b, c),
    giveBirthDate: (a, b) => this.#record({ is: 'BORN', youth: pick(this.youths, a), born: this.#birthDate(b) }),
    changeCustody: (a, b) => {
      const [youth, guardian] = [pick(this.youths, a), `k${b % 3}`];
      this.#record({ is: 'CUSTODY', youth, guardian, has: !this.#guardians(youth).includes(guardian) });
    },
    protect: (a, b) => this.#record({ is: 'PROTECTION', youth: pick(this.youths, a), protected: b % 4 !== 3 }),
    open: (a) => this.#once('OPENED', pick(this.#groups(), a).group),
    end: (a) => this.#once('ENDED', pick(this.#groups(), a).group),
    addSeat: (a, b, c) => {
      const group = pick(this.#groups(), a);
      this.#seat(group, pick([...MEMBERS, group.lead], b), c, b);
    },
    handOver: (a, b, c) => {
      const { seat, deputy } = pick(this.#seats(), a);
      const from = this.#now + pick([0, 0, DAY, -DAY], b);
      const until = c % 3 === 0 ? null : from + pick([DAY / 2, 3 * DAY, 30 * DAY], c);
      if (deputy !== null) this.#record({ is: 'HANDED_OVER', seat, from, until });
    },
    handBack: (a) => this.#record({ is: 'HANDED_BACK', seat: pick(this.#seats(), a).seat }),
    endSeat: (a) => this.#record({ is: 'SEAT_ENDED', seat: pick(this.#seats(), a).seat }),
    bar: (a, b, c) => this.#bar('BARRED', a, b, c),
    unbar: (a, b, c) => this.#bar('UNBARRED', a, b, c),
  };

  #record(content: Content): void {
    this.facts = [...this.facts, { ...content, recordedAt: this.#now }];
    this.#now += 1;
  }

  #target(step: Step): number {
    if ('by' in step) return this.#now + step.by;
    const ahead = this.facts.flatMap(boundariesOf).filter((instant) => instant > this.#now);
    return ahead.length === 0
      ? this.#now
      : pick(
          ahead.toSorted((a, b) => a - b),
          step.boundary,
        ) + step.shift;
  }

  // Birthdays fall into the story: a 15th or 18th, one on the night of summer time, one on 29 February.
  #birthDate(n: number): string | null {
    const year = this.#year;
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

  #seat({ group, lead }: { group: string; lead: string }, agency: string, person: number, role: number): void {
    this.#record({
      is: 'SEAT',
      seat: `s${this.#seats().length}`,
      group,
      agency,
      role: agency === lead ? pick(ROLES, role) : 'CASEWORKER',
      holder: person === 11 ? null : `p${person % 6}`,
      deputy: person % 3 === 2 ? null : `p${(person + 1) % 6}`,
    });
  }

  #propose(a: number, b: number, c: number): void {
    const { group } = pick(this.#groups(), a);
    const seated = this.#seats().filter((seat) => seat.group === group);
    const parties = [...new Set([...seated.map(({ agency }) => agency), ...(b % 4 === 3 ? [pick(MEMBERS, c)] : [])])];
    const triples = parties.flatMap((source) =>
      parties
        .filter((recipient) => recipient !== source)
        .flatMap((recipient) =>
          (CATEGORIES[sectorOf(source)] ?? []).map((category) => ({ source, recipient, category })),
        ),
    );
    const versions = this.#consents();
    const consent = `c${versions.length}`;
    const first = versions.reduce((total, { grants }) => total + grants.length, 0);
    const chosen = triples.filter((_, index) => index === 0 || (index + b) % (2 + (c % 3)) !== 0);
    const validFrom = this.#now + pick([-DAY, 0, 0, DAY, 5, 10 * DAY], c);
    this.#record({
      is: 'PROPOSED',
      consent,
      group,
      version: versions.filter((version) => version.group === group).length + 1,
      validFrom,
      validUntil: validFrom + pick([180 * DAY, 120 * DAY, 60 * DAY, 20 * DAY, DAY], b),
      foundMature: (b + c) % 5 === 4,
      grants: chosen.map((triple, index) => ({ grant: `r${first + index}`, ...triple, ...dataPeriod(index + c) })),
    });
  }

  #sign({ consent, group }: FactOf<'PROPOSED'>, signer: string, c: number): void {
    const born = all(this.facts, 'BORN').findLast(({ youth }) => youth === this.#youthOf(group))?.born;
    const turns = born == null ? [] : [15, 18].flatMap((age) => [-1, 0, 1].map((ms) => birthday(born, age) + ms));
    const told = [this.#now, ...turns, this.#now - MINUTE, this.#now - 20 * DAY];
    this.#record({ is: 'SIGNED', consent, signer, toldAt: Math.min(pick(told, c), this.#now) });
  }

  #signAll(consent: FactOf<'PROPOSED'>, b: number): void {
    const youth = this.#youthOf(consent.group);
    const signers = b === 7 ? [youth] : [...this.#guardians(youth), ...(b === 5 ? [] : [youth])];
    for (const signer of signers) this.#sign(consent, signer, 0);
  }

  #acknowledge({ grant }: Grant): void {
    const already = all(this.facts, 'ACKNOWLEDGED').some((fact) => fact.grant === grant);
    if (!already) this.#record({ is: 'ACKNOWLEDGED', grant });
  }

  #speak(is: 'REFUSED' | 'WITHDRAWN', a: number, b: number, c: number): void {
    const { group } = pick(this.#groups(), a);
    const grants = this.#consents()
      .filter((consent) => consent.group === group)
      .flatMap((consent) => consent.grants);
    const only = c % 3 === 0 || grants.length === 0 ? null : pick(grants, c);
    const triple = only && { source: only.source, recipient: only.recipient, category: only.category };
    this.#record({ is, group, by: pick(this.#people({ group }), b), only: triple });
  }

  #bar(is: 'BARRED' | 'UNBARRED', a: number, b: number, c: number): void {
    const agency = pick(['school:north', ...LEADS, ...MEMBERS], a);
    this.#record({ is, agency, subject: pick(['p0', 'p1', 'p6', 'p2'], b), youth: pick([null, ...this.youths], c) });
  }

  #once(is: 'OPENED' | 'ENDED', group: string): void {
    const before = this.facts.some((fact) => fact.is === is && fact.group === group);
    if (!before) this.#record({ is, group });
  }

  #ofConsent(n: number, act: (consent: FactOf<'PROPOSED'>) => void): void {
    const latestFirst = this.#consents().toReversed();
    if (latestFirst.length > 0) act(pick(latestFirst, n));
  }

  #groups = () => all(this.facts, 'GROUP');
  #seats = () => all(this.facts, 'SEAT');
  #consents = () => all(this.facts, 'PROPOSED');

  #people({ group }: { group: string }): string[] {
    return ['k0', this.#youthOf(group), 'k1', 'k2'];
  }

  #youthOf(group: string): string {
    return this.#groups().find((fact) => fact.group === group)?.youth ?? '';
  }

  #guardians(youth: string): string[] {
    const latest = (guardian: string) =>
      all(this.facts, 'CUSTODY').findLast((fact) => fact.youth === youth && fact.guardian === guardian);
    return ['k0', 'k1', 'k2'].filter((guardian) => latest(guardian)?.has === true);
  }
}

function dataPeriod(n: number): Pick<Grant, 'dataFrom' | 'dataTo'> {
  return { dataFrom: n % 3 === 0 ? null : '2026-01-01', dataTo: n % 4 === 0 ? '2026-07-01' : null };
}

function pick<T>(from: readonly T[], n: number): T {
  const chosen = from[n % from.length];
  if (chosen === undefined) throw new RangeError('Expected something to choose from.');
  return chosen;
}
