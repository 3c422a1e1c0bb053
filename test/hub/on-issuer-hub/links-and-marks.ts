import { beforeAll, expect, test } from '@jest/globals';
import { bornOn, DEMO_YOUTHS, type DemoYouthName, testIdentityNumber } from '../../../schema/demo-world.ts';
import { CONSTANT_MESSAGES } from '../../../schema/errors.ts';
import { sql } from '../../setup/ask.ts';
import { askAs, type Claims, mutate, type Place, refused, type Said, saidBy } from '../mutate.ts';
import { sharedPlace } from './shared-place.ts';

const SCHOOL = 'school:skovde';
const COUNSELLOR: Claims = { sub: 'p-3001', agency: SCHOOL, roles: ['CASEWORKER'] };
const OUTSIDER: Claims = { sub: 'p-3009', agency: SCHOOL, roles: ['CASEWORKER'] };
const SYSTEM: Claims = { sub: 'system-school-skovde', agency: SCHOOL, roles: ['SYSTEM'] };
const MANAGER: Claims = { sub: 'p-3900', agency: SCHOOL, roles: ['MANAGER'] };
const POLICE_MANAGER: Claims = { sub: 'p-2900', agency: 'police:nationell', roles: ['MANAGER'] };
const COORDINATOR: Claims = { sub: 'p-1001', agency: 'social-services:skovde', roles: ['COORDINATOR'] };

const idOf = (youth: DemoYouthName): string => DEMO_YOUTHS[youth].id;
const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' }).format(new Date());
const numberOf = (youth: DemoYouthName): string => testIdentityNumber(bornOn(DEMO_YOUTHS[youth], today));
const STRANGER = testIdentityNumber('2009-01-05', '239');

let place: Place;
/** What happened in each story; the stories are of different youths and run at once, since much of them is the fence. */
let told: Promise<Readonly<Record<keyof typeof STORIES, unknown>>>;

const say = async (by: Claims, mutation: string, input: object): Promise<Said> =>
  saidBy(await mutate(place, by, mutation, input));

/** The reports and the attendance that somebody reads of a youth, and the categories that are denied. */
async function read(by: Claims, youth: DemoYouthName) {
  const query = 'query ($id: ID!) { youth(id: $id) { schoolReports { id text held } suspicions { id } } }';
  const { data, errors } = await askAs(place, by, query, { id: idOf(youth) });
  const { schoolReports = null } = (data?.youth ?? {}) as {
    schoolReports?: { id: string; text: string | null }[] | null;
  };
  return { reports: schoolReports, denied: errors.map(({ extensions }) => extensions?.category).sort() };
}

/** What the school has reported about the youth with every grant, and cleared. */
const CLEARED = 'The weekly plan was followed (everything-sr)';

const REPORT = { date: '2026-01-10', text: 'fed by the system', textCleared: false };
const feed = (youth: DemoYouthName) =>
  say(SYSTEM, 'recordSchoolReport', { youthId: idOf(youth), sourceId: youth, ...REPORT });

/** Ends the school's link to a youth, and links the youth to the person with this number. */
async function relinked(youth: DemoYouthName, identityNumber: string) {
  const youthId = idOf(youth);
  await feed(youth);
  const read1 = await read(COUNSELLOR, youth);
  const said = [
    await say(COUNSELLOR, 'schoolUnlinkYouth', { youthId }),
    await say(COUNSELLOR, 'schoolLinkYouth', { youthId, identityNumber }),
  ];
  const read2 = await read(COUNSELLOR, youth);
  said.push(await feed(youth));
  const read3 = await read(COUNSELLOR, youth);
  return {
    said: said.map(({ id: _, ...rest }) => rest),
    reports: [read1, read2, read3].map(({ reports }) => reports?.length),
  };
}

