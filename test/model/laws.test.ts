import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Role } from '../../schema/caller.ts';
import { tries } from '../setup/depth.ts';
import { Distribution } from './distribution.ts';
import { type History, historyOf, KINDS, plot } from './histories.ts';
import { type Moment, momentOf } from './moment.ts';
import { type Ask, decide, type Reason, type Unit } from './rule.ts';
import { all, type Content, type Fact, type World } from './world.ts';

const RUNS = tries(20, 300);
/** Far longer than a law takes, however often it is tried. */
const LIMIT_MS = 600_000;

/** One unit of a history, with the ask that it answers and the moment. */
interface Decided {
  readonly now: Moment;
  readonly ask: Ask;
  readonly unit: Unit;
}

function asksOf({ callers, youths }: History): Ask[] {
  return Object.entries(KINDS).flatMap(([sector, kinds]) =>
    callers.flatMap((caller) =>
      youths.flatMap((youth) =>
        kinds.map((kind): Ask => ({ sector, caller, youth, kind, action: 'READ', stated: false })),
      ),
    ),
  );
}

function decided(history: History, t: number, world = history.world): Decided[] {
  const now = momentOf(world, t);
  return asksOf(history).flatMap((ask) => decide(now, ask).map((unit) => ({ now, ask, unit })));
}

/** Holds at every look at every random history. */
function law(promise: string, holds: (history: History, t: number) => void): void {
  test(
    promise,
    () => {
      fc.assert(
        fc.property(plot, (plot) => {
          const history = historyOf(plot);
          for (const { t } of history.looks) holds(history, t);
        }),
        { numRuns: RUNS },
      );
    },
    LIMIT_MS,
  );
}

/** Holds for every unit that a permit by consent opens. */
function lawOfCrossing(promise: string, holds: (crossing: Decided) => void): void {
  law(promise, (history, t) => {
    for (const one of decided(history, t)) if (one.unit.reason === 'CONSENT') holds(one);
  });
}

function permits(units: readonly Decided[]): string[] {
  return units
    .filter(({ unit }) => unit.permit)
    .map(({ ask, unit }) => JSON.stringify([ask.sector, ask.caller, ask.youth, ask.kind, unit.source]));
}

/** The world with one more fact, recorded at `t` after all that was known then. */
function withFact({ facts, ...world }: World, t: number, content: Content): World {
  return { ...world, facts: [...facts.filter((fact) => fact.recordedAt <= t), { ...content, recordedAt: t }] };
}

function newPermits(history: History, t: number, content: Content): string[] {
  const before = permits(decided(history, t));
  return permits(decided(history, t, withFact(history.world, t, content))).filter((permit) => !before.includes(permit));
}

/** Recording such a fact, about whichever of the history's things, opens nothing at that moment. */
function lawOfClosing(promise: string, contents: (facts: readonly Fact[]) => Content[]): void {
  law(promise, (history, t) => {
    const known = history.world.facts.filter((fact) => fact.recordedAt <= t);
    for (const content of contents(known)) expect(newPermits(history, t, content)).toEqual([]);
  });
}

lawOfClosing('C6 a refusal or withdrawal never turns a denial into a permit', (facts) =>
  all(facts, 'GROUP').flatMap(({ group, youth }) => [
    { is: 'REFUSED', group, by: youth, only: null, within: null },
    { is: 'WITHDRAWN', group, by: 'k0', only: all(facts, 'PROPOSED')[0]?.grants[0] ?? null, within: null },
  ]),
);

lawOfClosing('C7 a new version that is only proposed never turns a denial into a permit', (facts) =>
  all(facts, 'PROPOSED').map((consent) => ({ ...consent, consent: 'c99', version: 99 })),
);

lawOfClosing('C5 one more guardian never turns a denial into a permit', (facts) =>
  all(facts, 'BORN').map(({ youth }) => ({ is: 'CUSTODY', youth, guardian: 'k9', from: 0, until: null })),
);

lawOfClosing('C2 a birth date that becomes unknown, protection, and an ended group or seat open nothing', (facts) => [
  ...all(facts, 'BORN').flatMap(({ youth }): Content[] => [
    { is: 'BORN', youth, born: null },
    { is: 'PROTECTION', youth, level: 'CONFIDENTIALITY_MARKING' },
    { is: 'PROTECTION', youth, level: 'PROTECTED_REGISTRATION' },
  ]),
  ...all(facts, 'GROUP').map(({ group }): Content => ({ is: 'ENDED', group })),
  ...all(facts, 'SEAT').map(({ seat }): Content => ({ is: 'SEAT_ENDED', seat, at: 0 })),
]);

law('C6 a withdrawal of everything by the youth closes every line at once', (history, t) => {
  const world = all(history.world.facts, 'GROUP').reduce(
    (world, { group, youth }) => withFact(world, t, { is: 'WITHDRAWN', group, by: youth, only: null, within: null }),
    history.world,
  );
  expect(decided(history, t, world).filter(({ unit }) => unit.reason === 'CONSENT')).toEqual([]);
});

law('C6 what somebody without custody says ends nothing', (history, t) => {
  const [group] = all(history.world.facts, 'GROUP');
  if (group === undefined) return;
  const world = withFact(history.world, t, { is: 'WITHDRAWN', group: group.group, by: 'k9', only: null, within: null });
  const units = (those: readonly Decided[]) => those.map(({ unit }) => unit);
  expect(units(decided(history, t, world))).toEqual(units(decided(history, t)));
});

