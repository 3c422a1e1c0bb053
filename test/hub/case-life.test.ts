import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bornOn, testIdentityNumber } from '../../schema/demo-world.ts';
import { demoGroupId } from '../../subgraphs/registry/seed.ts';
import { sql } from '../setup/ask.ts';
import { startTestHub } from '../setup/hub.ts';
import { startTestIssuer } from '../setup/issuer.ts';
import { askAs, type Claims, mutate, type Place, refused, type Said, saidBy } from './mutate.ts';

const by = (sub: string, agency: string, role: string): Claims => ({ sub, agency, roles: [role] });
const COORDINATOR = by('p-1001', 'social-services:skovde', 'COORDINATOR');
const OTHER_COORDINATOR = by('p-1021', 'social-services:skovde', 'COORDINATOR');
const POLICE = by('p-2501', 'police:nationell', 'CASEWORKER');
const POLICE_DEPUTY = by('p-2511', 'police:nationell', 'CASEWORKER');
const SCHOOL = by('p-3501', 'school:skovde', 'CASEWORKER');
const LEISURE = by('p-4501', 'leisure:skovde', 'CASEWORKER');
const MANAGERS = {
  police: by('p-2900', 'police:nationell', 'MANAGER'),
  school: by('p-3900', 'school:skovde', 'MANAGER'),
  leisure: by('p-4900', 'leisure:skovde', 'MANAGER'),
};

const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' }).format(new Date());
const born = (turns: number, inDays: number) => bornOn({ what: '', id: '', born: { turns, inDays } }, today);
const BIRTH_DATE = born(16, -100);
const CANARY = 'canary-case-life-report';
const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

let place: Place;
let end: () => Promise<void>;

beforeAll(async () => {
  const issuer = await startTestIssuer();
  const { hub, end: endHub } = await startTestHub({ env: { gateway: { SAMSYN_OIDC_ISSUER: issuer.url } } });
  place = { hub, issuer };
  end = async () => {
    await endHub();
    await issuer.end();
  };
});
afterAll(() => end());

/** Makes a change in the registry. */
async function say(who: Claims, mutation: string, input: object): Promise<Said> {
  const type = mutation === 'withdrawConsent' ? 'Statement' : mutation.charAt(0).toUpperCase() + mutation.slice(1);
  const query = `mutation ($input: ${type}Input!) { ${mutation}(input: $input) { id outcome } }`;
  return saidBy(await askAs(place, who, query, { input }));
}

/** Makes a change that must succeed; its id. */
async function made(who: Claims, mutation: string, input: object): Promise<string> {
  const said = await say(who, mutation, input);
  if (said.id === undefined) throw new Error(`${mutation} said ${JSON.stringify(said)}`);
  return said.id;
}

/** What somebody sees of the case: the status of the group, reports of the school, suspicions of the police; or why not. */
async function sees(who: Claims, id: string) {
  const query =
    'query ($id: ID!) { youth(id: $id) { groups { status } schoolReports { text } suspicions { offenceGroup } } }';
  const { data, errors } = await askAs(place, who, query, { id });
  const youth = (data?.youth ?? {}) as Readonly<Record<string, readonly object[] | null | undefined>>;
  const part = (name: string) =>
    youth[name]?.map((each) => Object.values(each)[0]) ??
    errors.find(({ path }) => path?.[1] === name)?.extensions?.code;
  return [part('groups'), part('schoolReports'), part('suspicions')];
}

/** The same of everybody who takes part, in the order coordinator, police, deputy of the police, school, leisure. */
const allSee = (id: string) =>
  Promise.all([COORDINATOR, POLICE, POLICE_DEPUTY, SCHOOL, LEISURE].map((who) => sees(who, id)));

const NO = 'CONSENT_REQUIRED';
const NOTHING = ['FORBIDDEN', NO, NO];

/** A youth with two guardians, in a proposed group to which police and school are invited. */
async function proposed(birthDate: string) {
  const youthId = await made(COORDINATOR, 'registerYouth', { birthDate });
  const starts = { youthId, change: 'STARTS', at: ago(1) };
  const [mother, father] = await Promise.all([
    made(COORDINATOR, 'recordCustody', starts),
    made(COORDINATOR, 'recordCustody', starts),
  ]);
  const groupId = await made(COORDINATOR, 'proposeGroup', { youthId, programmeCode: 'skovde-sig' });
  return { youthId, mother, father, groupId };
}

async function invited(groupId: string, agency: string): Promise<string> {
  return made(COORDINATOR, 'addSeat', { groupId, agency, role: 'CASEWORKER' });
}

