import { expect, test } from '@jest/globals';
import { FENCE_MS } from '../../../schema/deadline.ts';
import { demoGroupId } from '../../../subgraphs/registry/seed.ts';
import { askAs, refused } from '../mutate.ts';
import { born, Case } from './case.ts';
import { ago, begin, by, made, managerOf, registry, say, sharedPlace } from './place.ts';

const SOCIAL = 'social-services:skovde';
const COORDINATOR = by('p-1101', SOCIAL, 'COORDINATOR');
const OTHER_COORDINATOR = by('p-1021', SOCIAL, 'COORDINATOR');
const CAST = {
  coordinator: COORDINATOR,
  police: by('p-2501', 'police:nationell', 'CASEWORKER'),
  deputy: by('p-2511', 'police:nationell', 'CASEWORKER'),
  school: by('p-3501', 'school:skovde', 'CASEWORKER'),
  leisure: by('p-4501', 'leisure:skovde', 'CASEWORKER'),
};
const { police: POLICE, deputy: DEPUTY, school: SCHOOL, leisure: LEISURE } = CAST;
const NOBODY = { coordinator: '-', police: '-', deputy: '-', school: '-', leisure: '-' };
const POLICE_MANAGER = managerOf(POLICE.agency);
const SCHOOL_MANAGER = managerOf(SCHOOL.agency);
const GRANTS = [
  `${SCHOOL.agency} school.report ${SOCIAL}`,
  `${SCHOOL.agency} school.report ${POLICE.agency}`,
  `${POLICE.agency} police.report ${SOCIAL}`,
];
const BIRTH_DATE = born(16, -110);

/** The seats of the programme that wait for the police's manager, as he is told of them. */
async function waitingSeats(): Promise<{ readonly seats: readonly { readonly id: string }[]; readonly text: string }> {
  const query = '{ agencySeats { id role holder programme { code } leadAgency { code } } }';
  const { data, text } = await askAs(await sharedPlace(), POLICE_MANAGER, query);
  type AgencySeat = { id: string; holder: string | null; programme: { code: string } };
  const seats = (data?.agencySeats ?? []) as AgencySeat[];
  const waiting = seats.filter(({ holder, programme }) => holder === null && programme.code === 'skovde-sig');
  return { seats: waiting.sort((a, b) => (a.id < b.id ? -1 : 1)), text };
}

