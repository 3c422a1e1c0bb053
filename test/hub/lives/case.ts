import { randomUUID } from 'node:crypto';
import { bornOn, testIdentityNumber } from '../../../schema/demo-world.ts';
import { askAs, type Claims, mutate, saidBy } from '../mutate.ts';
import { ago, begin, made, managerOf, registry, sharedPlace } from './place.ts';

const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' }).format(new Date());

/** The birthday of somebody who turns so many years in so many days. */
export const born = (turns: number, inDays: number): string =>
  bornOn({ what: '', id: '', born: { turns, inDays } }, today);

export type Signer = 'mother' | 'father' | 'youth';

/** How each sector links a youth, and what it records for others to read. */
const SECTORS: Readonly<Record<string, { readonly prefix: string; readonly mutation: string; readonly text: string }>> =
  {
    'social-services': { prefix: 'socialServices', mutation: 'recordIntervention', text: 'provider' },
    police: { prefix: 'police', mutation: 'recordPoliceReport', text: 'text' },
    school: { prefix: 'school', mutation: 'recordSchoolReport', text: 'text' },
    leisure: { prefix: 'leisure', mutation: 'recordLeisureReport', text: 'text' },
  };

const SEE = `query ($id: ID!) { youth(id: $id) {
  groups { status }
  consents { status grants { id } }
  interventions { provider } policeReports { text } schoolReports { text } leisureReports { text }
} }`;

interface Seen {
  readonly groups?: readonly { readonly status: string }[] | null;
  readonly consents?: readonly { readonly status: string; readonly grants: readonly unknown[] }[] | null;
}

/** What has ended, or is shown as ending for some seconds. */
const OVER = ['ENDING', 'REFUSED', 'WITHDRAWN', 'SUPERSEDED', 'EXPIRED'];

const sectorOf = (agency: string): string => agency.split(':')[0] ?? '';

/** A youth of a programme, from the proposal on, with a mother and a father who have custody. */
export class Case {
  readonly youthId: string;
  readonly groupId: string;
  readonly guardians: Readonly<Record<'mother' | 'father', string>>;
  readonly #coordinator: Claims;
  readonly #birthDate: string;
  /** What a sector's record of this case carries, and nothing else in the hub. */
  readonly #mark = randomUUID();

  constructor(coordinator: Claims, birthDate: string, ids: Pick<Case, 'youthId' | 'groupId' | 'guardians'>) {
    this.#coordinator = coordinator;
    this.#birthDate = birthDate;
    this.youthId = ids.youthId;
    this.groupId = ids.groupId;
    this.guardians = ids.guardians;
  }

  static async proposed(coordinator: Claims, programmeCode: string, birthDate: string, more = {}): Promise<Case> {
    const youthId = await made(coordinator, 'registerYouth', { birthDate });
    const starts = { youthId, change: 'STARTS', at: ago(400) };
    const [mother, father] = await Promise.all([
      begin(coordinator, 'recordCustody', starts),
      begin(coordinator, 'recordCustody', starts),
    ]);
    const groupId = await made(coordinator, 'proposeGroup', { youthId, programmeCode, ...more });
    return new Case(coordinator, birthDate, { youthId, groupId, guardians: { mother, father } });
  }

