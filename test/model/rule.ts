import { type Caller, READING_ROLES } from '../../schema/caller.ts';
import {
  acknowledged,
  type Consent,
  ENDINGS,
  ended,
  fullySigned,
  type Moment,
  sameTriple,
  sufficient,
  versions,
  youthSigned,
} from './moment.ts';
import { all, type FactOf, type Grant, sectorOf, type Triple } from './world.ts';

/** Why a unit is denied, in the order of DESIGN section 2; then why it is permitted. */
export const REASONS = [
  'BARRED',
  'ROLE',
  'NOT_ASSIGNED',
  'NO_SEAT',
  'GROUP_NOT_OPEN',
  'NO_CONSENT',
  'NOT_GRANTED',
  'REFUSED',
  'WITHDRAWN',
  'SUPERSEDED',
  'EXPIRED',
  'NOT_SIGNED',
  'SUSPENDED',
  'NOT_YET_VALID',
  'NOT_ACKNOWLEDGED',
  'PROTECTED',
  'CONSENT',
  'OWN',
] as const;
export type Reason = (typeof REASONS)[number];

/** What is asked for: a category, and fields that tell whereabouts or not. LINK asks for no category. */
export interface Kind {
  readonly category: string;
  readonly whereabouts: boolean;
}

export type Action = 'READ' | 'WRITE' | 'LINK' | 'MANAGE';

/** One decision, about one source agency: group, consent, version and grant are those that the reason is about. */
export interface Unit {
  readonly source: string | null;
  readonly permit: boolean;
  readonly reason: Reason;
  readonly group?: string;
  readonly consent?: string;
  readonly version?: number;
  readonly grant?: Grant;
}

/** Who asks what about which youth, in which sector's subgraph. */
export interface Ask {
  readonly sector: string;
  readonly caller: Caller;
  readonly youth: string;
  readonly kind: Kind;
  readonly action: Action;
  /** The sector's own database assigns the youth to the caller (C3). */
  readonly stated: boolean;
}

type Seat = FactOf<'SEAT'>;
type Grounds = Omit<Unit, 'source' | 'permit'>;

/** The units of an ask at a moment, in order of source agency. */
export function decide(now: Moment, ask: Ask): Unit[] {
  const candidates = [...new Set([...ownSource(now, ask), ...namedSources(now, ask)])].toSorted();
  if (candidates.length === 0) return [unit(null, groundsWithoutSource(now, ask))];
  return candidates.map((source) => unit(source, grounds(now, source, ask)));
}

function unit(source: string | null, grounds: Grounds): Unit {
  return { source, permit: grounds.reason === 'OWN' || grounds.reason === 'CONSENT', ...grounds };
}

function grounds(now: Moment, source: string, ask: Ask): Grounds {
  const { caller, youth, action } = ask;
  if (barred(now, source, caller, youth)) return { reason: 'BARRED' };
  if (action === 'MANAGE') return { reason: source === caller.agency && mayManage(now, caller) ? 'OWN' : 'ROLE' };
  if (!mayRead(now, caller)) return { reason: 'ROLE' };
  if (action === 'LINK') return best(seatsOf(now, caller, youth).map((seat) => ({ reason: seatReason(now, seat) })));
  if (source === caller.agency) return { reason: ownData(now, ask) ? 'OWN' : 'NOT_ASSIGNED' };
  return crossing(now, source, ask);
}

// C1: one known agency, a role that reads, and AUDITOR alone.
function mayRead(now: Moment, caller: Caller): boolean {
  return mayAct(now, caller) && caller.roles.some((role) => READING_ROLES.includes(role));
}

// R17: holds and assignments of the own agency are its managers' matter.
function mayManage(now: Moment, caller: Caller): boolean {
  return mayAct(now, caller) && caller.roles.includes('MANAGER');
}

function mayAct(now: Moment, { agency, roles }: Caller): boolean {
  return now.world.agencies.includes(agency) && !roles.includes('AUDITOR');
}

// C3: an informed seat in an open group of the youth, or assigned, or the agency's system.
function ownData(now: Moment, { caller, youth, stated }: Ask): boolean {
  return stated || isSystem(caller) || seatsOf(now, caller, youth).some((seat) => seatReason(now, seat) === 'OWN');
}

