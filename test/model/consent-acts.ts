import { AGENCIES_IN_GROUPS, DAY, MINUTE, type Telling } from './case-acts.ts';
import { type Chronicle, pick } from './chronicle.ts';
import { acknowledged, momentOf } from './moment.ts';
import { birthday, type FactOf, type Grant, sectorOf } from './world.ts';

/** The categories that are granted, by the sector of their source. */
const CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  school: ['school.attendance', 'school.enrolment', 'school.health'],
  police: ['police.suspicion', 'police.association'],
  'social-services': ['social-services.case', 'social-services.placement-location'],
};

/** The life of a consent, and how often each act of it is told. */
export const CONSENT_ACTS = {
  agree: 12,
  agreeAlmost: 7,
  propose: 3,
  sign: 7,
  signAll: 4,
  waive: 3,
  acknowledge: 2,
  acknowledgeAll: 4,
  refuse: 4,
  withdraw: 6,
} as const;

/** How each of these acts is told. */
export const consentActs: Record<keyof typeof CONSENT_ACTS, Telling> = {
  agree: (story, a, b, c) => {
    const consent = propose(story, a, b, c);
    signAll(story, consent, b, c);
    for (const grant of consent.grants) acknowledge(story, consent, grant, c === 11 ? b : 0);
  },
  agreeAlmost: (story, a, b, c) => agreeAlmost(story, propose(story, a, b, c), b, c),
  propose: (story, a, b, c) => {
    propose(story, a, b, c);
  },
  sign: (story, a, b, c) => {
    for (const consent of story.consent(a)) sign(story, consent, pick(peopleOf(story, consent.group), b), c, b + c);
  },
  signAll: (story, a, b, c) => {
    for (const consent of story.consent(a)) signAll(story, consent, b, c);
  },
  waive: (story, a, b) => {
    for (const { consent } of story.consent(a)) story.record({ is: 'WAIVED', consent, guardian: `k${b % 3}` });
  },
  acknowledge: (story, a, b, c) => {
    for (const consent of story.consent(a)) acknowledge(story, consent, pick(consent.grants, b), c);
  },
  acknowledgeAll: (story, a, b, c) => {
    for (const consent of story.consent(a)) {
      consent.grants.forEach((grant, index) => {
        acknowledge(story, consent, grant, b === 0 ? c : c + index * b);
      });
    }
  },
  refuse: (story, a, b, c) => speak(story, 'REFUSED', a, b, c),
  withdraw: (story, a, b, c) => speak(story, 'WITHDRAWN', a, b, c),
};

function propose(story: Chronicle, a: number, b: number, c: number): FactOf<'PROPOSED'> {
  const { group } = pick(story.groups(), a);
  const seated = story.seats().filter((seat) => seat.group === group);
  const called = b % 4 === 3 ? [pick(AGENCIES_IN_GROUPS, c)] : [];
  const parties = [...new Set([...seated.map(({ agency }) => agency), ...called])];
  const triples = parties.flatMap((source) =>
    parties
      .filter((recipient) => recipient !== source)
      .flatMap((recipient) =>
        (CATEGORIES[sectorOf(source)] ?? []).map((category) => ({ source, recipient, category })),
      ),
  );
  const versions = story.consents();
  const first = versions.reduce((total, { grants }) => total + grants.length, 0);
  const chosen = triples.filter((_, index) => index === 0 || (index + b) % (2 + (c % 3)) !== 0);
  const validFrom = story.now + pick([-DAY, 0, 0, DAY, 5, 0, -2 * DAY], c);
  const proposed = {
    is: 'PROPOSED' as const,
    consent: `c${versions.length}`,
    group,
    version: versions.filter((version) => version.group === group).length + 1,
    validFrom,
    validUntil: validFrom + pick([180 * DAY, 180 * DAY, 120 * DAY, 90 * DAY, 10 * DAY, 120 * DAY, DAY], b),
    foundMature: (b + c) % 5 === 4,
    grants: chosen.map((triple, index) => ({ grant: `r${first + index}`, ...triple, ...dataPeriod(index + c) })),
  };
  const recordedAt = story.now;
  story.record(proposed);
  return { ...proposed, recordedAt };
}

