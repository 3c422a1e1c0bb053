import type { History } from './histories.ts';
import { momentOf } from './moment.ts';
import { REASONS, type Unit } from './rule.ts';
import { all, birthday, boundariesOf, type Fact } from './world.ts';

/** What a history may show, by name; each must occur often, or the differential test proves little about it. */
const SITUATIONS: Readonly<Record<string, (history: History, facts: readonly Fact[]) => boolean>> = {
  'a waiver of the only guardian, who has not signed': (_, facts) => waivedAmong(facts, (others) => others === 0),
  'a waiver of one of several guardians, who has not signed': (_, facts) => waivedAmong(facts, (others) => others > 0),
  'two guardians waived in one version': (_, facts) =>
    all(facts, 'WAIVED').some(({ consent, guardian }) =>
      all(facts, 'WAIVED').some((other) => other.consent === consent && other.guardian !== guardian),
    ),
  'custody that starts after the beginning': (_, facts) =>
    all(facts, 'CUSTODY').some((fact) => facts.indexOf(fact) > facts.findIndex(({ is }) => is === 'GROUP')),
  'custody that is known to start or end later': (_, facts) =>
    facts.some((fact) => custodial(fact) && boundariesOf(fact).some((t) => t > fact.recordedAt)),
  'custody corrected backwards': (_, facts) =>
    facts.some((fact) => custodial(fact) && boundariesOf(fact).some((t) => t < fact.recordedAt)),
  'a birth date that is corrected': (history, facts) => all(facts, 'BORN').length > history.youths.length,
  'an unknown birth date': (_, facts) => all(facts, 'BORN').some(({ born }) => born === null),
  'a birthday on 29 February that passes': (_, facts) => birthdays(facts, '-02-29'),
  'a birthday that passes while a consent runs': (_, facts) => birthdays(facts, ''),
  'a maturity assessment': (_, facts) => all(facts, 'PROPOSED').some(({ foundMature }) => foundMature),
  'a renewal': (history) => renewals(history),
  'a refusal of all': (_, facts) => all(facts, 'REFUSED').some(({ only }) => only === null),
  'a refusal of one grant': (_, facts) => all(facts, 'REFUSED').some(({ only }) => only !== null),
  'a withdrawal of all': (_, facts) => all(facts, 'WITHDRAWN').some(({ only }) => only === null),
  'a withdrawal of one grant': (_, facts) => all(facts, 'WITHDRAWN').some(({ only }) => only !== null),
  'one version of several refused or withdrawn': (_, facts) =>
    facts.some((fact) => (fact.is === 'REFUSED' || fact.is === 'WITHDRAWN') && fact.within !== null),
  'a programme where the youth always signs': (_, facts) =>
    all(facts, 'GROUP').some(({ policy }) => policy === 'YOUTH_ALWAYS'),
  'a grant acknowledged late': (_, facts) =>
    all(facts, 'ACKNOWLEDGED').some(({ recordedAt }) => recordedAt > 3_600_000 + lastOf(facts, 'PROPOSED', recordedAt)),
  'a grant acknowledged before the version was fully signed': (history, facts) =>
    acknowledgements(history, facts).some(({ recordedAt, signedAt }) => recordedAt < signedAt),
  'a grant acknowledged after that by somebody who had recorded a signature': (history, facts) =>
    acknowledgements(history, facts).some(
      ({ recordedAt, signedAt, others }) => recordedAt >= signedAt && others.some((at) => at < recordedAt),
    ),
  'a signature recorded by somebody who had acknowledged': (history, facts) =>
    acknowledgements(history, facts).some(
      ({ recordedAt, signedAt, others }) => recordedAt >= signedAt && others.some((at) => at > recordedAt),
    ),
  'a seat handed over until a stated end': (_, facts) => all(facts, 'HANDED_OVER').some(({ until }) => until !== null),
  'a hand-over reversed': (_, facts) => all(facts, 'HANDED_BACK').length > 0,
  'others named for a seat': (_, facts) => all(facts, 'FILLED').length > 0,
  'a seat that ends': (_, facts) => all(facts, 'SEAT_ENDED').some(({ at, recordedAt }) => at <= recordedAt),
  'a seat that is known to end later': (_, facts) =>
    all(facts, 'SEAT_ENDED').some(({ at, recordedAt }) => at > recordedAt),
  'a group that ends': (_, facts) => all(facts, 'ENDED').length > 0,
  'an agency invited after the first consent': (_, facts) =>
    all(facts, 'SEAT').some(({ recordedAt }) => lastOf(facts, 'PROPOSED', recordedAt) > 0),
  'a bar from one youth': (_, facts) => all(facts, 'BARRED').some(({ youth }) => youth !== null),
  'a bar from all youths': (_, facts) => all(facts, 'BARRED').some(({ youth }) => youth === null),
  'a bar of an acting system': (_, facts) => all(facts, 'BARRED').some(({ subject }) => subject === 'p6'),
  'a bar lifted': (_, facts) => facts.some(({ is }) => is === 'UNBARRED'),
  'two groups of one youth': (_, facts) =>
    all(facts, 'GROUP').length > new Set(all(facts, 'GROUP').map(({ youth }) => youth)).size,
  'two youth ids with groups': (_, facts) => new Set(all(facts, 'GROUP').map(({ youth }) => youth)).size > 1,
  'lead agencies of two municipalities': (_, facts) => new Set(all(facts, 'GROUP').map(({ lead }) => lead)).size > 1,
  'confidentiality marking': (_, facts) =>
    all(facts, 'PROTECTION').some(({ level }) => level === 'CONFIDENTIALITY_MARKING'),
  'protected registration': (_, facts) =>
    all(facts, 'PROTECTION').some(({ level }) => level === 'PROTECTED_REGISTRATION'),
  'protection that ends': (_, facts) => all(facts, 'PROTECTION').at(-1)?.level === 'NONE',
  'a system by itself': ({ callers }) => callers.some(({ roles, actor }) => roles.includes('SYSTEM') && actor === null),
  'a system that acts for somebody': ({ callers }) => callers.some(({ actor }) => actor !== null),
  'a manager': ({ callers }) => callers.some(({ roles }) => roles.includes('MANAGER')),
  'an auditor with other roles': ({ callers }) =>
    callers.some(({ roles }) => roles.includes('AUDITOR') && roles.length > 1),
  'an unknown agency': ({ callers, world }) => callers.some(({ agency }) => !world.agencies.includes(agency)),
};