function seatReason(now: Moment, seat: Seat): Reason {
  if (!informed(now, seat)) return 'NO_SEAT';
  return open(now, seat.group) ? 'OWN' : 'GROUP_NOT_OPEN';
}

/** C3, C4: a system by itself, which reads own records and crosses only on behalf of a named seat holder. */
export function isSystem({ roles, actor }: Caller): boolean {
  return roles.includes('SYSTEM') && actor === null;
}

// C4: the caller holds now, in the agency and with a role of this token, a seat of a group for that youth.
function seatsOf(now: Moment, caller: Caller, youth: string): Seat[] {
  const groups = groupsOf(now, youth);
  return all(now.facts, 'SEAT').filter(
    (seat) =>
      groups.includes(seat.group) &&
      seat.agency === caller.agency &&
      seat.role !== 'SYSTEM' &&
      caller.roles.includes(seat.role) &&
      !all(now.facts, 'SEAT_ENDED').some((end) => end.seat === seat.seat && end.at <= now.t) &&
      heldBy(now, seat) === caller.subject,
  );
}

// C4: while a seat is handed over the deputy holds it and the holder does not.
function heldBy(now: Moment, seat: Seat): string | null {
  const since = now.facts.filter(
    (fact) =>
      (fact.is === 'FILLED' || fact.is === 'HANDED_OVER' || fact.is === 'HANDED_BACK') && fact.seat === seat.seat,
  );
  const { holder, deputy } = since.findLast((fact) => fact.is === 'FILLED') ?? seat;
  const latest = since.at(-1);
  const handedOver =
    latest?.is === 'HANDED_OVER' && latest.from <= now.t && (latest.until === null || now.t < latest.until);
  return handedOver ? deputy : holder;
}

function informed(now: Moment, { seat }: Seat): boolean {
  return now.informed.has(seat);
}

// C4: a group is open from openGroup until it ends.
function open(now: Moment, group: string): boolean {
  const recorded = (is: 'OPENED' | 'ENDED') => all(now.facts, is).some((fact) => fact.group === group);
  return recorded('OPENED') && !recorded('ENDED');
}

// Section 2, candidates: the caller's own agency if it is of this sector …
function ownSource(now: Moment, { sector, caller: { agency } }: Ask): string[] {
  return sectorOf(agency) === sector && now.world.agencies.includes(agency) ? [agency] : [];
}

// … and each agency of this sector that a consent of a group in which the caller holds a seat names as source.
function namedSources(now: Moment, { sector, caller, youth, action }: Ask): string[] {
  if (action !== 'READ') return []; // C9: nobody writes into another agency's records
  return seatsOf(now, caller, youth)
    .flatMap((seat) => versions(now, seat.group))
    .flatMap((consent) => consent.grants.map(({ source }) => source))
    .filter((source) => sectorOf(source) === sector);
}

// Section 2: with no candidate there is one denial without source agency.
function groundsWithoutSource(now: Moment, ask: Ask): Grounds {
  if (ask.action === 'MANAGE' || !mayRead(now, ask.caller)) return { reason: 'ROLE' };
  return crossing(now, null, ask);
}

// C4: the best that any group in which the caller holds a seat has to say; a system alone crosses nothing.
function crossing(now: Moment, source: string | null, ask: Ask): Grounds {
  if (isSystem(ask.caller) && ask.action !== 'LINK') return { reason: 'NO_SEAT' };
  return best(seatsOf(now, ask.caller, ask.youth).flatMap((seat) => alternatives(now, seat, source, ask)));
}

// Section 2: a permit if any; else the reason latest in the list, then the highest version, then the lowest group id.
function best(alternatives: readonly Grounds[]): Grounds {
  const rank = ({ reason }: Grounds) => REASONS.indexOf(reason);
  const [first] = alternatives.toSorted(
    (a, b) => rank(b) - rank(a) || (b.version ?? 0) - (a.version ?? 0) || ((a.group ?? '') < (b.group ?? '') ? -1 : 1),
  );
  return first ?? { reason: 'NO_SEAT' };
}