/** Everybody signs but one or two, whom a waiver may excuse or not; most sources acknowledge. */
function agreeAlmost(story: Chronicle, proposed: FactOf<'PROPOSED'>, b: number, c: number): void {
  const { consent, group, grants } = proposed;
  const youth = story.youthOf(group);
  const guardians = story.guardiansOf(youth);
  const left = b === 11 ? [youth] : guardians.filter((_, index) => index === b % guardians.length || b === 10);
  for (const signer of [...guardians, youth].filter((signer) => !left.includes(signer))) {
    story.record({ is: 'SIGNED', consent, signer, toldAt: story.now, ...recorder(0) });
  }
  const excused = c % 4 === 3 ? [] : left.filter((signer) => signer !== youth);
  for (const guardian of excused) story.record({ is: 'WAIVED', consent, guardian });
  const chosen = grants.filter((_, index) => c % 5 !== 4 || index > 0);
  for (const grant of chosen) acknowledge(story, proposed, grant, 0);
}

function sign(story: Chronicle, { consent, group }: FactOf<'PROPOSED'>, signer: string, c: number, n: number): void {
  const born = story.bornOn(story.youthOf(group));
  const turns = born === null ? [] : [15, 18].flatMap((age) => [-1, 0, 1].map((ms) => birthday(born, age) + ms));
  const told = [story.now, ...turns, story.now - MINUTE, story.now - 20 * DAY];
  story.record({ is: 'SIGNED', consent, signer, toldAt: Math.min(pick(told, c), story.now), ...recorder(n) });
}

function signAll(story: Chronicle, consent: FactOf<'PROPOSED'>, b: number, c: number): void {
  const youth = story.youthOf(consent.group);
  const signers = b === 7 ? [youth] : [...story.guardiansOf(youth), ...(b === 5 ? [] : [youth])];
  for (const signer of signers) sign(story, consent, signer, 0, c);
}

/** Who records a signature: mostly the coordinator; sometimes a colleague who may have acknowledged, or a system for one of them. */
function recorder(n: number) {
  return { recorder: pick(['p0', 'p0', 'p2', 'p0', 'p1'], n), system: n % 6 === 5 ? 'p6' : null };
}

/** Somebody acknowledges, perhaps too early or having recorded signatures; nothing is recorded if it is acknowledged already. */
function acknowledge(story: Chronicle, consent: FactOf<'PROPOSED'>, grant: Grant, n: number): void {
  const now = momentOf({ agencies: [], youthSigns: [], facts: story.facts }, story.now);
  if (acknowledged(now, consent, grant)) return;
  const acknowledger = pick(['p1', 'p1', 'p3', 'p1', 'p0'], n);
  story.record({ is: 'ACKNOWLEDGED', grant: grant.grant, acknowledger, system: n % 6 === 5 ? 'p6' : null });
}

function speak(story: Chronicle, is: 'REFUSED' | 'WITHDRAWN', a: number, b: number, c: number): void {
  const { group } = story.consent(a)[0] ?? pick(story.groups(), a);
  const grants = story
    .consents()
    .filter((consent) => consent.group === group)
    .flatMap((consent) => consent.grants);
  const only = c % 3 === 0 || grants.length === 0 ? null : pick(grants, c);
  const triple = only && { source: only.source, recipient: only.recipient, category: only.category };
  const latest = story.consents().findLast((consent) => consent.group === group);
  const within = (b + c) % 4 === 3 ? (latest?.consent ?? null) : null;
  story.record({ is, group, by: pick(peopleOf(story, group), b), only: triple, within });
}

/** Who may sign or speak, or try to. */
function peopleOf(story: Chronicle, group: string): string[] {
  const youth = story.youthOf(group);
  return ['k0', youth, 'k1', youth, 'k2'];
}

function dataPeriod(n: number): Pick<Grant, 'dataFrom' | 'dataTo'> {
  return { dataFrom: n % 3 === 0 ? null : '2026-01-01', dataTo: n % 4 === 0 ? '2026-07-01' : null };
}
