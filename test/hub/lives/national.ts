import { expect, test } from '@jest/globals';
import { askAs, mutate, saidBy } from '../mutate.ts';
import { born, Case } from './case.ts';
import { ago, begin, by, made, managerOf, sharedPlace } from './place.ts';

const SOCIAL = 'social-services:skovde';
const COORDINATOR = by('p-1701', SOCIAL, 'COORDINATOR');
const CAST = {
  coordinator: COORDINATOR,
  otherCoordinator: by('p-1702', SOCIAL, 'COORDINATOR'),
  police: by('p-2701', 'police:nationell', 'CASEWORKER'),
};
const { police: POLICE } = CAST;
const NOBODY = { coordinator: '-', otherCoordinator: '-', police: '-' };
const GRANTS = ['report', 'suspicion', 'association'].map((kind) => `${POLICE.agency} police.${kind} ${SOCIAL}`);
const KNOWN = 'canary-national-company';

/** What the coordinator reads of what is new: suspicions, company kept, and where. */
async function news(id: string) {
  const query =
    'query ($id: ID!) { youth(id: $id) { suspicions { offenceGroup } associations { context placeType } } }';
  const { data, errors } = await askAs(await sharedPlace(), COORDINATOR, query, { id });
  return { youth: data?.youth, errors: errors.map(({ extensions }) => extensions) };
}

/** The officer reads the own report again, and states that it names no place. */
async function markReports(id: string): Promise<void> {
  const place = await sharedPlace();
  const query = 'query ($id: ID!) { youth(id: $id) { policeReports { id date text } } }';
  const { data } = await askAs(place, POLICE, query, { id });
  const { policeReports = [] } = (data?.youth ?? {}) as { policeReports?: object[] };
  const marks = { textCleared: true, namesNoPlace: true };
  const corrected = policeReports.map((report) =>
    mutate(place, POLICE, 'correctPoliceReport', { ...report, ...marks }),
  );
  expect((await Promise.all(corrected)).map((answer) => saidBy(answer).outcome)).toEqual(['CHANGED']);
}

test.concurrent('national pilot: a father who refused comes round, and the police tell what is new', async () => {
  const life = await Case.proposed(COORDINATOR, 'national-sig', born(15, -10));
  const { youthId, groupId, guardians } = life;
  const seen = () => life.seenBy(CAST);
  await life.seat(POLICE);
  expect(await seen()).toEqual({ ...NOBODY, coordinator: 'PROPOSED' });
  // Nobody is called in beforehand, and no age is out of the span.
  await made(COORDINATOR, 'openGroup', { groupId });
  const first = await life.propose('NATIONAL-1', GRANTS);
  await life.sign(first, ['mother', 'youth']);
  expect(await seen()).toEqual({ ...NOBODY, coordinator: 'AWAITING_CONSENT PARTLY_SIGNED/3' });

  // The father tells the officer, who holds a seat and may not know more of the case yet.
  const refusal = { consentId: first, guardianId: guardians.father, toldAt: new Date(), channel: 'telefon' };
  await begin(POLICE, 'refuseConsent', refusal);
  expect(await seen()).toEqual({ ...NOBODY, coordinator: 'AWAITING_CONSENT over/3' });

  const second = await life.propose('NATIONAL-2', GRANTS);
  await life.sign(second, ['mother', 'father', 'youth']);
  await life.link(POLICE);
  expect(await seen()).toEqual({
    ...NOBODY,
    coordinator: 'AWAITING_CONSENT SIGNED/3 over/3',
    police: 'AWAITING_CONSENT SIGNED/3 over/3 p',
  });
  await life.acknowledge(second, 'NATIONAL-2', POLICE);
  const active = 'ACTIVE EFFECTIVE/3 over/3';
  expect(await seen()).toEqual({ ...NOBODY, coordinator: `${active} p`, police: `${active} p` });

  const place = await sharedPlace();
  const date = '2026-01-10';
  const said = await Promise.all([
    mutate(place, POLICE, 'recordSuspicion', { youthId, date, offenceGroup: 'THEFT', status: 'REPORTED' }),
    mutate(place, POLICE, 'recordAssociation', {
      youthId,
      date,
      context: KNOWN,
      placeType: 'SCHOOL',
      textCleared: true,
    }),
  ]);
  expect(said.map((answer) => saidBy(answer).outcome)).toEqual(['CREATED', 'CREATED']);
  const told = { suspicions: [{ offenceGroup: 'THEFT' }], associations: [{ context: KNOWN, placeType: 'SCHOOL' }] };
  expect(await news(youthId)).toEqual({ youth: told, errors: [] });

  // C16: where the youth is stays with the police from then on, and so does the text, which nobody has marked as naming no place.
  await begin(COORDINATOR, 'recordProtection', { youthId, protection: 'CONFIDENTIALITY_MARKING' });
  expect(await news(youthId)).toEqual({
    youth: { ...told, associations: [{ context: null, placeType: null }] },
    errors: [{ code: 'CONSENT_REQUIRED', category: 'police.association' }],
  });
  expect(await seen()).toEqual({ ...NOBODY, coordinator: active, police: `${active} p` });
  await markReports(youthId);
  expect(await seen()).toEqual({ ...NOBODY, coordinator: `${active} p`, police: `${active} p` });

  // A renewal that the father refuses, and says that what he signed goes on.
  const renewal = await life.propose('NATIONAL-3', GRANTS, { validFrom: ago(0) });
  const onlyThis = { ...refusal, consentId: renewal, toldAt: new Date(), onlyThisVersion: true };
  await begin(COORDINATOR, 'refuseConsent', onlyThis);
  const goesOn = 'ACTIVE over/3 EFFECTIVE/3 over/3';
  expect(await seen()).toEqual({ ...NOBODY, coordinator: `${goesOn} p`, police: `${goesOn} p` });

  const manager = managerOf(POLICE.agency);
  const ground = 'Prövas på nytt efter en anmälan om jäv.';
  await begin(manager, 'barCaller', { subject: COORDINATOR.sub, youthId, ground });
  expect(await seen()).toEqual({ ...NOBODY, coordinator: goesOn, police: `${goesOn} p` });
  await begin(COORDINATOR, 'withdrawConsent', { consentId: second, toldAt: new Date(), channel: 'möte' });
  expect((await life.seenBy({ police: POLICE })).police).toMatch(/^\w+ over\/3 over\/3 over\/3 p$/);
  await begin(COORDINATOR, 'closeGroup', { groupId, reason: 'GOALS_MET' });
  expect(await seen()).toEqual(NOBODY);
}, 180_000);