// C4, C7: what the consents of one group, and no other, say.
function alternatives(now: Moment, seat: Seat, source: string | null, ask: Ask): Grounds[] {
  const { group, agency: recipient } = seat;
  if (!informed(now, seat)) return [{ reason: 'NO_SEAT', group }];
  if (!open(now, group)) return [{ reason: 'GROUP_NOT_OPEN', group }];
  const consents = versions(now, group);
  if (consents.length === 0) return [{ reason: 'NO_CONSENT', group }];
  return consents.map((consent) => {
    const about = { group, consent: consent.consent, version: consent.version };
    const grant = consent.grants.find(
      (grant) => source !== null && sameTriple(grant, { source, recipient, category: ask.kind.category }),
    );
    if (grant === undefined) return { reason: 'NOT_GRANTED', ...about };
    return { reason: consentReason(now, consent, grant, ask), ...about, grant };
  });
}

// C5 to C7, C16: the first reason, in the order of the list, why this version does not permit this grant.
function consentReason(now: Moment, consent: Consent, grant: Grant, { kind, youth }: Ask): Reason {
  const final = ENDINGS.find((reason) => ended(now, consent, reason, grant));
  if (final !== undefined) return final;
  if (!fullySigned(now, consent)) return 'NOT_SIGNED';
  if (mustSign(now, grant) && !youthSigned(now, consent)) return 'NOT_SIGNED';
  if (!sufficient(now, consent)) return 'SUSPENDED';
  if (now.t < consent.validFrom) return 'NOT_YET_VALID';
  if (!acknowledged(now, consent, grant)) return 'NOT_ACKNOWLEDGED';
  return kind.whereabouts && isProtected(now, youth) ? 'PROTECTED' : 'CONSENT';
}

// C5: in a category where the youth must sign, the grant needs a youth's signature that counts.
function mustSign(now: Moment, { category }: Triple): boolean {
  return now.world.youthSigns.includes(category);
}

/** C16: has the youth protected identity, of either level? */
export function isProtected(now: Moment, youth: string): boolean {
  const latest = all(now.facts, 'PROTECTION').findLast((fact) => fact.youth === youth);
  return latest !== undefined && latest.level !== 'NONE';
}

/**
 * C16: the youth's protection, counted by the recordings that changed it; null if the registry does not know the youth. A mark that a
 * text names no place counts only under the protection that it was given under.
 */
function protectionOf(now: Moment, youth: string): string | null {
  if (!all(now.facts, 'BORN').some((fact) => fact.youth === youth)) return null;
  const levels = all(now.facts, 'PROTECTION').flatMap((fact) => (fact.youth === youth ? [fact.level] : []));
  const changes = levels.filter((level, index) => level !== (levels[index - 1] ?? 'NONE'));
  return `protection ${changes.length} of ${youth}`;
}

/** C16: the protection under which a text must have been marked, to cross by this permit; or, to write, under which it is marked now. */
export function markedUnder(now: Moment, { youth, action }: Ask, { permit, reason }: Unit): string | null {
  if (action === 'WRITE') return permit ? protectionOf(now, youth) : null;
  return reason === 'CONSENT' && isProtected(now, youth) ? protectionOf(now, youth) : null;
}

// C18, C4: a bar on the subject or the system that acts, for this youth or all.
function barred(now: Moment, source: string, { subject, actor }: Caller, youth: string): boolean {
  const latest = new Map(
    now.facts
      .filter((fact): fact is FactOf<'BARRED' | 'UNBARRED'> => fact.is === 'BARRED' || fact.is === 'UNBARRED')
      .filter((fact) => fact.agency === source && (fact.subject === subject || fact.subject === actor))
      .filter((fact) => fact.youth === youth || fact.youth === null)
      .map((fact) => [`${fact.subject} ${fact.youth}`, fact.is]),
  );
  return [...latest.values()].includes('BARRED');
}

function groupsOf(now: Moment, youth: string): string[] {
  return all(now.facts, 'GROUP')
    .filter((fact) => fact.youth === youth)
    .map(({ group }) => group);
}