async function linked(who: Claims, prefix: string, youthId: string): Promise<void> {
  const identityNumber = testIdentityNumber(BIRTH_DATE, '239');
  const said = saidBy(await mutate(place, who, `${prefix}LinkYouth`, { youthId, identityNumber }));
  expect(said.outcome).toBe('CREATED');
}

test('the whole life of a case in Skövde, and what each agency sees at each step', async () => {
  // Two cases are prepared alike: the programme has place for one.
  const [one, two] = await Promise.all([proposed(BIRTH_DATE), proposed(BIRTH_DATE)]);
  expect(await say(OTHER_COORDINATOR, 'openGroup', { groupId: one.groupId })).toEqual(refused('FORBIDDEN'));
  expect(await say(COORDINATOR, 'openGroup', { groupId: one.groupId })).toEqual(refused('CONFLICT'));
  const seats = await Promise.all(
    [one, two].map(async ({ groupId }) => ({
      police: await invited(groupId, 'police:nationell'),
      school: await invited(groupId, 'school:skovde'),
    })),
  );
  expect(await allSee(one.youthId)).toEqual([[['PROPOSED'], NO, NO], NOTHING, NOTHING, NOTHING, NOTHING]);

  // An invited agency's manager learns that a seat waits, and not whose group it is.
  const { data, text } = await askAs(
    place,
    MANAGERS.police,
    '{ agencySeats { id role holder programme { code } leadAgency { code } } }',
  );
  const waiting = (id: string | undefined) => ({
    id,
    role: 'CASEWORKER',
    holder: null,
    programme: { code: 'skovde-sig' },
    leadAgency: { code: 'social-services:skovde' },
  });
  const listed = (data?.agencySeats ?? []) as { id: string; holder: string | null }[];
  expect(listed.filter(({ holder }) => holder === null).sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
    seats.map(({ police }) => waiting(police)).sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1)),
  );
  expect(text).not.toContain(one.youthId);
  const [filled] = await Promise.all([
    say(MANAGERS.school, 'fillSeat', { seatId: seats[0]?.police, holder: POLICE.sub }),
    ...seats.flatMap(({ police, school }) => [
      made(MANAGERS.police, 'fillSeat', { seatId: police, holder: POLICE.sub, deputy: POLICE_DEPUTY.sub }),
      made(MANAGERS.school, 'fillSeat', { seatId: school, holder: SCHOOL.sub }),
    ]),
  ]);
  expect(filled).toEqual(refused('FORBIDDEN'));

  // Skövde works with five groups at most; when one has ended, one of two that open at once finds the place.
  expect(await say(COORDINATOR, 'openGroup', { groupId: one.groupId })).toEqual(refused('CONFLICT'));
  await made(COORDINATOR, 'closeGroup', { groupId: demoGroupId('twoSchools'), reason: 'MOVED' });
  const opened = await Promise.all([one, two].map(({ groupId }) => say(COORDINATOR, 'openGroup', { groupId })));
  expect(opened.map(({ outcome }) => outcome ?? 'refused').sort()).toEqual(['CHANGED', 'refused']);
  expect(opened).toContainEqual(refused('CONFLICT'));
  const first = opened[0]?.outcome === 'CHANGED';
  const life = first ? one : two;
  const policeSeat = seats[first ? 0 : 1]?.police;
  expect(await say(COORDINATOR, 'openGroup', { groupId: life.groupId })).toEqual({
    id: life.groupId,
    outcome: 'UNCHANGED',
  });
  const { youthId, groupId } = life;
  expect(await allSee(youthId)).toEqual([[['AWAITING_CONSENT'], NO, NO], NOTHING, NOTHING, NOTHING, NOTHING]);

  await consented(life);
  await later(life, policeSeat ?? '');

  // The end, said twice with one key.
  const closing = { groupId, reason: 'GOALS_MET', idempotencyKey: 'the end' };
  const ends = await Promise.all([1, 2].map(() => say(COORDINATOR, 'closeGroup', closing)));
  expect(ends).toEqual([1, 2].map(() => ({ id: groupId, outcome: 'CHANGED' })));
  expect(await say(COORDINATOR, 'closeGroup', { ...closing, reason: 'OTHER' })).toEqual(
    refused('BAD_USER_INPUT', 'input.idempotencyKey'),
  );
  expect(await allSee(youthId)).toEqual([NOTHING, NOTHING, NOTHING, NOTHING, NOTHING]);
  const entries = await sql<{ name: string; count: number }>(
    place.hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `SELECT name, count(*)::int FROM registry.entry WHERE kind = 'CHANGE' AND permitted AND group_id = $1 GROUP BY name
      ORDER BY name`,
    [groupId],
  );
  expect(entries).toEqual([
    { name: 'acknowledgeConsent', count: 2 },
    { name: 'addSeat', count: 3 },
    { name: 'closeGroup', count: 1 },
    { name: 'fillSeat', count: 3 },
    { name: 'handOverSeat', count: 2 },
    { name: 'openGroup', count: 2 },
    { name: 'proposeConsent', count: 1 },
    { name: 'proposeGroup', count: 1 },
    { name: 'signConsent', count: 3 },
  ]);
}, 180_000);

