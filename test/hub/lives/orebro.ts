import { expect, test } from '@jest/globals';
import { type Claims, refused } from '../mutate.ts';
import { born, Case } from './case.ts';
import { ago, begin, by, made, managerOf, registry, say } from './place.ts';

const SOCIAL = 'social-services:orebro';
const COORDINATOR = by('p-5701', SOCIAL, 'COORDINATOR');
const CAST = {
  coordinator: COORDINATOR,
  deputy: by('p-5702', SOCIAL, 'COORDINATOR'),
  mentor: by('p-5705', SOCIAL, 'MENTOR'),
  police: by('p-5703', 'police:nationell', 'CASEWORKER'),
  policeDeputy: by('p-5704', 'police:nationell', 'CASEWORKER'),
};
const { deputy: DEPUTY, mentor: MENTOR, police: POLICE, policeDeputy: POLICE_DEPUTY } = CAST;
const MENTORS_DEPUTY = by('p-5706', SOCIAL, 'MENTOR');
const NOBODY = { coordinator: '-', deputy: '-', mentor: '-', police: '-', policeDeputy: '-' };
const BIRTH_DATE = born(16, -100);
const MANAGER = managerOf(POLICE.agency);
const GRANTS = [`${POLICE.agency} police.report ${SOCIAL}`, `${SOCIAL} social-services.intervention ${POLICE.agency}`];

test.concurrent('Örebro: nothing hangs on one person', async () => {
  const life = await Case.proposed(COORDINATOR, 'orebro-sig', BIRTH_DATE, { deputy: DEPUTY.sub });
  const { groupId } = life;
  const seen = () => life.seenBy(CAST);
  const policeSeat = await life.seat(POLICE, POLICE_DEPUTY);
  await life.seat(MENTOR, MENTORS_DEPUTY);
  expect(await seen()).toEqual({ ...NOBODY, coordinator: 'PROPOSED', mentor: 'PROPOSED' });
  await made(COORDINATOR, 'openGroup', { groupId });
  const consentId = await life.propose('OREBRO-1', GRANTS);
  const waiting = 'AWAITING_CONSENT DRAFT/2';
  expect(await seen()).toEqual({ ...NOBODY, coordinator: waiting, mentor: waiting });
  const acknowledge = (who: Claims) => say(who, 'acknowledgeConsent', { consentId, paperReference: 'OREBRO-1' });
  // Nothing is signed yet.
  expect(await acknowledge(MENTOR)).toEqual(refused('CONFLICT'));
  await life.sign(consentId, ['mother', 'father', 'youth']);
  await life.link(COORDINATOR, POLICE);
  expect(await seen()).toEqual({
    ...NOBODY,
    coordinator: 'AWAITING_CONSENT SIGNED/2 so',
    mentor: 'AWAITING_CONSENT SIGNED/2 so',
    police: 'AWAITING_CONSENT SIGNED/2 p',
  });
  // The coordinator recorded the signatures: the lead agency's own grants need a second person.
  expect(await acknowledge(COORDINATOR)).toEqual(refused('CONFLICT'));
  await life.acknowledge(consentId, 'OREBRO-1', MENTOR, POLICE);
  const all = 'ACTIVE EFFECTIVE/2 so p';
  expect(await seen()).toEqual({ ...NOBODY, coordinator: all, mentor: all, police: all });

  // The officer is away: the deputy takes the seat, and both never hold it at a time.
  await begin(POLICE_DEPUTY, 'handOverSeat', {
    seatId: policeSeat,
    handedOver: true,
    until: new Date(Date.now() + 9e7),
  });
  expect(await seen()).toEqual({ ...NOBODY, coordinator: all, mentor: all, policeDeputy: all });
  // So is the coordinator; the deputy goes on with all of it.
  const [seat] = await seats(life.groupId);
  await begin(DEPUTY, 'handOverSeat', { seatId: seat, handedOver: true });
  expect(await seen()).toEqual({ ...NOBODY, deputy: all, mentor: all, policeDeputy: all });
  expect(await say(COORDINATOR, 'closeGroup', { groupId, reason: 'OTHER' })).toEqual(refused('FORBIDDEN'));

  const told = { consentId, toldAt: new Date(), channel: 'möte', guardianId: life.guardians.mother };
  const grantId = await life.grant(consentId, `${SOCIAL} social-services.intervention ${POLICE.agency}`);
  await begin(POLICE_DEPUTY, 'withdrawConsent', { ...told, grantId });
  expect(await seen()).toEqual({ ...NOBODY, deputy: all, mentor: all, policeDeputy: 'ACTIVE EFFECTIVE/2 p' });
  const renewal = await life.propose('OREBRO-2', GRANTS, { validFrom: ago(0) }, DEPUTY);
  // A system records for the deputy, who is the person that acts.
  await life.sign(renewal, ['mother', 'father', 'youth'], { ...DEPUTY, act: { sub: 'system-orebro' } });
  const own = { consentId: renewal, paperReference: 'OREBRO-2' };
  expect(await say(DEPUTY, 'acknowledgeConsent', own)).toEqual(refused('CONFLICT'));
  await life.acknowledge(renewal, 'OREBRO-2', MENTOR, POLICE_DEPUTY);
  const renewed = 'ACTIVE EFFECTIVE/2 over/2 so p';
  expect(await seen()).toEqual({ ...NOBODY, deputy: renewed, mentor: renewed, policeDeputy: renewed });

  // Both come back: one by giving back, the other by the manager.
  await begin(COORDINATOR, 'handOverSeat', { seatId: seat, handedOver: false });
  await begin(MANAGER, 'handOverSeat', { seatId: policeSeat, handedOver: false });
  expect(await seen()).toEqual({ ...NOBODY, coordinator: renewed, mentor: renewed, police: renewed });
  await begin(COORDINATOR, 'closeGroup', { groupId, reason: 'GOALS_MET' });
  expect(await seen()).toEqual(NOBODY);
}, 180_000);

/** The coordinator's seats in a group. */
async function seats(groupId: string): Promise<string[]> {
  const rows = await registry<{ id: string }>(
    `SELECT id FROM registry.seat WHERE group_id = $1 AND role = 'COORDINATOR'`,
    [groupId],
  );
  return rows.map(({ id }) => id);
}

test.concurrent('in Örebro every seat has a deputy before a group opens', async () => {
  const life = await Case.proposed(COORDINATOR, 'orebro-sig', BIRTH_DATE);
  const { groupId, youthId } = life;
  const invite = (group: string) =>
    made(COORDINATOR, 'addSeat', { groupId: group, agency: POLICE.agency, role: 'CASEWORKER' });
  const named = { seatId: await invite(groupId), holder: POLICE.sub };
  expect(await say(MANAGER, 'fillSeat', named)).toEqual(refused('BAD_USER_INPUT', 'input.deputy'));
  await begin(MANAGER, 'fillSeat', { ...named, deputy: POLICE_DEPUTY.sub });
  expect(await say(COORDINATOR, 'openGroup', { groupId })).toEqual(refused('CONFLICT'));
  await begin(COORDINATOR, 'closeGroup', { groupId, reason: 'DECLINED' });
  const again = await made(COORDINATOR, 'proposeGroup', { youthId, programmeCode: 'orebro-sig', deputy: DEPUTY.sub });
  await begin(MANAGER, 'fillSeat', { ...named, seatId: await invite(again), deputy: POLICE_DEPUTY.sub });
  expect(await say(COORDINATOR, 'openGroup', { groupId: again })).toEqual({ id: again, outcome: 'CHANGED' });
});
