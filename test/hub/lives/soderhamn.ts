import { expect, test } from '@jest/globals';
import { askAs, mutate, refused, saidBy } from '../mutate.ts';
import { born, Case } from './case.ts';
import { ago, begin, by, made, managerOf, say, sharedPlace } from './place.ts';

const SOCIAL = 'social-services:soderhamn';
const COORDINATOR = by('p-6101', SOCIAL, 'COORDINATOR');
const CAST = {
  coordinator: COORDINATOR,
  mentor: by('p-6102', SOCIAL, 'MENTOR'),
  otherMentor: by('p-6103', SOCIAL, 'MENTOR'),
  police: by('p-2601', 'police:nationell', 'CASEWORKER'),
  school: by('p-3601', 'school:soderhamn', 'CASEWORKER'),
  leisure: by('p-4601', 'leisure:soderhamn', 'CASEWORKER'),
};
const { mentor: MENTOR, otherMentor: OTHER_MENTOR, police: POLICE, school: SCHOOL, leisure: LEISURE } = CAST;
const NOBODY = { coordinator: '-', mentor: '-', otherMentor: '-', police: '-', school: '-', leisure: '-' };
const BIRTH_DATE = born(17, -30);
const TO_POLICE = `${SCHOOL.agency} school.report ${POLICE.agency}`;
const GRANTS = [
  `${SCHOOL.agency} school.report ${SOCIAL}`,
  `${POLICE.agency} police.report ${SOCIAL}`,
  `${SOCIAL} social-services.intervention ${POLICE.agency}`,
  TO_POLICE,
];

test.concurrent('Söderhamn: two mentors follow up, an agency joins later, and the youth moves away', async () => {
  const life = await Case.proposed(COORDINATOR, 'soderhamn-sig', BIRTH_DATE);
  const { youthId, groupId } = life;
  const seen = () => life.seenBy(CAST);
  expect(await seen()).toEqual({ ...NOBODY, coordinator: 'PROPOSED' });

  await Promise.all([MENTOR, POLICE, SCHOOL].map((who) => life.seat(who)));
  await life.seat(OTHER_MENTOR);
  const lead = (what: string) => ({ ...NOBODY, coordinator: what, mentor: what, otherMentor: what });
  expect(await seen()).toEqual(lead('PROPOSED'));
  await made(COORDINATOR, 'openGroup', { groupId });
  expect(await seen()).toEqual(lead('AWAITING_CONSENT'));

  const consentId = await life.propose('SODERHAMN-1', GRANTS);
  expect(await seen()).toEqual({ ...lead('AWAITING_CONSENT DRAFT/3'), coordinator: 'AWAITING_CONSENT DRAFT/4' });
  await life.sign(consentId, ['mother']);
  const partly = 'AWAITING_CONSENT PARTLY_SIGNED/3';
  expect(await seen()).toEqual({ ...lead(partly), coordinator: 'AWAITING_CONSENT PARTLY_SIGNED/4' });

  // The father cannot be found: one of two may be excused.
  const waiver = { consentId, guardianId: life.guardians.father, ground: 'Har inte gått att nå på tre månader.' };
  await begin(COORDINATOR, 'waiveSignature', waiver);
  await life.sign(consentId, ['youth']);
  await life.link(MENTOR, POLICE, SCHOOL);
  expect(await seen()).toEqual({
    ...lead('AWAITING_CONSENT SIGNED/3 so'),
    coordinator: 'AWAITING_CONSENT SIGNED/4 so',
    police: 'AWAITING_CONSENT SIGNED/3 p',
    school: 'AWAITING_CONSENT SIGNED/2 sc',
    leisure: '-',
  });
  await life.acknowledge(consentId, 'SODERHAMN-1', SCHOOL);
  expect(await seen()).toEqual({
    ...lead('ACTIVE EFFECTIVE/3 so sc'),
    coordinator: 'ACTIVE EFFECTIVE/4 so sc',
    police: 'ACTIVE EFFECTIVE/3 p sc',
    school: 'ACTIVE EFFECTIVE/2 sc',
  });
  await life.acknowledge(consentId, 'SODERHAMN-1', POLICE, MENTOR);
  const running = {
    ...lead('ACTIVE EFFECTIVE/3 so p sc'),
    coordinator: 'ACTIVE EFFECTIVE/4 so p sc',
    police: 'ACTIVE EFFECTIVE/3 so p sc',
    school: 'ACTIVE EFFECTIVE/2 sc',
  };
  expect(await seen()).toEqual(running);

  // What the youth tells the mentor on the way to the job centre counts at once.
  const told = { consentId, grantId: await life.grant(consentId, TO_POLICE), toldAt: new Date(), channel: 'samtal' };
  await begin(MENTOR, 'withdrawConsent', told);
  expect(await seen()).toEqual({ ...running, police: 'ACTIVE EFFECTIVE/3 so p' });

  await life.seat(LEISURE);
  const renewed = [...GRANTS.slice(0, 3), `${LEISURE.agency} leisure.report ${SOCIAL}`];
  const renewal = await life.propose('SODERHAMN-2', renewed, { validFrom: ago(0) });
  expect(await seen()).toEqual({
    ...lead('ACTIVE DRAFT/4 EFFECTIVE/3 so p sc'),
    coordinator: 'ACTIVE DRAFT/4 EFFECTIVE/4 so p sc',
    police: 'ACTIVE DRAFT/2 EFFECTIVE/3 so p',
    school: 'ACTIVE DRAFT/1 EFFECTIVE/2 sc',
  });
  await life.sign(renewal, ['mother', 'father', 'youth']);
  await life.link(LEISURE);
  const without = (view: Record<string, string>) =>
    Object.fromEntries(Object.entries(view).map(([name, what]) => [name, what.replace(/^\w+ /, '')]));
  expect(without(await seen())).toEqual({
    ...lead('SIGNED/4 over/3 so'),
    coordinator: 'SIGNED/4 over/4 so',
    police: 'SIGNED/2 over/3 p',
    school: 'SIGNED/1 over/2 sc',
    leisure: 'SIGNED/1 over/0 l',
  });
  await life.acknowledge(renewal, 'SODERHAMN-2', POLICE, MENTOR, SCHOOL, LEISURE);
  expect(await seen()).toEqual({
    ...lead('ACTIVE EFFECTIVE/4 over/3 so p sc l'),
    coordinator: 'ACTIVE EFFECTIVE/4 over/4 so p sc l',
    police: 'ACTIVE EFFECTIVE/2 over/3 so p',
    school: 'ACTIVE EFFECTIVE/1 over/2 sc',
    leisure: 'ACTIVE EFFECTIVE/1 over/0 l',
  });
  await begin(COORDINATOR, 'closeGroup', { groupId, reason: 'MOVED' });
  expect(await seen()).toEqual(NOBODY);

  // Where the youth lives now it begins anew, under another id; neither place learns of the other.
  const there = by('p-7101', 'social-services:strangnas', 'COORDINATOR');
  const next = await Case.proposed(there, 'strangnas-sspf', BIRTH_DATE);
  expect(next.youthId).not.toBe(youthId);
  await next.seat(POLICE);
  await made(there, 'openGroup', { groupId: next.groupId });
  const granted = await next.propose('STRANGNAS-1', [`${POLICE.agency} police.report ${there.agency}`]);
  await next.sign(granted, ['mother', 'father', 'youth']);
  // The police are one agency in both places: their manager ends the link to the old id, then the new one is linked.
  const unlinked = await mutate(await sharedPlace(), managerOf(POLICE.agency), 'policeUnlinkYouth', { youthId });
  expect(saidBy(unlinked).outcome).toBe('WITHDRAWN');
  await next.link(POLICE);
  await next.acknowledge(granted, 'STRANGNAS-1', POLICE);
  const moved = { ...CAST, there };
  expect(await life.seenBy(moved)).toEqual({ ...NOBODY, there: '-' });
  expect(await next.seenBy(moved)).toEqual({
    ...NOBODY,
    police: 'ACTIVE EFFECTIVE/1 p',
    there: 'ACTIVE EFFECTIVE/1 p',
  });
  const protection = { protection: 'PROTECTED_REGISTRATION' };
  expect([
    await say(there, 'recordProtection', { youthId, ...protection }),
    await say(COORDINATOR, 'recordProtection', { youthId: next.youthId, ...protection }),
    await say(there, 'proposeGroup', { youthId, programmeCode: 'strangnas-sspf' }),
  ]).toEqual([refused('FORBIDDEN'), refused('FORBIDDEN'), refused('FORBIDDEN')]);
}, 180_000);