/** How often each reason and each situation occurs in histories that were compared. */
export class Distribution {
  histories = 0;
  readonly #units = new Map<string, number>();
  readonly #among = new Map<string, number>();

  /** Takes one more history into account, with the units that were decided in it. */
  add(history: History, units: readonly Unit[]): void {
    this.histories += 1;
    const until = history.looks.at(-1)?.t ?? 0;
    const facts = history.world.facts.filter(({ recordedAt }) => recordedAt <= until);
    for (const { reason } of units) this.#units.set(reason, (this.#units.get(reason) ?? 0) + 1);
    const shown = Object.entries(SITUATIONS).filter(([, holds]) => holds(history, facts));
    for (const name of [...new Set(units.map(({ reason }) => reason)), ...shown.map(([name]) => name)]) {
      this.#among.set(name, (this.#among.get(name) ?? 0) + 1);
    }
  }

  /** The reasons and situations that fewer than this many of a thousand histories show, each with the number. */
  rare(perThousand: number): string[] {
    return [...REASONS, ...Object.keys(SITUATIONS)]
      .map((name) => ({ name, among: Math.floor((1000 * (this.#among.get(name) ?? 0)) / Math.max(1, this.histories)) }))
      .filter(({ among }) => among < perThousand)
      .map(({ name, among }) => `${name}: ${among}`);
  }

  /** A table for people. */
  toString(): string {
    const row = (...columns: (string | number)[]) => columns.map((column) => String(column).padStart(10)).join('');
    return [
      row('units', 'histories'),
      ...REASONS.map((name) => `${row(this.#units.get(name) ?? 0, this.#among.get(name) ?? 0)}  ${name}`),
      ...Object.keys(SITUATIONS).map((name) => `${row('', this.#among.get(name) ?? 0)}  ${name}`),
    ].join('\n');
  }
}

function custodial({ is }: Fact): boolean {
  return is === 'CUSTODY' || is === 'CUSTODY_STARTED' || is === 'CUSTODY_ENDS';
}

/** The waiver, when it is recorded, is of a guardian with custody who has not signed, beside so many others with custody. */
function waivedAmong(facts: readonly Fact[], among: (others: number) => boolean): boolean {
  return all(facts, 'WAIVED').some(({ consent, guardian, recordedAt }) => {
    const before = facts.filter((fact) => fact.recordedAt < recordedAt);
    const group = all(before, 'PROPOSED').find((proposed) => proposed.consent === consent)?.group;
    const youth = all(before, 'GROUP').find((fact) => fact.group === group)?.youth;
    const ended = all(before, 'CUSTODY_ENDS').map((end) => `${end.youth} ${end.guardian}`);
    const custody = all(before, 'CUSTODY').filter(
      (fact) => fact.youth === youth && !ended.includes(`${fact.youth} ${fact.guardian}`),
    );
    const guardians = new Set(custody.map((fact) => fact.guardian));
    const signed = all(before, 'SIGNED').some((fact) => fact.consent === consent && fact.signer === guardian);
    return !signed && guardians.has(guardian) && among(guardians.size - 1);
  });
}

function birthdays(facts: readonly Fact[], day: string): boolean {
  const last = facts.at(-1)?.recordedAt ?? 0;
  const known = all(facts, 'BORN').flatMap(({ born }) =>
    born?.endsWith(day) ? [birthday(born, 15), birthday(born, 18)] : [],
  );
  return known.some((at) => all(facts, 'PROPOSED').some(({ validFrom }) => validFrom < at && at <= last));
}

function renewals({ world, looks }: History): boolean {
  const now = momentOf(world, looks.at(-1)?.t ?? 0);
  return now.ends.some(({ reason, consent }) => reason === 'SUPERSEDED' && now.fullySigned.has(consent));
}

/** Each acknowledgement, with the time of the version's full signing and those of the signatures that its author recorded. */
function acknowledgements({ world, looks }: History, facts: readonly Fact[]) {
  const now = momentOf(world, looks.at(-1)?.t ?? 0);
  return all(facts, 'ACKNOWLEDGED').map(({ grant, acknowledger, recordedAt }) => {
    const version = all(facts, 'PROPOSED').find(({ grants }) => grants.some((each) => each.grant === grant));
    const own = all(facts, 'SIGNED').filter(
      ({ consent, recorder }) => consent === version?.consent && recorder === acknowledger,
    );
    const signedAt = now.fullySigned.get(version?.consent ?? '') ?? Number.POSITIVE_INFINITY;
    return { recordedAt, signedAt, others: own.map((signature) => signature.recordedAt) };
  });
}

function lastOf(facts: readonly Fact[], is: Fact['is'], before: number): number {
  return facts.findLast((fact) => fact.is === is && fact.recordedAt < before)?.recordedAt ?? 0;
}