/** Two cases are prepared alike, and the programme has place for one: that one lives. */
async function opened(): Promise<{ readonly life: Case; readonly policeSeat: string }> {
  const [one, two] = await Promise.all([
    Case.proposed(COORDINATOR, 'skovde-sig', BIRTH_DATE),
    Case.proposed(COORDINATOR, 'skovde-sig', BIRTH_DATE),
  ]);
  expect(await say(OTHER_COORDINATOR, 'openGroup', { groupId: one.groupId })).toEqual(refused('FORBIDDEN'));
  expect(await say(COORDINATOR, 'openGroup', { groupId: one.groupId })).toEqual(refused('CONFLICT'));
  const invite = ({ groupId }: Case, agency: string) =>
    made(COORDINATOR, 'addSeat', { groupId, agency, role: 'CASEWORKER' });
  const seats = await Promise.all(
    [one, two].map(async (life) => ({
      police: await invite(life, POLICE.agency),
      school: await invite(life, SCHOOL.agency),
    })),
  );
  expect(await one.seenBy(CAST)).toEqual({ ...NOBODY, coordinator: 'PROPOSED' });

  // An invited agency's manager learns that a seat waits, and not whose group it is.
  const waiting = await waitingSeats();
  const told = seats.map(({ police }) => ({
    id: police,
    role: 'CASEWORKER',
    holder: null,
    programme: { code: 'skovde-sig' },
    leadAgency: { code: SOCIAL },
  }));
  expect(waiting.seats).toEqual(told.sort((a, b) => (a.id < b.id ? -1 : 1)));
  expect(waiting.text).not.toContain(one.youthId);
  const named = seats.flatMap(({ police, school }) => [
    begin(POLICE_MANAGER, 'fillSeat', { seatId: police, holder: POLICE.sub, deputy: DEPUTY.sub }),
    begin(SCHOOL_MANAGER, 'fillSeat', { seatId: school, holder: SCHOOL.sub }),
  ]);
  const foreign = { seatId: seats[0]?.police, holder: POLICE.sub };
  expect(await say(SCHOOL_MANAGER, 'fillSeat', foreign)).toEqual(refused('FORBIDDEN'));
  await Promise.all(named);
  const logged = await registry(
    `SELECT e.name FROM registry.entry e JOIN registry.agency a ON a.id IN (e.agency, e.source)
      WHERE e.kind = 'CHANGE' AND e.youth = $1 AND a.code <> $2`,
    [one.youthId, SOCIAL],
  );
  expect(logged).toEqual([]);

  // Skövde works with five groups at most; when one has ended, one of two that open at once finds the place.
  expect(await say(COORDINATOR, 'openGroup', { groupId: one.groupId })).toEqual(refused('CONFLICT'));
  const demoCoordinator = by('p-1001', SOCIAL, 'COORDINATOR');
  await begin(demoCoordinator, 'closeGroup', { groupId: demoGroupId('twoSchools'), reason: 'MOVED' });
  const said = await Promise.all([one, two].map(({ groupId }) => say(COORDINATOR, 'openGroup', { groupId })));
  expect(said.map(({ outcome }) => outcome ?? 'refused').sort()).toEqual(['CHANGED', 'refused']);
  expect(said).toContainEqual(refused('CONFLICT'));
  const isFirst = said[0]?.outcome === 'CHANGED';
  return { life: isFirst ? one : two, policeSeat: seats[isFirst ? 0 : 1]?.police ?? '' };
}

/** The consents that need somebody's attention, of the one group that is theirs. */
async function attention(who: typeof SCHOOL) {
  const { data } = await askAs(await sharedPlace(), who, '{ consentsNeedingAttention { id status } }');
  return data?.consentsNeedingAttention;
}