const STORIES = {
  samePerson: () => relinked('heldPoliceRecord', numberOf('heldPoliceRecord')),
  otherPerson: () => relinked('turning15', STRANGER),
  async assigned() {
    const given = { youthId: idOf('withdrawn'), subject: OUTSIDER.sub };
    const reads = [await read(OUTSIDER, 'withdrawn')];
    const said = [await say(MANAGER, 'schoolAssignYouth', given), await say(MANAGER, 'schoolAssignYouth', given)];
    reads.push(await read(OUTSIDER, 'withdrawn'));
    const written = await say(OUTSIDER, 'recordSchoolReport', { youthId: given.youthId, ...REPORT });
    said.push(await say(MANAGER, 'schoolUnassignYouth', given));
    reads.push(await read(OUTSIDER, 'withdrawn'));
    return { said, written: written.outcome, reads };
  },
  async held() {
    const { reports } = await read(COUNSELLOR, 'everything');
    const recordId = reports?.find(({ text }) => text === CLEARED)?.id ?? '';
    const seen = async () => {
      const [theirs, own] = await Promise.all([read(COORDINATOR, 'everything'), read(COUNSELLOR, 'everything')]);
      return [theirs, own].map(({ reports }) => reports?.filter(({ id }) => id === recordId));
    };
    const said = [await say(MANAGER, 'schoolHoldRecord', { recordId, held: true })];
    const whileHeld = await seen();
    said.push(await say(COUNSELLOR, 'schoolHoldRecord', { recordId, held: false }));
    return { recordId, said, whileHeld, after: await seen() };
  },
  async cleared() {
    const youthId = idOf('everything');
    const { id: recordId = '' } = await say(COUNSELLOR, 'recordSchoolReport', { youthId, ...REPORT });
    const theirs = async () => (await read(COORDINATOR, 'everything')).reports?.filter(({ id }) => id === recordId);
    const reads = [await theirs()];
    const said = [await say(COUNSELLOR, 'schoolClearText', { recordId, cleared: true })];
    reads.push(await theirs());
    said.push(await say(COUNSELLOR, 'schoolClearText', { recordId, cleared: false }));
    reads.push(await theirs());
    return { recordId, said, reads };
  },
  async namingNoPlace() {
    const youthId = idOf('protected');
    const fed = { youthId, sourceId: 'names no place', ...REPORT };
    const { id: recordId = '' } = await say(SYSTEM, 'recordSchoolReport', fed);
    const theirs = async () =>
      (await read(COORDINATOR, 'protected')).reports?.filter(({ id }) => id === recordId).map(({ text }) => text);
    const clear = (marks: object) => say(COUNSELLOR, 'schoolClearText', { recordId, ...marks });
    const reads = [await theirs()];
    const marks = [clear({ cleared: true, namesNoPlace: true }), clear({ namesNoPlace: true })];
    const said = await Promise.all(marks);
    reads.push(await theirs());
    said.push(...(await Promise.all([say(SYSTEM, 'recordSchoolReport', fed), clear({ namesNoPlace: false })])));
    reads.push(await theirs());
    const [row] = await sql(
      place.hub,
      'SAMSYN_SCHOOL_OWNER_URL',
      'SELECT author, written_by_system FROM agency.school_report WHERE id = $1',
      [recordId],
    );
    return { said: said.map(({ outcome }) => outcome), reads, row };
  },
};

beforeAll(async () => {
  place = await sharedPlace();
  const names = Object.keys(STORIES) as (keyof typeof STORIES)[];
  // Not awaited: much of them is the fence, and others have tests to run meanwhile.
  told = Promise.all(names.map(async (name) => [name, await STORIES[name]()] as const)).then(
    (ended) => Object.fromEntries(ended) as Awaited<typeof told>,
  );
});

test('a youth is linked once, by whatever form of the number', async () => {
  const youthId = idOf('everything');
  const number = numberOf('everything');
  const forms = [number, number.slice(2), `${number.slice(2, 8)}-${number.slice(8)}`];
  const said = await Promise.all(
    forms.map((identityNumber) => say(COUNSELLOR, 'schoolLinkYouth', { youthId, identityNumber })),
  );
  const id = said[0]?.id;
  expect(said).toEqual(forms.map(() => ({ id, version: 1, outcome: 'UNCHANGED' })));
});

test('neither the youth nor the person is linked to another while the link lasts', async () => {
  const links = () => sql(place.hub, 'SAMSYN_SCHOOL_OWNER_URL', 'SELECT * FROM agency.link ORDER BY id');
  const before = await links();
  const link = (youth: DemoYouthName, identityNumber: string) =>
    say(COUNSELLOR, 'schoolLinkYouth', { youthId: idOf(youth), identityNumber });
  expect([
    await link('everything', STRANGER),
    await link('everything', numberOf('attendanceOnly')),
    await link('everything', `${numberOf('everything').slice(0, 11)}0`),
    await link('everything', 'CANARY'),
    await say(COUNSELLOR, 'schoolLinkYouth', { youthId: 'CANARY', identityNumber: STRANGER }),
  ]).toEqual([
    refused('CONFLICT'),
    refused('CONFLICT'),
    refused('BAD_USER_INPUT', 'input.identityNumber'),
    refused('BAD_USER_INPUT', 'input.identityNumber'),
    refused('BAD_USER_INPUT', 'input.youthId'),
  ]);
  expect(await links()).toEqual(before);
});