const AGED = by('p-6001', SOCIAL, 'COORDINATOR');

test.concurrent('C8 a group opens within the age span of its programme, and not while the age is unknown', async () => {
  const youthId = await made(AGED, 'registerYouth', {});
  const groupId = await made(AGED, 'proposeGroup', { youthId, programmeCode: 'soderhamn-sig' });
  const seatId = await made(AGED, 'addSeat', { groupId, agency: POLICE.agency, role: 'CASEWORKER' });
  await begin(by('p-2900', POLICE.agency, 'MANAGER'), 'fillSeat', { seatId, holder: POLICE.sub });
  const said = [await say(AGED, 'openGroup', { groupId })];
  // 15 to 18: from the 15th birthday to the day before the 19th.
  for (const birthDate of [born(15, 1), born(19, 0), born(19, 1)]) {
    await begin(AGED, 'recordBirthDate', { youthId, birthDate });
    said.push(await say(AGED, 'openGroup', { groupId }));
  }
  const conflict = refused('CONFLICT');
  expect(said).toEqual([conflict, conflict, conflict, { id: groupId, outcome: 'CHANGED' }]);
  expect(await say(AGED, 'proposeGroup', { youthId, programmeCode: 'soderhamn-sig' })).toEqual(conflict);
  expect(await say(AGED, 'proposeGroup', { youthId, programmeCode: 'skovde-sig' })).toEqual(
    refused('BAD_USER_INPUT', 'input.programmeCode'),
  );

  // Passing the span is a reminder, not an end.
  const life = new Case(AGED, born(19, 1), { youthId, groupId, guardians: { mother: '', father: '' } });
  const consentId = await life.propose('SODERHAMN-9', [`${POLICE.agency} police.report ${SOCIAL}`]);
  await life.sign(consentId, ['youth']);
  await life.acknowledge(consentId, 'SODERHAMN-9', POLICE);
  const reminded = async (withinDays: number) => {
    const query = 'query ($withinDays: Int!) { consentsNeedingAttention(withinDays: $withinDays) { id status } }';
    const { data } = await askAs(await sharedPlace(), AGED, query, { withinDays });
    return data?.consentsNeedingAttention;
  };
  expect([await reminded(0), await reminded(30)]).toEqual([[], [{ id: consentId, status: 'EFFECTIVE' }]]);
});
