import { expect, test } from '@jest/globals';
import { askAs, type Claims, refused } from '../mutate.ts';
import { born, Case } from './case.ts';
import { ago, begin, by, made, registry, say, sharedPlace } from './place.ts';

const SOCIAL = 'social-services:strangnas';
const COORDINATOR = by('p-7201', SOCIAL, 'COORDINATOR');
const CAST = {
  coordinator: COORDINATOR,
  police: by('p-2801', 'police:nationell', 'CASEWORKER'),
  school: by('p-3801', 'school:strangnas', 'CASEWORKER'),
  fieldWorker: by('p-4801', 'leisure:strangnas', 'CASEWORKER'),
};
const { police: POLICE, school: SCHOOL, fieldWorker: FIELD_WORKER } = CAST;
const NOBODY = { coordinator: '-', police: '-', school: '-', fieldWorker: '-' };
const GRANTS = [
  `${FIELD_WORKER.agency} leisure.report ${SOCIAL}`,
  `${FIELD_WORKER.agency} leisure.report ${POLICE.agency}`,
  `${POLICE.agency} police.report ${SOCIAL}`,
  `${SCHOOL.agency} school.report ${SOCIAL}`,
];

/** The releases that somebody is to review, by kind, recipient and reason; or why not. */
async function toReview(who: Claims, youthId: string) {
  const query = `query ($youthId: ID!) { releasesToReview(youthId: $youthId, first: 200) { edges { node {
    id at category source { code } recipient { code } consentVersion reason } } } }`;
  const { data, errors } = await askAs(await sharedPlace(), who, query, { youthId });
  type Node = { category: string; recipient: { code: string }; reason: string };
  const { edges } = (data?.releasesToReview ?? { edges: [] }) as { edges: { node: Node }[] };
  const lines = edges.map(({ node: { category, recipient, reason } }) => `${category} ${recipient.code} ${reason}`);
  return { releases: [...new Set(lines)].sort(), errors: errors.map(({ extensions }) => extensions?.code) };
}

