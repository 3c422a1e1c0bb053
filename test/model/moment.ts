import { all, birthday, type Fact, type FactOf, type Grant, type Policy, type Triple, type World } from './world.ts';

export type Consent = FactOf<'PROPOSED'>;
/** The final states of a version or grant (C7), in the order of the reasons of denial. */
export const ENDINGS = ['REFUSED', 'WITHDRAWN', 'SUPERSEDED', 'EXPIRED'] as const;
export type Ending = (typeof ENDINGS)[number];

/** Something final (C7): it covers a version whole, or one triple of it, for ever from an instant on. */
export interface End {
  readonly consent: string;
  readonly only: Triple | null;
  readonly reason: Ending;
  readonly at: number;
}

/** A predecessor's end that will come at an instant, unless `by` ends before that (C7). */
interface Supersession {
  readonly consent: string;
  readonly by: string;
  readonly at: number;
}

/** What is known at `t`: the facts recorded until then, and what they made fully signed or final on the way. */
export interface Moment {
  readonly t: number;
  readonly world: World;
  readonly facts: readonly Fact[];
  /** When each version was first fully signed. */
  readonly fullySigned: ReadonlyMap<string, number>;
  readonly informed: ReadonlySet<string>;
  readonly ends: readonly End[];
  readonly supersessions: readonly Supersession[];
}

const NEVER = Number.POSITIVE_INFINITY;

/** The moment `t` of a world: its facts replayed in the order of recording, each counting from then on (C5). */
export function momentOf(world: World, t: number): Moment {
  const first: Moment = {
    t,
    world,
    facts: [],
    fullySigned: new Map(),
    informed: new Set(),
    ends: [],
    supersessions: [],
  };
  return settled(world.facts.filter((fact) => fact.recordedAt <= t).reduce(after, first), t);
}

// What the clock ended before the fact stays ended; what the fact itself brings to an end is not completed by it.
function after(now: Moment, fact: Fact): Moment {
  const { recordedAt } = fact;
  return informing(completed(settled(recorded(settled(now, recordedAt), fact), recordedAt), fact));
}

// C7: EXPIRED and SUPERSEDED come by the clock, and are then final whatever is recorded later.
function settled(before: Moment, t: number): Moment {
  const now = { ...before, t };
  const ends = [...now.ends];
  for (const consent of all(now.facts, 'PROPOSED')) {
    const at = validUntil(now, consent);
    if (at <= t) ends.push({ consent: consent.consent, only: null, reason: 'EXPIRED', at });
  }
  const due = now.supersessions.filter(({ at }) => at <= t).toSorted((a, b) => a.at - b.at);
  for (const { consent, by, at } of due) {
    const endsBefore = ends.some((end) => end.consent === by && end.only === null && end.at < at);
    if (!endsBefore) ends.push({ consent, only: null, reason: 'SUPERSEDED', at });
  }
  return { ...now, ends, supersessions: now.supersessions.filter(({ at }) => at > t) };
}

function recorded(now: Moment, fact: Fact): Moment {
  return { ...now, facts: [...now.facts, fact], ends: [...now.ends, ...endsBy(now, fact)] };
}

function endsBy(now: Moment, fact: Fact): End[] {
  const whole = (consents: Consent[], only: Triple | null, reason: Ending) =>
    consents.map(({ consent }): End => ({ consent, only, reason, at: fact.recordedAt }));
  switch (fact.is) {
    case 'PROPOSED': // C7: a group has at most one pending version; proposing another ends it.
      return whole(
        versions(now, fact.group).filter((consent) => pending(now, consent)),
        null,
        'SUPERSEDED',
      );
    case 'REFUSED':
    case 'WITHDRAWN': // C6: it reaches that grant, or all, in every version that is not final, unless the signer says otherwise.
      return maySpeak(now, fact)
        ? whole(
            versions(now, fact.group).filter(
              (consent) => !final(now, consent) && (fact.within === null || fact.within === consent.consent),
            ),
            fact.only,
            fact.is,
          )
        : [];
    default:
      return [];
  }
}