test.concurrent('Skövde: five groups at most, and an agency is called in as the youth needs', async () => {
  const { life, policeSeat } = await opened();
  const { groupId } = life;
  const seen = () => life.seenBy(CAST);
  expect(await say(COORDINATOR, 'openGroup', { groupId })).toEqual({ id: groupId, outcome: 'UNCHANGED' });
  expect(await seen()).toEqual({ ...NOBODY, coordinator: 'AWAITING_CONSENT' });

  // Sent twice with one key it is proposed once.
  const key = { idempotencyKey: 'the consent' };
  const [consentId, again] = await Promise.all([1, 2].map(() => life.propose('SKOVDE-1', GRANTS, { ...key, ...TERM })));
  expect(again).toBe(consentId);
  if (consentId === undefined) throw new Error('Nothing was proposed.');
  expect(await attention(COORDINATOR)).toEqual([{ id: consentId, status: 'DRAFT' }]);
  expect(await seen()).toEqual({ ...NOBODY, coordinator: 'AWAITING_CONSENT DRAFT/3' });
  await life.sign(consentId, ['mother', 'father', 'youth']);
  await life.link(POLICE, SCHOOL);
  const signed = {
    ...NOBODY,
    coordinator: 'AWAITING_CONSENT SIGNED/3',
    police: 'AWAITING_CONSENT SIGNED/2 p',
    school: 'AWAITING_CONSENT SIGNED/2 sc',
  };
  expect(await seen()).toEqual(signed);
  expect(await attention(SCHOOL)).toEqual([{ id: consentId, status: 'SIGNED' }]);
  await life.acknowledge(consentId, 'SKOVDE-1', SCHOOL);
  expect(await attention(SCHOOL)).toEqual([]);
  const acknowledged = {
    ...NOBODY,
    coordinator: 'ACTIVE EFFECTIVE/3 sc',
    police: 'ACTIVE EFFECTIVE/2 p sc',
    school: 'ACTIVE EFFECTIVE/2 sc',
  };
  expect(await seen()).toEqual(acknowledged);
  await life.acknowledge(consentId, 'SKOVDE-1', POLICE);
  const running = { ...acknowledged, coordinator: 'ACTIVE EFFECTIVE/3 p sc' };
  expect(await seen()).toEqual(running);

  await life.seat(LEISURE);
  await begin(DEPUTY, 'handOverSeat', { seatId: policeSeat, handedOver: true });
  expect(await seen()).toEqual({ ...running, police: '-', deputy: running.police });
  await begin(POLICE, 'handOverSeat', { seatId: policeSeat, handedOver: false });
  expect(await seen()).toEqual(running);

  const grantId = await life.grant(consentId, GRANTS[1] ?? '');
  await begin(SCHOOL, 'withdrawConsent', { consentId, grantId, toldAt: new Date(), channel: 'utvecklingssamtal' });
  expect(await seen()).toEqual({ ...running, police: 'ACTIVE EFFECTIVE/2 p' });
  const renewal = await life.propose('SKOVDE-2', [...GRANTS, `${LEISURE.agency} leisure.report ${SCHOOL.agency}`], {
    validFrom: ago(0),
  });
  await life.sign(renewal, ['mother', 'father', 'youth']);
  await life.link(LEISURE);
  await life.acknowledge(renewal, 'SKOVDE-2', POLICE, SCHOOL, LEISURE);
  expect(await seen()).toEqual({
    coordinator: 'ACTIVE EFFECTIVE/4 over/3 p sc',
    police: 'ACTIVE EFFECTIVE/2 over/2 p sc',
    deputy: '-',
    school: 'ACTIVE EFFECTIVE/3 over/2 sc l',
    leisure: 'ACTIVE EFFECTIVE/1 over/0 l',
  });
  await ended(life);
}, 180_000);

const TERM = { validUntil: new Date(Date.now() + 80 * 86_400_000).toISOString() };

/** The end, said twice with one key: who says it again hears no sooner that it is in force. */
async function ended(life: Case): Promise<void> {
  const { groupId } = life;
  const closing = { groupId, reason: 'GOALS_MET', idempotencyKey: 'the end' };
  await begin(COORDINATOR, 'closeGroup', closing);
  const askedAt = performance.now();
  const [again, other] = await Promise.all([
    say(COORDINATOR, 'closeGroup', closing),
    say(COORDINATOR, 'closeGroup', { ...closing, reason: 'OTHER' }),
  ]);
  expect(performance.now() - askedAt).toBeGreaterThan(FENCE_MS);
  expect(again).toEqual({ id: groupId, outcome: 'CHANGED' });
  expect(other).toEqual(refused('BAD_USER_INPUT', 'input.idempotencyKey'));
  expect(await life.seenBy(CAST)).toEqual(NOBODY);
  // A change that was made is two entries of its request: the attempt, and what was recorded.
  const entries = await registry(
    `SELECT name, count(*)::int FROM (
        SELECT name FROM registry.entry WHERE kind = 'CHANGE' AND permitted
          AND request_id IN (SELECT request_id FROM registry.entry WHERE group_id = $1)
        GROUP BY name, request_id HAVING count(*) = 2
      ) made GROUP BY name ORDER BY name`,
    [groupId],
  );
  expect(entries).toEqual([
    { name: 'acknowledgeConsent', count: 5 },
    { name: 'addSeat', count: 3 },
    { name: 'closeGroup', count: 1 },
    { name: 'fillSeat', count: 3 },
    { name: 'handOverSeat', count: 2 },
    { name: 'openGroup', count: 2 },
    { name: 'proposeConsent', count: 2 },
    { name: 'proposeGroup', count: 1 },
    { name: 'signConsent', count: 6 },
    { name: 'withdrawConsent', count: 1 },
  ]);
}