type Life = Awaited<ReturnType<typeof proposed>>;

/** From the proposal of a consent to its being in force. */
async function consented({ youthId, groupId, mother, father }: Life): Promise<void> {
  const grant = (source: string, category: string) => ({ source, recipient: COORDINATOR.agency, category });
  const draft = {
    groupId,
    validUntil: new Date(Date.now() + 90 * 86_400_000).toISOString(),
    purpose: 'Stöd att bryta en negativ utveckling',
    paperReference: 'SAMTYCKE-LIFE',
    informationGiven: 'Muntligt och skriftligt',
    language: 'sv',
    grants: [
      grant(SCHOOL.agency, 'school.report'),
      { ...grant(POLICE.agency, 'police.suspicion'), dataFrom: '2026-01-01' },
    ],
    idempotencyKey: 'the consent',
  };
  const consents = await Promise.all([1, 2].map(() => made(COORDINATOR, 'proposeConsent', draft)));
  const [consentId = ''] = consents;
  expect(consents).toEqual([consentId, consentId]);
  expect(await attention(COORDINATOR)).toContainEqual({ id: consentId, status: 'DRAFT' });
  const signature = { consentId, toldAt: ago(0.01), method: 'PAPER', evidenceHash: 'ab'.repeat(32) };
  const parent = { ...signature, capacity: 'GUARDIAN_WITH_CUSTODY' };
  await Promise.all([
    made(COORDINATOR, 'signConsent', { ...parent, guardianId: mother }),
    made(COORDINATOR, 'signConsent', { ...parent, guardianId: father }),
    made(COORDINATOR, 'signConsent', { ...signature, capacity: 'YOUTH' }),
  ]);
  await Promise.all([linked(POLICE, 'police', youthId), linked(SCHOOL, 'school', youthId)]);
  const date = today;
  await Promise.all([
    mutate(place, SCHOOL, 'recordSchoolReport', { youthId, date, text: CANARY, textCleared: true }),
    mutate(place, POLICE, 'recordSuspicion', { youthId, date, offenceGroup: 'THEFT', status: 'REPORTED' }),
  ]);
  const waiting = ['AWAITING_CONSENT'];
  expect(await allSee(youthId)).toEqual([
    [waiting, NO, NO],
    [waiting, NO, ['THEFT']],
    NOTHING,
    [waiting, [CANARY], NO],
    NOTHING,
  ]);
  expect(await attention(SCHOOL)).toEqual([{ id: consentId, status: 'SIGNED' }]);
  await made(SCHOOL, 'acknowledgeConsent', { consentId, paperReference: draft.paperReference });
  expect(await attention(SCHOOL)).toEqual([]);
  expect(await sees(COORDINATOR, youthId)).toEqual([['ACTIVE'], [CANARY], NO]);
  await made(POLICE, 'acknowledgeConsent', { consentId, paperReference: draft.paperReference });
  expect(await allSee(youthId)).toEqual([
    [['ACTIVE'], [CANARY], ['THEFT']],
    [['ACTIVE'], NO, ['THEFT']],
    NOTHING,
    [['ACTIVE'], [CANARY], NO],
    NOTHING,
  ]);
}

/** An agency that is called in later, a deputy who stands in. */
async function later({ youthId, groupId }: Life, policeSeat: string): Promise<void> {
  const leisureSeat = await invited(groupId, LEISURE.agency);
  await Promise.all([
    made(MANAGERS.leisure, 'fillSeat', { seatId: leisureSeat, holder: LEISURE.sub }),
    made(POLICE_DEPUTY, 'handOverSeat', { seatId: policeSeat, handedOver: true }),
  ]);
  const police = [['ACTIVE'], NO, ['THEFT']];
  const others = {
    coordinator: [['ACTIVE'], [CANARY], ['THEFT']],
    school: [['ACTIVE'], [CANARY], NO],
  };
  expect(await allSee(youthId)).toEqual([others.coordinator, NOTHING, police, others.school, NOTHING]);
  await made(POLICE, 'handOverSeat', { seatId: policeSeat, handedOver: false });
  expect(await allSee(youthId)).toEqual([others.coordinator, police, NOTHING, others.school, NOTHING]);
}

/** The consents that need somebody's attention. */
async function attention(who: Claims) {
  const { data } = await askAs(place, who, '{ consentsNeedingAttention { id status } }');
  return data?.consentsNeedingAttention;
}