test('a person without a number is linked by the agency’s own key, and a number that comes later is added', async () => {
  const youthId = idOf('expired');
  const link = (input: object) => say(COUNSELLOR, 'schoolLinkYouth', { youthId, ...input });
  const [number, personKey] = [numberOf('expired'), 'pupil-17'];
  const stored = () =>
    sql(
      place.hub,
      'SAMSYN_SCHOOL_OWNER_URL',
      'SELECT identity_number, person_key FROM agency.link WHERE youth_id = $1 AND ended_at IS NULL',
      [youthId],
    );
  await sql(
    place.hub,
    'SAMSYN_SCHOOL_OWNER_URL',
    'UPDATE agency.link SET ended_at = now() WHERE agency = $2 AND youth_id = $1 AND ended_at IS NULL',
    [youthId, SCHOOL],
  );
  const said = [
    await link({}),
    await link({ personKey: `pupil ${STRANGER}` }),
    await link({ personKey }),
    await link({ personKey }),
    await link({ personKey: 'pupil-18' }),
    await link({ identityNumber: number }),
    await link({ identityNumber: number, personKey }),
    await link({ personKey }),
    await link({ identityNumber: STRANGER, personKey }),
  ];
  expect(said.map(({ outcome, errors }) => outcome ?? errors?.[0])).toEqual([
    { code: 'BAD_USER_INPUT', field: 'input.identityNumber' },
    { code: 'BAD_USER_INPUT', field: 'input.personKey' },
    ...['CREATED', 'UNCHANGED', { code: 'CONFLICT' }, { code: 'CONFLICT' }, 'CHANGED', 'UNCHANGED'],
    { code: 'CONFLICT' },
  ]);
  expect(await stored()).toEqual([{ identity_number: number, person_key: personKey }]);
});

test('only the holder of an informed seat links and unlinks', async () => {
  const attempts: [Claims, string][] = [
    [OUTSIDER, idOf('everything')],
    [SYSTEM, idOf('everything')],
    [POLICE_MANAGER, idOf('everything')],
    [{ ...COUNSELLOR, agency: 'school:orebro' }, idOf('everything')],
    [COUNSELLOR, idOf('awaitingSignature')],
    [COUNSELLOR, idOf('policeOnly')],
    [COUNSELLOR, '99999999-9999-4999-8999-999999999999'],
  ];
  const answers = await Promise.all(
    attempts.flatMap(([by, youthId]) => [
      mutate(place, by, 'schoolLinkYouth', { youthId, identityNumber: STRANGER }),
      mutate(place, by, 'schoolUnlinkYouth', { youthId }),
    ]),
  );
  const forbidden = (mutation: string) =>
    JSON.stringify({
      errors: [{ message: CONSTANT_MESSAGES.FORBIDDEN, path: [mutation], extensions: { code: 'FORBIDDEN' } }],
      data: { [mutation]: null },
    });
  expect(answers.map(({ text }) => text.trim())).toEqual(
    attempts.flatMap(() => [forbidden('schoolLinkYouth'), forbidden('schoolUnlinkYouth')]),
  );
});

test('a manager unlinks where no seat is left that could, and links nobody', async () => {
  const youthId = idOf('noConsent');
  expect(await say(COUNSELLOR, 'schoolUnlinkYouth', { youthId })).toEqual(refused('FORBIDDEN'));
  expect(await say(MANAGER, 'schoolLinkYouth', { youthId, identityNumber: STRANGER })).toEqual(refused('FORBIDDEN'));
  const id = expect.any(String);
  expect(await say(MANAGER, 'schoolUnlinkYouth', { youthId })).toEqual({ id, version: 1, outcome: 'WITHDRAWN' });
});

test('after unlinking, a new link to the same person takes the fed records over', async () => {
  expect((await told).samePerson).toEqual({
    said: [
      { version: 1, outcome: 'WITHDRAWN' },
      { version: 1, outcome: 'CREATED' },
      { version: 2, outcome: 'CHANGED' },
    ],
    reports: [2, 0, 1],
  });
});

test('after unlinking, a new link to another person shows nothing of the first', async () => {
  expect((await told).otherPerson).toEqual({
    said: [
      { version: 1, outcome: 'WITHDRAWN' },
      { version: 1, outcome: 'CREATED' },
      refused('CONFLICT', 'input.sourceId'),
    ],
    reports: [2, 0, 0],
  });
});

test('C3 an assigned caseworker reads and writes the own agency’s records and no others', async () => {
  const denied = { reports: null, denied: ['police.suspicion', 'school.report'] };
  const id = expect.any(String);
  expect((await told).assigned).toEqual({
    said: [
      { id, version: 1, outcome: 'CREATED' },
      { id, version: 1, outcome: 'UNCHANGED' },
      { id, version: 1, outcome: 'WITHDRAWN' },
    ],
    written: 'CREATED',
    reads: [
      denied,
      {
        reports: [{ id, text: 'The weekly plan was followed (withdrawn-sr)', held: false }],
        denied: ['police.suspicion'],
      },
      denied,
    ],
  });
});