  /** Invites an agency, whose manager names who sits for it; the seat. */
  async seat(who: Claims, deputy?: Claims): Promise<string> {
    const { groupId } = this;
    const seatId = await made(this.#coordinator, 'addSeat', { groupId, agency: who.agency, role: who.roles[0] });
    const manager = managerOf(who.agency);
    await begin(manager, 'fillSeat', { seatId, holder: who.sub, deputy: deputy?.sub });
    return seatId;
  }

  /** Proposes a version of the consent, with grants as `source category recipient`. */
  propose(paperReference: string, grants: readonly string[], more = {}, who = this.#coordinator): Promise<string> {
    return begin(who, 'proposeConsent', this.proposal(paperReference, grants, more));
  }

  /** The input that proposes it. */
  proposal(paperReference: string, grants: readonly string[], more = {}): object {
    return {
      groupId: this.groupId,
      validUntil: ago(-90),
      purpose: 'Stöd att bryta en negativ utveckling',
      paperReference,
      informationGiven: 'Muntligt och skriftligt, med blanketten',
      language: 'sv',
      grants: grants.map((grant) => {
        const [source, category, recipient] = grant.split(' ');
        return { source, category, recipient };
      }),
      ...more,
    };
  }

  async sign(
    consentId: string,
    signers: readonly (Signer | { readonly guardianId: string })[],
    who = this.#coordinator,
  ) {
    const signature = { consentId, toldAt: ago(0.01), method: 'PAPER', evidenceHash: 'ab'.repeat(32) };
    await Promise.all(
      signers.map((signer) => {
        if (signer === 'youth') return begin(who, 'signConsent', { ...signature, capacity: 'YOUTH' });
        const guardianId = typeof signer === 'string' ? this.guardians[signer] : signer.guardianId;
        return begin(who, 'signConsent', { ...signature, capacity: 'GUARDIAN_WITH_CUSTODY', guardianId });
      }),
    );
  }

  /** An agency links the youth, and records something that carries the agency's mark. */
  async link(...members: readonly Claims[]): Promise<void> {
    const place = await sharedPlace();
    const { youthId } = this;
    const identityNumber = testIdentityNumber(this.#birthDate, '239');
    await Promise.all(
      members.map(async (who) => {
        const sector = SECTORS[sectorOf(who.agency)];
        if (sector === undefined) throw new Error(`${who.agency} is of no sector.`);
        const linked = saidBy(await mutate(place, who, `${sector.prefix}LinkYouth`, { youthId, identityNumber }));
        if (linked.outcome !== 'CREATED') throw new Error(JSON.stringify(linked));
        const record = {
          youthId,
          textCleared: true,
          [sector.text]: this.#markOf(sectorOf(who.agency)),
          ...(sector.text === 'text' ? { date: today } : { type: 'CONTACT_PERSON', from: today }),
        };
        const recorded = saidBy(await mutate(place, who, sector.mutation, record));
        if (recorded.outcome !== 'CREATED') throw new Error(JSON.stringify(recorded));
      }),
    );
  }

  async acknowledge(consentId: string, paperReference: string, ...members: readonly Claims[]): Promise<void> {
    await Promise.all(members.map((who) => made(who, 'acknowledgeConsent', { consentId, paperReference })));
  }

  /** The grant that stands as `source category recipient` in a version. */
  async grant(consentId: string, grant: string): Promise<string> {
    const [found] = await registry<{ id: string }>(
      `SELECT g.id FROM registry.consent_grant g JOIN registry.agency s ON s.id = g.source
        JOIN registry.agency r ON r.id = g.recipient JOIN registry.category k ON k.id = g.category
        WHERE g.consent = $1 AND concat_ws(' ', s.code, k.code, r.code) = $2`,
      [consentId, grant],
    );
    if (found === undefined) throw new Error(`There is no grant ${grant}.`);
    return found.id;
  }

  #markOf(sector: string): string {
    return `canary-${sector}-${this.#mark}`;
  }

  /**
   * What everybody sees, by what the cast calls them: the group's status; each version of the consent, latest first, with
   * how many of its grants they see; and whose records they read, by the first letter of the sector. `-` is nothing at all.
   */
  async seenBy<Name extends string>(cast: Readonly<Record<Name, Claims>>): Promise<Record<Name, string>> {
    const names = Object.keys(cast) as Name[];
    const seen = await Promise.all(names.map(async (name) => [name, await this.#seen(cast[name])] as const));
    return Object.fromEntries(seen) as Record<Name, string>;
  }

  async #seen(who: Claims): Promise<string> {
    const { data, text } = await askAs(await sharedPlace(), who, SEE, { id: this.youthId });
    const { groups, consents } = (data?.youth ?? {}) as Seen;
    const versions = (consents ?? []).map(
      ({ status, grants }) => `${OVER.includes(status) ? 'over' : status}/${grants.length}`,
    );
    // By the bytes of the answer, whatever field they stand in.
    const read = Object.keys(SECTORS).filter((sector) => text.includes(this.#markOf(sector)));
    const letters = read.map((sector) => (sector.charAt(0) === 's' ? sector.slice(0, 2) : sector.charAt(0)));
    return [...(groups ?? []).map(({ status }) => status), ...versions, ...letters].join(' ') || '-';
  }
}