// C7: with its last required signature a version is fully signed, and its predecessors are superseded.
function completed(now: Moment, fact: Fact): Moment {
  const youth = completes(now, fact);
  const newly = all(now.facts, 'PROPOSED').filter(
    (consent) => youthOf(now, consent.group) === youth && pending(now, consent) && sufficient(now, consent),
  );
  const supersessions = newly.flatMap((consent) =>
    versions(now, consent.group)
      .filter((other) => fullySigned(now, other) && !final(now, other))
      .map((other) => ({ consent: other.consent, by: consent.consent, at: Math.max(now.t, consent.validFrom) })),
  );
  return {
    ...now,
    fullySigned: new Map([...now.fullySigned, ...newly.map(({ consent }) => [consent, now.t] as const)]),
    supersessions: [...now.supersessions, ...supersessions],
  };
}

// R8: whose consents a signature, a waiver, a change of custody or a date of birth may complete.
function completes(now: Moment, fact: Fact): string | null {
  switch (fact.is) {
    case 'SIGNED':
    case 'WAIVED':
      return youthOf(now, all(now.facts, 'PROPOSED').find(({ consent }) => consent === fact.consent)?.group ?? '');
    case 'BORN':
    case 'CUSTODY':
    case 'CUSTODY_STARTED':
    case 'CUSTODY_ENDS':
      return fact.youth;
    default:
      return null;
  }
}

// Section 2: a seat is informed once a fully signed consent, not final, names its agency, the lead agency's at once; and stays so.
function informing(now: Moment): Moment {
  const seats = all(now.facts, 'SEAT').filter(({ group, agency }) => {
    const lead = all(now.facts, 'GROUP').some((fact) => fact.group === group && fact.lead === agency);
    const signed = versions(now, group).filter((consent) => fullySigned(now, consent) && !final(now, consent));
    const named = signed
      .flatMap(({ grants }) => grants)
      .some(({ source, recipient }) => source === agency || recipient === agency);
    return lead || named;
  });
  return { ...now, informed: new Set([...now.informed, ...seats.map(({ seat }) => seat)]) };
}

/** Every version proposed in a group. */
export function versions(now: Moment, group: string): Consent[] {
  return all(now.facts, 'PROPOSED').filter((consent) => consent.group === group);
}

/** C7: has the last required signature of the version been recorded? */
export function fullySigned(now: Moment, { consent }: Consent): boolean {
  return now.fullySigned.has(consent);
}

/** C7: does this kind of end cover the version whole, or this triple of it? */
export function ended(now: Moment, { consent }: Consent, reason: Ending, triple: Triple): boolean {
  return now.ends.some(
    (end) => end.consent === consent && end.reason === reason && (end.only === null || sameTriple(end.only, triple)),
  );
}

function final(now: Moment, { consent }: Consent): boolean {
  return now.ends.some((end) => end.consent === consent && end.only === null);
}

function pending(now: Moment, consent: Consent): boolean {
  return !fullySigned(now, consent) && !final(now, consent);
}

// C6: the youth at any age, and every guardian with custody, may refuse or withdraw.
function maySpeak(now: Moment, { group, by }: FactOf<'REFUSED' | 'WITHDRAWN'>): boolean {
  const youth = youthOf(now, group);
  return by === youth || guardiansOf(now, youth).includes(by);
}

/** C5: do the signatures suffice at this moment? */
export function sufficient(now: Moment, consent: Consent): boolean {
  const youth = youthOf(now, consent.group);
  const born = bornOn(now, youth);
  if (born === null) return false;
  const guardians = now.t < birthday(born, 18) ? guardiansOf(now, youth) : [];
  if (now.t < birthday(born, 18) && guardians.length === 0) return false;
  const missing = guardians.filter((guardian) => !signatures(now, consent).some(({ signer }) => signer === guardian));
  const excused = missing.length === 1 && guardians.length > 1 && waived(now, consent, missing[0]);
  const guardiansSigned = missing.length === 0 || excused;
  const youthNeedNot = now.t < birthday(born, 15) && policyOf(now, consent) === 'DEFAULT';
  return guardiansSigned && (youthNeedNot || youthSigned(now, consent));
}