test('only a manager of the agency assigns, and only a linked youth', async () => {
  const given = { youthId: idOf('everything'), subject: OUTSIDER.sub };
  expect([
    await say(COUNSELLOR, 'schoolAssignYouth', given),
    await say(POLICE_MANAGER, 'schoolAssignYouth', given),
    await say({ ...MANAGER, roles: ['MANAGER', 'AUDITOR'] }, 'schoolAssignYouth', given),
    await say(MANAGER, 'schoolAssignYouth', { ...given, youthId: idOf('policeOnly') }),
    await say(MANAGER, 'schoolUnassignYouth', given),
    await say(MANAGER, 'schoolAssignYouth', { ...given, subject: '' }),
  ]).toEqual([
    refused('FORBIDDEN'),
    refused('FORBIDDEN'),
    refused('UNAUTHENTICATED'),
    refused('BAD_USER_INPUT', 'input.youthId'),
    refused('BAD_USER_INPUT', 'input.subject'),
    refused('BAD_USER_INPUT', 'input.subject'),
  ]);
});

test('C17 a held record is gone for others, and the own agency reads it', async () => {
  const { held } = await told;
  const { recordId: id } = held as { recordId: string };
  // While a change of a mark takes effect, no read tells it (C14).
  const record = [{ id, text: CLEARED, held: null }];
  expect(held).toEqual({
    recordId: id,
    said: [
      { id, version: 2, outcome: 'CHANGED' },
      { id, version: 3, outcome: 'CHANGED' },
    ],
    whileHeld: [[], record],
    after: [record, record],
  });
});

test('C10 a text crosses while it is marked as cleared', async () => {
  const { cleared } = await told;
  const { recordId: id } = cleared as { recordId: string };
  const record = (text: string | null, held: boolean | null) => [{ id, text, held }];
  expect(cleared).toEqual({
    recordId: id,
    said: [
      { id, version: 2, outcome: 'CHANGED' },
      { id, version: 3, outcome: 'CHANGED' },
    ],
    reads: [record(null, false), record(REPORT.text, null), record(null, null)],
  });
});

test('C16 a fed text about a protected youth crosses once staff have marked it as cleared and as naming no place', async () => {
  expect((await told).namingNoPlace).toEqual({
    // Giving the mark again is always a change: otherwise the receipt would show whether the protection has changed.
    said: ['CHANGED', 'CHANGED', 'UNCHANGED', 'CHANGED'],
    reads: [[null], [REPORT.text], [null]],
    row: { author: COUNSELLOR.sub, written_by_system: false },
  });
});

test('C16 a feed gives neither mark, also on behalf of a person, and one of the two is named', async () => {
  const fed = { youthId: idOf('everything'), sourceId: 'marks', ...REPORT };
  // On behalf of a seat holder a system has that person's role.
  const onBehalf = { ...COUNSELLOR, act: { sub: 'system-school-skovde' } };
  const made = { youthId: idOf('everything'), idempotencyKey: 'on behalf', ...REPORT };
  const { id: recordId } = await say(onBehalf, 'recordSchoolReport', made);
  expect([
    await say(SYSTEM, 'recordSchoolReport', { ...fed, textCleared: true }),
    await say(SYSTEM, 'recordSchoolReport', { ...fed, namesNoPlace: true }),
    await say(SYSTEM, 'correctSchoolReport', { sourceId: 'marks', ...REPORT, textCleared: true }),
    await say(onBehalf, 'recordSchoolReport', { ...made, idempotencyKey: 'marked', textCleared: true }),
    await say(onBehalf, 'schoolClearText', { recordId, cleared: true }),
    await say(onBehalf, 'schoolClearText', { recordId, namesNoPlace: true }),
    await say(COUNSELLOR, 'schoolClearText', { recordId: idOf('everything') }),
  ]).toEqual([
    refused('BAD_USER_INPUT', 'input.textCleared'),
    refused('BAD_USER_INPUT', 'input.namesNoPlace'),
    refused('BAD_USER_INPUT', 'input.textCleared'),
    refused('BAD_USER_INPUT', 'input.textCleared'),
    refused('BAD_USER_INPUT', 'input.cleared'),
    refused('BAD_USER_INPUT', 'input.namesNoPlace'),
    refused('BAD_USER_INPUT', 'input.cleared'),
  ]);
});
