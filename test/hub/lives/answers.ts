import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { FENCE_MS } from '../../../schema/deadline.ts';
import { askAs, type Claims } from '../mutate.ts';
import { born, Case } from './case.ts';
import { ago, begun, by, made, managerOf, sharedPlace } from './place.ts';

const SDL = readFileSync(new URL('../../../schema/generated/registry.graphql', import.meta.url), 'utf8');

/** The mutations of the registry that can end a permission. */
const FENCED = [...SDL.matchAll(/^ {2}(\w+)\(input: \w+!\): \w+ .*@fenced/gm)].map(([, name]) => name);

test('every change that was recorded has answered with what it recorded', async () => {
  const said = await Promise.all(begun.map((each) => each.said));
  expect(said.map(({ id }) => id)).toEqual(begun.map(({ id }) => id));
});

/** When the holder of a police seat was last seen, as the police's manager finds it. */
async function seenOn(seatId: string): Promise<unknown> {
  const asked = '{ agencySeats { id holderSeenOn } }';
  const { data } = await askAs(await sharedPlace(), managerOf('police:nationell'), asked);
  type Seats = readonly { readonly id: string; readonly holderSeenOn: string | null }[];
  return ((data?.agencySeats ?? []) as Seats).find(({ id }) => id === seatId)?.holderSeenOn;
}

/** The mutations of which each that was begun has ended something. */
const ENDING = [
  'closeGroup',
  'endSeat',
  'handOverSeat',
  'withdrawConsent',
  'barCaller',
  'decideTelling',
  'recordProtection',
];
/** How many of the others have: the completion of a renewal, a guardian or a birthday that nobody knew, a seat in other hands. */
const SOME_ENDING = { signConsent: 4, recordCustody: 1, recordBirthDate: 1 };

test('C14 every mutation that can end a permission was among them, and answered after the fence if it ended one', async () => {
  const took = await Promise.all(begun.map(async ({ mutation, tookMs }) => ({ mutation, tookMs: await tookMs })));
  expect([...new Set(took.map(({ mutation }) => mutation))].sort()).toEqual(FENCED.sort());
  expect(took.filter(({ mutation, tookMs }) => ENDING.includes(mutation) && tookMs < FENCE_MS)).toEqual([]);
  const waited = (name: string) =>
    took.filter(({ mutation, tookMs }) => mutation === name && tookMs >= FENCE_MS).length;
  for (const [mutation, least] of Object.entries(SOME_ENDING)) {
    expect([mutation, waited(mutation) >= least]).toEqual([mutation, true]);
  }
});

test('C14 the first life of a case ends no permission, and waits for nothing', async () => {
  const coordinator = by('p-6401', 'social-services:soderhamn', 'COORDINATOR');
  const police = by('p-2641', 'police:nationell', 'CASEWORKER');
  const took: [string, number][] = [];
  const change = async (who: Claims, mutation: string, input: object): Promise<string> => {
    const askedAt = performance.now();
    const id = await made(who, mutation, input);
    took.push([mutation, performance.now() - askedAt]);
    return id;
  };
  const youthId = await change(coordinator, 'registerYouth', {});
  await change(coordinator, 'recordBirthDate', { youthId, birthDate: born(16, -30) });
  await change(coordinator, 'recordProtection', { youthId, protection: 'CONFIDENTIALITY_MARKING' });
  await change(coordinator, 'recordProtection', { youthId, protection: 'NONE' });
  const guardianId = await change(coordinator, 'recordCustody', { youthId, change: 'STARTS', at: ago(400) });
  const groupId = await change(coordinator, 'proposeGroup', { youthId, programmeCode: 'soderhamn-sig' });
  const seatId = await change(coordinator, 'addSeat', { groupId, agency: police.agency, role: 'CASEWORKER' });
  await change(managerOf(police.agency), 'fillSeat', { seatId, holder: police.sub });
  // Nobody of that name has been seen yet, as if it were mistyped.
  expect(await seenOn(seatId)).toBeNull();
  await change(coordinator, 'openGroup', { groupId });
  const life = new Case(coordinator, born(16, -30), {
    youthId,
    groupId,
    guardians: { mother: guardianId, father: '' },
  });
  const grants = [{ source: police.agency, category: 'police.report', recipient: coordinator.agency }];
  const given = { groupId, purpose: 'Stöd', paperReference: 'FORSTA-1', informationGiven: 'Muntligt', language: 'sv' };
  const propose = () => change(coordinator, 'proposeConsent', { ...given, validUntil: ago(-60), grants });
  const refused = await propose();
  const no = { toldAt: ago(0.01), channel: 'samtal' };
  await change(police, 'refuseConsent', { ...no, consentId: refused });
  const consentId = await propose();
  const signature = { consentId, toldAt: ago(0.01), method: 'PAPER' };
  await change(coordinator, 'signConsent', { ...signature, guardianId, capacity: 'GUARDIAN_WITH_CUSTODY' });
  await change(coordinator, 'signConsent', { ...signature, capacity: 'YOUTH' });
  await change(police, 'acknowledgeConsent', { consentId, paperReference: 'FORSTA-1' });
  expect(await seenOn(seatId)).toBe(new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' }).format());
  expect(took.filter(([, ms]) => ms >= FENCE_MS)).toEqual([]);
  expect(took).toHaveLength(15);
  expect(await life.seenBy({ coordinator })).toEqual({ coordinator: 'ACTIVE EFFECTIVE/1 over/1' });

  // What it has granted ends with a wait, also for whoever says it again.
  took.length = 0;
  await Promise.all([1, 2].map(() => change(police, 'withdrawConsent', { ...no, consentId })));
  expect(took.filter(([, ms]) => ms < FENCE_MS)).toEqual([]);
});