law('C7 what has ended stays ended, whatever is recorded later', (history, t) => {
  const later = Math.max(...history.looks.map(({ t }) => t));
  const ended = momentOf(history.world, t).ends.filter((end) => end.only === null);
  const open = decided(history, later).filter(({ unit }) => unit.reason === 'CONSENT');
  expect(open.filter(({ unit }) => ended.some((end) => end.consent === unit.consent))).toEqual([]);
});

law('C5 a fact counts only from when it is recorded', (history, t) => {
  const world = { ...history.world, facts: history.world.facts.filter((fact) => fact.recordedAt <= t) };
  const units = (those: readonly Decided[]) => those.map(({ unit }) => unit);
  expect(units(decided(history, t, world))).toEqual(units(decided(history, t)));
});

law('C7 consents of different groups never add up', (history, t) => {
  const groups = all(history.world.facts, 'GROUP').map(({ group }) => group);
  const alone = groups.flatMap((group) => permits(decided(history, t, onlyGroup(history.world, group))));
  expect(permits(decided(history, t)).filter((permit) => !alone.includes(permit))).toEqual([]);
});

lawOfCrossing('C5 nothing crosses a line before validFrom or from validUntil on', ({ now, unit }) => {
  const consent = all(now.facts, 'PROPOSED').find(({ consent }) => consent === unit.consent);
  expect(consent?.validFrom).toBeLessThanOrEqual(now.t);
  expect(consent?.validUntil).toBeGreaterThan(now.t);
});

lawOfCrossing('C4 what crosses is granted: this source, to this caller’s agency, this category', ({ ask, unit }) => {
  const { source, recipient, category } = unit.grant ?? {};
  expect([source, recipient, category]).toEqual([unit.source, ask.caller.agency, ask.kind.category]);
});

lawOfCrossing('C4 nothing crosses without a seat', ({ now, ask }) => {
  const stranger = { ...ask, caller: { ...ask.caller, subject: 'nobody' } };
  expect(decide(now, stranger).filter(({ permit }) => permit)).toEqual([]);
});

lawOfCrossing('C4 nothing crosses to a system by itself', ({ now, ask }) => {
  const system = { ...ask, caller: { ...ask.caller, actor: null, roles: ['SYSTEM'] as const } };
  expect(decide(now, system).filter(({ reason }) => reason === 'CONSENT')).toEqual([]);
});

lawOfCrossing('C16 no whereabouts of a protected youth cross', ({ now, ask }) => {
  const latest = all(now.facts, 'PROTECTION').findLast(({ youth }) => youth === ask.youth);
  expect([latest?.level ?? 'NONE', ask.kind.whereabouts]).not.toEqual([expect.stringMatching(/^[CP]/), true]);
});

lawOfCrossing('C9 nobody writes across a line', ({ now, ask }) => {
  expect(decide(now, { ...ask, action: 'WRITE' }).filter(({ reason }) => reason === 'CONSENT')).toEqual([]);
});

law('C3 own data is never PROTECTED, and never a matter of consent', (history, t) => {
  const reasons = decided(history, t).filter(({ ask, unit }) => unit.source === ask.caller.agency);
  const expected: Reason[] = ['BARRED', 'ROLE', 'NOT_ASSIGNED', 'OWN'];
  expect(reasons.filter(({ unit }) => !expected.includes(unit.reason))).toEqual([]);
});

law('C1 managers and auditors read nothing, and an auditor’s other roles do not help', (history, t) => {
  const now = momentOf(history.world, t);
  const tokens: Role[][] = [['MANAGER'], ['AUDITOR'], ['MANAGER', 'AUDITOR'], ['AUDITOR', 'CASEWORKER', 'COORDINATOR']];
  const units = asksOf(history).flatMap((ask) =>
    tokens.flatMap((roles) => decide(now, { ...ask, stated: true, caller: { ...ask.caller, roles } })),
  );
  expect(units.filter(({ permit }) => permit)).toEqual([]);
});

law('C18 a bar denies first', (history, t) => {
  for (const { ask, unit } of decided(history, t).filter(({ unit }) => unit.permit)) {
    const agency = unit.source ?? '';
    const subject = ask.caller.actor ?? ask.caller.subject;
    const barred = momentOf(withFact(history.world, t, { is: 'BARRED', agency, subject, youth: null }), t);
    expect(decide(barred, ask).find(({ source }) => source === agency)?.reason).toBe('BARRED');
  }
});

law('every ask has an answer: one for each source agency, or one without', (history, t) => {
  const now = momentOf(history.world, t);
  for (const ask of asksOf(history)) {
    const sources = decide(now, ask).map(({ source }) => source);
    expect(sources.length).toBeGreaterThan(0);
    expect(new Set(sources).size).toBe(sources.length);
    expect(sources.length === 1 || !sources.includes(null)).toBe(true);
  }
});

test('the random histories show every reason and every situation often', () => {
  const distribution = new Distribution();
  for (const sample of fc.sample(plot, { numRuns: 300, seed: 2026 })) {
    const history = historyOf(sample);
    const units = history.looks.flatMap(({ t }) => decided(history, t).map(({ unit }) => unit));
    distribution.add(history, units);
  }
  expect(distribution.rare(20)).toEqual([]);
});

/** The world without the other groups, their seats and their consents. */
function onlyGroup(world: World, group: string): World {
  const of = (symbol: string) => all(world.facts, 'PROPOSED').find(({ consent }) => consent === symbol)?.group;
  return {
    ...world,
    facts: world.facts.filter((fact) => {
      if ('group' in fact) return fact.group === group;
      return 'consent' in fact ? of(fact.consent) === group : true;
    }),
  };
}