// C5: required at t, by the policy of the programme version that the group was proposed under.
function policyOf(now: Moment, { group }: Consent): Policy | undefined {
  return all(now.facts, 'GROUP').find((fact) => fact.group === group)?.policy;
}

/** C5: is there a signature of the youth that counts? */
export function youthSigned(now: Moment, consent: Consent): boolean {
  const youth = youthOf(now, consent.group);
  const born = bornOn(now, youth);
  return signatures(now, consent).some(
    ({ signer, toldAt, recordedAt }) =>
      signer === youth &&
      ((born !== null && toldAt >= birthday(born, 15)) || (consent.foundMature && consent.recordedAt < recordedAt)),
  );
}

/** C5: if any signature was told before the 18th birthday, validUntil is at most that birthday. */
export function validUntil(now: Moment, consent: Consent): number {
  const born = bornOn(now, youthOf(now, consent.group));
  if (born === null) return consent.validUntil;
  const adult = birthday(born, 18);
  const toldBefore = signatures(now, consent).some(({ toldAt }) => toldAt < adult);
  return toldBefore ? Math.min(consent.validUntil, adult) : consent.validUntil;
}

/**
 * C5: has somebody acknowledged the grant at or after the recording that first made the version fully signed, who recorded none of
 * its signatures?
 */
export function acknowledged(now: Moment, consent: Consent, { grant }: Grant): boolean {
  const signedAt = now.fullySigned.get(consent.consent);
  return all(now.facts, 'ACKNOWLEDGED').some(
    ({ grant: of, recordedAt, acknowledger }) =>
      of === grant &&
      signedAt !== undefined &&
      recordedAt >= signedAt &&
      !signatures(now, consent).some(({ recorder }) => recorder === acknowledger),
  );
}

function signatures(now: Moment, { consent }: Consent): FactOf<'SIGNED'>[] {
  return all(now.facts, 'SIGNED').filter((signature) => signature.consent === consent);
}

function waived(now: Moment, { consent }: Consent, guardian: string | undefined): boolean {
  return all(now.facts, 'WAIVED').some((waiver) => waiver.consent === consent && waiver.guardian === guardian);
}

function bornOn(now: Moment, youth: string): string | null {
  return all(now.facts, 'BORN').findLast((fact) => fact.youth === youth)?.born ?? null;
}

// C5: who has custody at this moment; its interval is half-open (C8), and counts as it has been told until now.
function guardiansOf(now: Moment, youth: string): string[] {
  const told = all(now.facts, 'CUSTODY').filter((custody) => custody.youth === youth);
  const held = told.filter((custody) => {
    const { from, until } = asCorrected(now, custody);
    return from <= now.t && now.t < until;
  });
  return [...new Set(held.map(({ guardian }) => guardian))];
}

function asCorrected(now: Moment, custody: FactOf<'CUSTODY'>): { readonly from: number; readonly until: number } {
  const later = now.facts.filter(
    (fact): fact is FactOf<'CUSTODY_STARTED' | 'CUSTODY_ENDS'> =>
      (fact.is === 'CUSTODY_STARTED' || fact.is === 'CUSTODY_ENDS') &&
      fact.youth === custody.youth &&
      fact.guardian === custody.guardian &&
      custody.recordedAt < fact.recordedAt,
  );
  return later.reduce(
    ({ from, until }, { is, at, recordedAt }) => {
      if (is === 'CUSTODY_STARTED') return until === NEVER ? { from: at, until } : { from, until };
      return recordedAt < until && from < at ? { from, until: at } : { from, until };
    },
    { from: custody.from, until: custody.until ?? NEVER },
  );
}

function youthOf(now: Moment, group: string): string {
  return all(now.facts, 'GROUP').find((fact) => fact.group === group)?.youth ?? '';
}

/** Are these the same source, recipient and category? */
export function sameTriple(a: Triple, b: Triple): boolean {
  return a.source === b.source && a.recipient === b.recipient && a.category === b.category;
}
