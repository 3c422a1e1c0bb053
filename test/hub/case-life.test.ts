import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FENCE_MS } from '../../schema/deadline.ts';
import { bornOn, testIdentityNumber } from '../../schema/demo-world.ts';
import { CONSTANT_MESSAGES } from '../../schema/errors.ts';
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

/** Changes that were made and had not answered yet: what each has recorded, and what it says. */
const begun: { readonly id: string; readonly said: Promise<Said> }[] = [];

/**
 * Makes a change that must succeed, and goes on as soon as it is recorded: a fenced one answers seconds later. The last
 * test hears the answers.
 */
async function begin(who: Claims, mutation: string, input: object): Promise<string> {
  const keyed = { idempotencyKey: randomUUID(), ...input };
  const answer = { isThere: false };
  const said = say(who, mutation, keyed).finally(() => {
    answer.isThere = true;
  });
  for (;;) {
    const isLast = answer.isThere;
    const [recorded] = await sql<{ thing: string }>(
      place.hub,
      'SAMSYN_REGISTRY_OWNER_URL',
      'SELECT thing FROM registry.answered_key WHERE mutation = $1 AND key = $2',
      [mutation, keyed.idempotencyKey],
    );
    if (recorded !== undefined) {
      begun.push({ id: recorded.thing, said });
      return recorded.thing;
    }
    if (isLast) throw new Error(`${mutation} said ${JSON.stringify(await said)}`);
    await sleep(50);
  }
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
    begin(COORDINATOR, 'recordCustody', starts),
    begin(COORDINATOR, 'recordCustody', starts),
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

test.concurrent('the whole life of a case in Skövde, and what each agency sees at each step', async () => {
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
  const listed = (data?.agencySeats ?? []) as { id: string; holder: string | null; programme: { code: string } }[];
  const isWaiting = ({ holder, programme }: (typeof listed)[number]) =>
    holder === null && programme.code === 'skovde-sig';
  expect(listed.filter(isWaiting).sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
    seats.map(({ police }) => waiting(police)).sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1)),
  );
  expect(text).not.toContain(one.youthId);
  const [filled] = await Promise.all([
    say(MANAGERS.school, 'fillSeat', { seatId: seats[0]?.police, holder: POLICE.sub }),
    ...seats.flatMap(({ police, school }) => [
      begin(MANAGERS.police, 'fillSeat', { seatId: police, holder: POLICE.sub, deputy: POLICE_DEPUTY.sub }),
      begin(MANAGERS.school, 'fillSeat', { seatId: school, holder: SCHOOL.sub }),
    ]),
  ]);
  expect(filled).toEqual(refused('FORBIDDEN'));

  const told = await sql(
    place.hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `SELECT e.name FROM registry.entry e JOIN registry.agency a ON a.id IN (e.agency, e.source)
      WHERE e.kind = 'CHANGE' AND e.youth = $1 AND a.code <> 'social-services:skovde'`,
    [one.youthId],
  );
  expect(told).toEqual([]);

  // Skövde works with five groups at most; when one has ended, one of two that open at once finds the place.
  expect(await say(COORDINATOR, 'openGroup', { groupId: one.groupId })).toEqual(refused('CONFLICT'));
  await begin(COORDINATOR, 'closeGroup', { groupId: demoGroupId('twoSchools'), reason: 'MOVED' });
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

  // The end, said twice with one key: who says it again hears no sooner that it is in force.
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
  expect(await allSee(youthId)).toEqual([NOTHING, NOTHING, NOTHING, NOTHING, NOTHING]);
  // A change that was made is two entries of its request: the attempt, and what was recorded.
  const entries = await sql<{ name: string; count: number }>(
    place.hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `SELECT name, count(*)::int FROM (
        SELECT name FROM registry.entry WHERE kind = 'CHANGE' AND permitted
          AND request_id IN (SELECT request_id FROM registry.entry WHERE group_id = $1)
        GROUP BY name, request_id HAVING count(*) = 2
      ) made GROUP BY name ORDER BY name`,
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
  const consents = await Promise.all([1, 2].map(() => begin(COORDINATOR, 'proposeConsent', draft)));
  const [consentId = ''] = consents;
  expect(consents).toEqual([consentId, consentId]);
  expect(await attention(COORDINATOR)).toContainEqual({ id: consentId, status: 'DRAFT' });
  const signature = { consentId, toldAt: ago(0.01), method: 'PAPER', evidenceHash: 'ab'.repeat(32) };
  const parent = { ...signature, capacity: 'GUARDIAN_WITH_CUSTODY' };
  await Promise.all([
    begin(COORDINATOR, 'signConsent', { ...parent, guardianId: mother }),
    begin(COORDINATOR, 'signConsent', { ...parent, guardianId: father }),
    begin(COORDINATOR, 'signConsent', { ...signature, capacity: 'YOUTH' }),
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
    begin(MANAGERS.leisure, 'fillSeat', { seatId: leisureSeat, holder: LEISURE.sub }),
    begin(POLICE_DEPUTY, 'handOverSeat', { seatId: policeSeat, handedOver: true }),
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

test.concurrent('a group opens within the age span of its programme, and not while the age is unknown', async () => {
  const coordinator = by('p-6001', 'social-services:soderhamn', 'COORDINATOR');
  const youthId = await made(coordinator, 'registerYouth', {});
  const groupId = await made(coordinator, 'proposeGroup', { youthId, programmeCode: 'soderhamn-sig' });
  const seatId = await made(coordinator, 'addSeat', { groupId, agency: 'police:nationell', role: 'CASEWORKER' });
  await begin(MANAGERS.police, 'fillSeat', { seatId, holder: POLICE.sub });
  const said = [await say(coordinator, 'openGroup', { groupId })];
  // 15 to 18: from the 15th birthday to the day before the 19th.
  for (const birthDate of [born(15, 1), born(19, 0), born(19, 1)]) {
    await begin(coordinator, 'recordBirthDate', { youthId, birthDate });
    said.push(await say(coordinator, 'openGroup', { groupId }));
  }
  const conflict = refused('CONFLICT');
  expect(said).toEqual([conflict, conflict, conflict, { id: groupId, outcome: 'CHANGED' }]);
  expect(await say(coordinator, 'proposeGroup', { youthId, programmeCode: 'soderhamn-sig' })).toEqual(conflict);
  expect(await say(coordinator, 'proposeGroup', { youthId, programmeCode: 'skovde-sig' })).toEqual(
    refused('BAD_USER_INPUT', 'input.programmeCode'),
  );
});

test.concurrent('in Örebro every seat has a deputy before a group opens', async () => {
  const coordinator = by('p-5001', 'social-services:orebro', 'COORDINATOR');
  const youthId = await made(coordinator, 'registerYouth', { birthDate: BIRTH_DATE });
  const proposal = { youthId, programmeCode: 'orebro-sig' };
  const groupId = await made(coordinator, 'proposeGroup', proposal);
  const seatId = await made(coordinator, 'addSeat', { groupId, agency: 'police:nationell', role: 'CASEWORKER' });
  const named = { seatId, holder: 'p-5601' };
  expect(await say(MANAGERS.police, 'fillSeat', named)).toEqual(refused('BAD_USER_INPUT', 'input.deputy'));
  await begin(MANAGERS.police, 'fillSeat', { ...named, deputy: 'p-5611' });
  expect(await say(coordinator, 'openGroup', { groupId })).toEqual(refused('CONFLICT'));
  await begin(coordinator, 'closeGroup', { groupId, reason: 'DECLINED' });
  const again = await made(coordinator, 'proposeGroup', { ...proposal, deputy: 'p-5011' });
  const seat = await made(coordinator, 'addSeat', { groupId: again, agency: 'police:nationell', role: 'CASEWORKER' });
  await begin(MANAGERS.police, 'fillSeat', { ...named, seatId: seat, deputy: 'p-5611' });
  expect(await say(coordinator, 'openGroup', { groupId: again })).toEqual({ id: again, outcome: 'CHANGED' });
});

const DRAFT = {
  groupId: demoGroupId('everything'),
  validUntil: new Date(Date.now() + 90 * 86_400_000).toISOString(),
  purpose: 'Stöd',
  paperReference: 'SAMTYCKE-X',
  informationGiven: 'Muntligt',
  language: 'sv',
};
const GRANT = { source: 'school:skovde', recipient: 'police:nationell', category: 'school.attendance' };

test('a consent that the group cannot have is refused with its field, and nothing is written', async () => {
  const written = () =>
    sql(
      place.hub,
      'SAMSYN_REGISTRY_OWNER_URL',
      `SELECT c.version, count(g) FROM registry.consent c LEFT JOIN registry.consent_grant g ON g.consent = c.id
        WHERE c.group_id = $1 GROUP BY c.version ORDER BY c.version`,
      [DRAFT.groupId],
    );
  const before = await written();
  const wrong: [object, string][] = [
    [{ grants: [] }, 'grants'],
    [{ grants: [{ ...GRANT, source: 'school:nowhere' }] }, 'grants.0.source'],
    [{ grants: [{ ...GRANT, source: 'hub:samsyn' }] }, 'grants.0.source'],
    [{ grants: [GRANT, { ...GRANT, recipient: 'leisure:orebro' }] }, 'grants.1.recipient'],
    [{ grants: [{ ...GRANT, recipient: 'school:skovde' }] }, 'grants.0.recipient'],
    [{ grants: [{ ...GRANT, category: 'police.suspicion' }] }, 'grants.0.category'],
    [{ grants: [{ ...GRANT, category: 'school.nothing' }] }, 'grants.0.category'],
    [
      { grants: [{ ...GRANT, source: 'social-services:skovde', category: 'social-services.guardians' }] },
      'grants.0.category',
    ],
    [{ grants: [GRANT, GRANT] }, 'grants.1.category'],
    [{ grants: [{ ...GRANT, dataFrom: '2026-02-01', dataTo: '2026-02-01' }] }, 'grants.0.dataTo'],
    [{ grants: [{ ...GRANT, category: 'school.health', dataFrom: '2026-02-01' }] }, 'grants.0.dataFrom'],
    [{ validUntil: ago(1) }, 'validUntil'],
    [{ validUntil: new Date(Date.now() + 200 * 86_400_000).toISOString() }, 'validUntil'],
    [{ purpose: `Om ${testIdentityNumber('2010-03-14')}` }, 'purpose'],
    [{ maturity: { assessedAt: ago(-1), assessedBy: 'p-1001', reason: 'Väl insatt i saken' } }, 'maturity.assessedAt'],
  ];
  const said = await Promise.all(
    wrong.map(([fault]) => say(COORDINATOR, 'proposeConsent', { ...DRAFT, grants: [GRANT], ...fault })),
  );
  expect(said).toEqual(wrong.map(([, field]) => refused('BAD_USER_INPUT', `input.${field}`)));
  expect(await written()).toEqual(before);
});

test('who may not is told the same bytes whether the thing exists or not', async () => {
  const outsider: Claims = { sub: 'p-3909', agency: 'school:orebro', roles: ['COORDINATOR', 'MANAGER'] };
  const nothing = '99999999-9999-4999-8999-999999999999';
  const [seat] = await sql<{ id: string }>(
    place.hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    'SELECT id FROM registry.seat WHERE group_id = $1 LIMIT 1',
    [DRAFT.groupId],
  );
  const [youth] = await sql<{ youth: string }>(
    place.hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    'SELECT youth FROM registry.intervention_group WHERE id = $1',
    [DRAFT.groupId],
  );
  const about = { group: DRAFT.groupId, seat: seat?.id, youth: youth?.youth };
  const attempts: [string, 'group' | 'seat' | 'youth', object][] = [
    ['recordCustody', 'youth', { change: 'STARTS', at: ago(1) }],
    ['recordProtection', 'youth', { protection: 'NONE' }],
    ['recordBirthDate', 'youth', { birthDate: '2010-01-01' }],
    ['proposeGroup', 'youth', { programmeCode: 'national-sig' }],
    ['addSeat', 'group', { agency: 'school:orebro', role: 'CASEWORKER' }],
    ['openGroup', 'group', {}],
    ['closeGroup', 'group', { reason: 'OTHER' }],
    ['proposeConsent', 'group', { ...DRAFT, groupId: undefined, grants: [GRANT] }],
    ['fillSeat', 'seat', { holder: 'p-1' }],
    ['handOverSeat', 'seat', { handedOver: true }],
  ];
  const ask = async (mutation: string, input: object) => {
    const type = mutation.charAt(0).toUpperCase() + mutation.slice(1);
    const query = `mutation ($input: ${type}Input!) { ${mutation}(input: $input) { id outcome } }`;
    return (await askAs(place, outsider, query, { input })).text.trim();
  };
  const answers = await Promise.all(
    attempts.flatMap(([mutation, kind, rest]) =>
      [about[kind], nothing].map((id) => ask(mutation, { ...rest, [`${kind}Id`]: id })),
    ),
  );
  const forbidden = (mutation: string) =>
    JSON.stringify({
      errors: [{ message: CONSTANT_MESSAGES.FORBIDDEN, path: [mutation], extensions: { code: 'FORBIDDEN' } }],
      data: { [mutation]: null },
    });
  expect(answers).toEqual(attempts.flatMap(([mutation]) => [forbidden(mutation), forbidden(mutation)]));
  expect(await say(outsider, 'registerYouth', {})).toEqual(refused('FORBIDDEN'));
});

test('the coordinator reads the guardians’ random ids, and nobody else does', async () => {
  const custody = async (who: Claims) => {
    const query = 'query ($id: ID!) { group(id: $id) { custody { guardianId endsAt } } }';
    const { data, errors } = await askAs(place, who, query, { id: DRAFT.groupId });
    const { custody: seen = null } = (data?.group ?? {}) as { custody?: unknown[] | null };
    return seen?.length ?? errors.map(({ extensions }) => extensions?.code);
  };
  expect(await Promise.all([COORDINATOR, by('p-2001', 'police:nationell', 'CASEWORKER')].map(custody))).toEqual([
    2,
    ['FORBIDDEN'],
  ]);
});

test('every change that was recorded has answered with what it recorded', async () => {
  const said = await Promise.all(begun.map((each) => each.said));
  expect(said.map(({ id }) => id)).toEqual(begun.map(({ id }) => id));
});