test.concurrent('Strängnäs: field workers, and what is found out late about custody and age', async () => {
  const life = await Case.proposed(COORDINATOR, 'strangnas-sspf', born(13, -40));
  const { youthId, groupId } = life;
  const seen = () => life.seenBy(CAST);
  const [, , fieldSeat = ''] = await Promise.all([POLICE, SCHOOL, FIELD_WORKER].map((who) => life.seat(who)));
  expect(await seen()).toEqual({ ...NOBODY, coordinator: 'PROPOSED' });
  await made(COORDINATOR, 'openGroup', { groupId });
  const first = await life.propose('STRANGNAS-7', GRANTS, { childView: 'Vill vara med i fritidsgruppen' });
  expect(await seen()).toEqual({ ...NOBODY, coordinator: 'AWAITING_CONSENT DRAFT/4' });
  // Below 15 the guardians sign.
  await life.sign(first, ['mother', 'father']);
  await life.link(POLICE, SCHOOL, FIELD_WORKER);
  await life.acknowledge(first, 'STRANGNAS-7', POLICE, SCHOOL, FIELD_WORKER);
  const running = {
    coordinator: 'ACTIVE EFFECTIVE/4 p sc l',
    police: 'ACTIVE EFFECTIVE/2 p l',
    school: 'ACTIVE EFFECTIVE/1 sc',
    fieldWorker: 'ACTIVE EFFECTIVE/2 l',
  };
  expect(await seen()).toEqual(running);
  expect(await toReview(COORDINATOR, youthId)).toEqual({ releases: [], errors: [] });

  // A third guardian has had custody all along: nothing crosses until she has signed, and what has crossed is reviewed.
  const found = { youthId, change: 'STARTS', at: ago(10) };
  const stepmother = await begin(COORDINATOR, 'recordCustody', found);
  const suspended = {
    coordinator: 'ACTIVE over/4',
    police: 'ACTIVE over/2 p',
    school: 'ACTIVE over/1 sc',
    fieldWorker: 'ACTIVE over/2 l',
  };
  expect(await seen()).toEqual(suspended);
  // A version that is suspended still lasts, and a renewal would end it.
  const withoutStart = life.proposal('STRANGNAS-7', GRANTS);
  expect(await say(COORDINATOR, 'proposeConsent', withoutStart)).toEqual(refused('BAD_USER_INPUT', 'input.validFrom'));
  const crossed = (reason: string) => [
    `leisure.report ${POLICE.agency} ${reason}`,
    `leisure.report ${SOCIAL} ${reason}`,
    `police.report ${SOCIAL} ${reason}`,
    `school.report ${SOCIAL} ${reason}`,
  ];
  expect(await toReview(COORDINATOR, youthId)).toEqual({ releases: crossed('SUSPENDED'), errors: [] });
  expect(await toReview(by('p-7999', SOCIAL, 'COORDINATOR'), youthId)).toEqual({ releases: [], errors: ['FORBIDDEN'] });
  expect(await toReview(POLICE, youthId)).toEqual({ releases: [], errors: ['FORBIDDEN'] });
  await life.sign(first, [{ guardianId: stepmother }]);
  expect(await seen()).toEqual(running);
  // It was a mistake: she has custody since today, and nothing is to be reviewed.
  await begin(COORDINATOR, 'recordCustody', { ...found, guardianId: stepmother, at: new Date() });
  expect(await toReview(COORDINATOR, youthId)).toEqual({ releases: [], errors: [] });

  // The youth turns out to be 16: then the youth signs too.
  await begin(COORDINATOR, 'recordBirthDate', { youthId, birthDate: born(16, -40) });
  expect(await seen()).toEqual(suspended);
  expect(await toReview(COORDINATOR, youthId)).toEqual({ releases: crossed('SUSPENDED'), errors: [] });
  await life.sign(first, ['youth']);
  expect(await seen()).toEqual(running);
  expect(await toReview(COORDINATOR, youthId)).toEqual({ releases: crossed('SUSPENDED'), errors: [] });

  const grantId = await life.grant(first, GRANTS[1] ?? '');
  await begin(FIELD_WORKER, 'withdrawConsent', { consentId: first, grantId, toldAt: new Date(), channel: 'på fältet' });
  expect(await seen()).toEqual({ ...running, police: 'ACTIVE EFFECTIVE/2 p' });
  await begin(COORDINATOR, 'endSeat', { seatId: fieldSeat });
  expect(await seen()).toEqual({ ...running, police: 'ACTIVE EFFECTIVE/2 p', fieldWorker: '-' });

  const renewal = await life.propose('STRANGNAS-8', GRANTS.slice(2), { validFrom: ago(0) });
  await life.sign(renewal, ['mother', 'father', { guardianId: stepmother }, 'youth']);
  await life.acknowledge(renewal, 'STRANGNAS-8', POLICE, SCHOOL);
  expect(await seen()).toEqual({
    coordinator: 'ACTIVE EFFECTIVE/2 over/4 p sc',
    police: 'ACTIVE EFFECTIVE/1 over/2 p',
    school: 'ACTIVE EFFECTIVE/1 over/1 sc',
    fieldWorker: '-',
  });
  await begin(COORDINATOR, 'closeGroup', { groupId, reason: 'AGED_OUT' });
  expect(await seen()).toEqual(NOBODY);
  // Whoever coordinates in the lead agency reviews when the group has ended.
  const later = await toReview(by('p-7999', SOCIAL, 'COORDINATOR'), youthId);
  expect(later).toEqual({ releases: crossed('SUSPENDED'), errors: [] });
  const read = await registry(
    `SELECT caller, permitted, count(*)::int FROM registry.entry WHERE name = 'releasesToReview' AND thing = $1
      GROUP BY caller, permitted ORDER BY caller, permitted`,
    [youthId],
  );
  expect(read).toEqual([
    { caller: COORDINATOR.sub, permitted: true, count: 5 },
    { caller: 'p-7999', permitted: false, count: 1 },
    { caller: 'p-7999', permitted: true, count: 1 },
  ]);
}, 180_000);
