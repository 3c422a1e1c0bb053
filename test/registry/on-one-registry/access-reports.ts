import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { COORDINATOR, REPORT, type Report, reportOf } from './access-report.ts';
import { ago, ask, CALLERS, DAY, MINUTE, sharedRegistry, type Written, write } from './shared-registry.ts';

const YOUTH = DEMO_YOUTHS.heldPoliceRecord.id;
const START = ago(200);
const at = (minute: number) => new Date(START.getTime() + minute * MINUTE);
const INTERVAL = { from: START.toISOString(), to: at(60).toISOString() };

const SCHOOL = { code: 'school:skovde', name: 'Skövde kommun, grundskolan' };
const POLICE = { code: 'police:nationell', name: 'Polismyndigheten' };
const SOCIAL = { code: 'social-services:skovde', name: 'Skövde kommun, socialtjänsten' };

const ATTENDANCE = randomUUID();
const [ENROLMENT, LOST, CUT, STOPPED] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
const GRANTED = { youth: YOUTH, reason: 'CONSENT', version: 2, programme: 'skovde-sig' };
const outcome = (minute: number, kind: string, answer: string) => ({
  at: at(minute),
  kind,
  answer,
  name: 'school',
  elapsed: 5,
  permitted: kind !== 'WITHHELD',
});
const attendance = { ...GRANTED, source: SCHOOL.code, category: 'school.attendance' };

/** What is told, the latest last. */
const TOLD: readonly Written[] = [
  { at: at(1), ...attendance, agency: SOCIAL.code, roles: 1, answer: ATTENDANCE },
  { at: at(2), ...attendance, agency: SOCIAL.code, roles: 3, category: 'school.enrolment', answer: ENROLMENT },
  { at: at(2.5), ...attendance, agency: POLICE.code, actor: 'system-police', roles: 12, answer: CUT },
  { at: at(3), ...attendance, agency: SOCIAL.code, roles: 2, answer: LOST, protected: true, whereabouts: true },
  { at: at(4), youth: YOUTH, reason: 'OWN', source: POLICE.code, agency: POLICE.code, category: 'police.suspicion' },
  { at: at(5), youth: YOUTH, reason: 'OWN', source: SCHOOL.code, category: 'school.health', roles: 8, version: 1 },
  {
    at: at(5.5),
    youth: YOUTH,
    reason: 'OWN',
    source: SOCIAL.code,
    agency: SOCIAL.code,
    category: 'social-services.case',
    roles: 1,
  },
];

/** What is not: of another youth, denied, withheld, no reading of agencies' information, outside the interval. */
const UNTOLD: readonly Written[] = [
  { at: at(6), ...attendance, youth: DEMO_YOUTHS.everything.id, agency: SOCIAL.code },
  { at: at(6), ...attendance, agency: POLICE.code, permitted: false, reason: 'NOT_GRANTED' },
  { at: at(6), ...attendance, agency: SOCIAL.code, answer: STOPPED },
  // A record may also be changed, linked or held, which is no reading of it.
  ...[2, 3, 4].map((action) => ({ at: at(6), ...attendance, agency: SOCIAL.code, action })),
  { at: at(6), youth: YOUTH, kind: 'READ', name: 'group', agency: SOCIAL.code },
  { at: at(6), youth: YOUTH, kind: 'CHANGE', name: 'withdrawConsent', agency: SOCIAL.code },
  { at: at(60), ...attendance, agency: SOCIAL.code },
  { at: at(-1), ...attendance, agency: SOCIAL.code },
  outcome(7, 'RELEASED', ATTENDANCE),
  outcome(7, 'RELEASED', ENROLMENT),
  outcome(7, 'LATE', CUT),
  outcome(7, 'WITHHELD', STOPPED),
];

let ids: string[];
beforeAll(async () => {
  ids = await write(TOLD);
  await write(UNTOLD);
});

const row = (place: number, more: object): Readonly<Record<string, unknown>> => ({
  entryId: ids[place],
  leafIndex: expect.stringMatching(/^\d+$/),
  at: TOLD[place]?.at.toISOString(),
  ...more,
});

const SWEDISH = {
  consent: 'Samtycke, version 2 (Skövde SIG)',
  own: 'Egna uppgifter, utan samtycke',
  certainly: { disclosure: 'RELEASED', shown: 'Visades' },
  possibly: { disclosure: 'POSSIBLE', shown: 'Kan ha visats' },
};
const ENGLISH = {
  consent: 'Consent, version 2 (Skövde SIG)',
  own: 'Its own information, without consent',
  certainly: { disclosure: 'RELEASED', shown: 'Was shown' },
  possibly: { disclosure: 'POSSIBLE', shown: 'May have been shown' },
};

/** The rows in a language: who, in which words, and which kind of information in which words. */
const rows = (
  { consent, own, certainly, possibly }: typeof SWEDISH,
  words: readonly (readonly [role: string, information: string])[],
) => {
  const told = words.map(([role, information]) => ({ role, information }));
  const granted = { category: 'school.attendance', source: SCHOOL, basis: consent, consentVersion: 2 };
  const owned = { basis: own, consentVersion: null, ...possibly };
  return [
    row(6, { ...told[6], agency: SOCIAL, category: 'social-services.case', source: SOCIAL, ...owned }),
    row(5, { ...told[5], agency: SCHOOL, category: 'school.health', source: SCHOOL, ...owned }),
    row(4, { ...told[4], agency: POLICE, category: 'police.suspicion', source: POLICE, ...owned }),
    row(3, { ...told[3], agency: SOCIAL, ...granted, ...possibly }),
    row(2, { ...told[2], agency: POLICE, ...granted, ...possibly }),
    row(1, { ...told[1], agency: SOCIAL, ...granted, category: 'school.enrolment', ...certainly }),
    row(0, { ...told[0], agency: SOCIAL, ...granted, ...certainly }),
  ];
};

/** Rows as an extract numbers them, and their number. */
const numbered = (told: ReturnType<typeof rows>) => ({
  readings: told.length,
  rows: told.map((each, place) => ({ ...each, number: place + 1 })),
});

const AROUND = {
  youthId: YOUTH,
  ...INTERVAL,
  nextRows: null,
  summary: expect.any(Array),
  days: expect.any(Array),
  madeAt: expect.any(String),
  checkpoint: expect.anything(),
};

describe('an extract tells who, when, what, whose, why and whether it was shown', () => {
  test('in Swedish', async () => {
    expect(await reportOf(YOUTH, INTERVAL)).toEqual({
      ...AROUND,
      madeBy: SOCIAL,
      notes: [
        'Här står vem som har fått läsa uppgifter om den unga i Samsyn, när det var, vilken sorts uppgifter det var och varför det var tillåtet. Vad personalen heter står inte.',
        'Det gäller när en myndighet eller verksamhet har läst uppgifter från en annan, och när Skövde kommun, socialtjänsten har läst sina egna uppgifter. Hur de andra har läst sina egna uppgifter får du veta av dem.',
        'Att en sorts uppgifter står här betyder inte att det fanns några sådana uppgifter.',
        '”Kan ha visats” betyder att det inte är säkert att uppgifterna kom fram.',
        '”Egna uppgifter” betyder att någon läste det som den egna myndigheten har antecknat. Det behövs inget samtycke för det.',
        'Försök som stoppades står inte här, för då visades ingenting. Granskare går igenom dem.',
        'Här står inte heller vem som har läst det som Samsyn håller reda på: vilka som är med i gruppen och vad samtycket säger.',
        'Utdraget kan sakna läsningar som enligt lag inte får berättas, och sådana som är så gamla att de har tagits bort.',
        'Tror du att någon har läst utan att ha rätt till det? Säg det till den som gav dig utdraget. Du kan också klaga hos Integritetsskyddsmyndigheten (IMY).',
      ],
      verification:
        'Varje läsning har ett nummer i loggen. Numren räknar allt som står i loggen, om alla som den handlar om. Loggen är förseglad: ingen kan ändra eller ta bort något utan att det märks. En granskare kan ta fram beviset för ett nummer (inclusionProof, eller npm run audit) och hålla det mot kontrollpunkten här.',
      ...numbered(
        rows(SWEDISH, [
          ['samordnare', 'Närvaro och frånvaro'],
          ['samordnare och lots', 'Skolplacering'],
          ['handläggare, genom ett datasystem', 'Närvaro och frånvaro'],
          ['lots', 'Närvaro och frånvaro (det som visar var den unga finns)'],
          ['handläggare', 'Nya brottsmisstankar'],
          ['datasystem', 'Elevhälsa'],
          ['samordnare', 'Ärende'],
          // How other agencies read their own information is not the lead agency's to tell.
        ]).filter(({ entryId }) => entryId !== ids[4] && entryId !== ids[5]),
      ),
    });
  });

  test('in English', async () => {
    expect(await reportOf(YOUTH, { ...INTERVAL, language: 'EN' }, CALLERS.hubAuditor)).toEqual({
      ...AROUND,
      madeBy: { code: 'hub:samsyn', name: 'Samsyn' },
      notes: [
        'Here you can see who has been let to read information about the young person in Samsyn, when it was, what kind of information it was and why it was permitted. It does not say what the staff are called.',
        'It is about reading in all authorities and services.',
        'That a kind of information stands here does not mean that there was any of that kind.',
        '“May have been shown” means that it is not certain that the information arrived.',
        '“Its own information” means that somebody read what their own agency has recorded. That needs no consent.',
        'Attempts that were stopped are not here, since nothing was shown. Auditors look into them.',
        'Nor does it say who has read what Samsyn itself keeps track of: who is in the group and what the consent says.',
        'The extract may lack readings that by law may not be told, and those that are so old that they have been deleted.',
        'Do you think that somebody has read without the right to? Tell whoever gave you the extract. You can also complain to the Swedish Authority for Privacy Protection (IMY).',
      ],
      verification:
        'Every reading has a number in the log. The numbers count all that stands in the log, about everybody whom it is about. The log is sealed: nobody can change or take away anything unnoticed. An auditor can find the proof for a number (inclusionProof, or npm run audit) and hold it against the checkpoint here.',
      ...numbered(
        rows(ENGLISH, [
          ['coordinator', 'School attendance'],
          ['coordinator and mentor', 'School enrolment'],
          ['member of staff, through a computer system', 'School attendance'],
          ['mentor', 'School attendance (what shows where the young person is)'],
          ['member of staff', 'New suspicions of crime'],
          ['computer system', 'Student health'],
          ['coordinator', 'Case'],
        ]),
      ),
    });
  });

  test('to an auditor of another agency as far as that agency is source or recipient', async () => {
    const told = await reportOf(YOUTH, INTERVAL, CALLERS.schoolAuditor);
    expect(told.rows.map(({ entryId }) => entryId)).toEqual([ids[5], ids[3], ids[2], ids[1], ids[0]]);
    expect([told.madeBy.code, told.notes[1]]).toEqual([
      SCHOOL.code,
      'Det gäller bara det som Skövde kommun, grundskolan har läst, och när andra har läst uppgifter därifrån. Resten får du veta av den som samordnar gruppen.',
    ]);
    const nobody = await reportOf(randomUUID(), INTERVAL, CALLERS.schoolAuditor);
    expect([nobody.rows, nobody.notes]).toEqual([[], told.notes]);
  });

  test('and names no person, no request, and nothing of protected identity', async () => {
    const { text } = await ask(CALLERS.hubAuditor, REPORT, { youthId: YOUTH, ...INTERVAL });
    expect(text).not.toMatch(/p-\d{4}|system-police|[Ss]kyddad|[Pp]rotected/);
  });
});

describe('the interval of an extract', () => {
  test('is the last year unless it is said', async () => {
    const { from, to, madeAt } = await reportOf(DEMO_YOUTHS.noConsent.id);
    const yearBefore = new Date(madeAt);
    yearBefore.setUTCFullYear(yearBefore.getUTCFullYear() - 1);
    expect([from, to]).toEqual([yearBefore.toISOString(), madeAt]);
  });

  test.each([
    ['ends before it begins', { from: INTERVAL.to, to: INTERVAL.from }],
    ['is longer than a year', { from: new Date(START.getTime() - 367 * DAY).toISOString(), to: INTERVAL.from }],
  ])('that %s is refused', async (_, interval) => {
    const { data, errors } = await ask(COORDINATOR, REPORT, { youthId: YOUTH, ...interval });
    expect([data, errors.map(({ extensions }) => extensions)]).toEqual([
      { accessReport: null },
      [{ code: 'BAD_USER_INPUT', field: 'from' }],
    ]);
  });
});

describe('an extract of any number of readings', () => {
  const youthId = DEMO_YOUTHS.awaitingSignature.id;
  const start = ago(150);
  const interval = { from: start.toISOString(), to: new Date(start.getTime() + MINUTE).toISOString() };

  test('numbers its rows through all pages; what is left out does not count', async () => {
    const { database } = await sharedRegistry();
    const { rows: written } = await database.admin.query<{ id: string }>(
      `INSERT INTO registry.entry (at, kind, permitted, request_id, operation_hash, caller, agency, roles, action, youth,
         source, category, whereabouts, reason)
       SELECT $1, 'DECISION', true, gen_random_uuid(), 'x', 'p-3001', a.id, 4, 1, $2, a.id, k.id, false, 'OWN'
       FROM registry.agency a, registry.category k, generate_series(1, 1001)
       WHERE a.code = 'social-services:skovde' AND k.code = 'social-services.case' RETURNING id`,
      [start, youthId],
    );
    const read: string[] = [];
    for (let after: string | null = null; ; ) {
      const page: Report = await reportOf(youthId, { ...interval, first: 400, after });
      expect(page.rows.map(({ number }) => number)).toEqual(page.rows.map((_, place) => read.length + place + 1));
      expect([page.readings, page.summary]).toEqual([1001, [expect.objectContaining({ times: 1001 })]]);
      read.push(...page.rows.map(({ entryId }) => entryId));
      if (page.nextRows === null) break;
      after = page.nextRows;
    }
    expect(read).toEqual(
      written
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
    const whole = await reportOf(youthId, interval);
    expect([whole.rows.length, whole.nextRows]).toEqual([1000, expect.any(String)]);
    await database.admin.query(
      `INSERT INTO registry.telling (entry, youth, agency, revision, decision, ground, recorded_by)
       SELECT $1, $2, id, 1, 'LEAVE_OUT', 'OSL 18 kap. 1 §', 'p-3900' FROM registry.agency WHERE code = 'school:skovde'`,
      [written[0]?.id, youthId],
    );
    const { readings, nextRows, rows: told, days } = await reportOf(youthId, interval);
    expect([readings, nextRows, told.length, days]).toEqual([
      1000,
      null,
      1000,
      [expect.objectContaining({ agency: { code: SOCIAL.code }, times: 1000, information: ['Ärende'] })],
    ]);
  });

  test.each([
    ['no row', { first: 0 }, 'first'],
    ['too many rows', { first: 1001 }, 'first'],
    ['rows from nowhere', { after: 'CANARY' }, 'after'],
  ])('that asks for %s is refused', async (_, page, field) => {
    const { errors, text } = await ask(COORDINATOR, REPORT, { youthId, ...interval, ...page });
    expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_USER_INPUT', field }]);
    expect(text).not.toContain('CANARY');
  });

  test('begins with who read which kind how often, and has a line for each day in Sweden and agency', async () => {
    const day = ago(320).toISOString().slice(0, 10);
    const next = new Date(Date.parse(day) + DAY).toISOString().slice(0, 10);
    const [together, after] = [randomUUID(), { ...attendance, agency: SOCIAL.code }];
    await write([
      { at: new Date(`${day}T12:00:00Z`), ...after, request: together },
      { at: new Date(`${day}T12:00:00Z`), ...after, request: together, category: 'school.enrolment' },
      { at: new Date(`${day}T12:30:00Z`), ...after, whereabouts: true },
      { at: new Date(`${day}T23:30:00Z`), ...attendance, agency: POLICE.code },
      { at: new Date(`${day}T23:40:00Z`), ...after },
    ]);
    const { summary, days, readings } = await reportOf(YOUTH, { from: `${day}T00:00:00Z`, to: `${next}T12:00:00Z` });
    const school = {
      source: { code: SCHOOL.code },
      category: 'school.attendance',
      information: 'Närvaro och frånvaro',
    };
    const social = { agency: { code: SOCIAL.code } };
    const at = (time: string) => `${day}T${time}:00.000Z`;
    const once = (time: string) => ({ times: 1, first: at(time), last: at(time) });
    const whereabouts = 'Närvaro och frånvaro (det som visar var den unga finns)';
    expect([readings, summary]).toEqual([
      5,
      [
        { ...school, agency: { code: POLICE.code }, ...once('23:30') },
        { ...school, ...social, times: 2, first: at('12:00'), last: at('23:40') },
        { ...school, ...social, information: whereabouts, ...once('12:30') },
        { ...school, ...social, category: 'school.enrolment', information: 'Skolplacering', ...once('12:00') },
      ],
    ]);
    expect(days).toEqual([
      { day: next, agency: { code: POLICE.code }, times: 1, information: ['Närvaro och frånvaro'] },
      { day: next, ...social, times: 1, information: ['Närvaro och frånvaro'] },
      { day, ...social, times: 2, information: ['Närvaro och frånvaro', whereabouts, 'Skolplacering'] },
    ]);
  });
});

test('every extract is an entry that says what was asked for', async () => {
  const asked = await ask(COORDINATOR, REPORT, { youthId: YOUTH, ...INTERVAL, language: 'EN' });
  const refused = await ask(CALLERS.schoolManager, REPORT, { youthId: YOUTH, ...INTERVAL });
  const { database } = await sharedRegistry();
  const entries = await database.admin.query(
    `SELECT kind, name, permitted, caller, youth, fields FROM registry.entry WHERE request_id IN ($1, $2) ORDER BY id`,
    [asked.requestId, refused.requestId],
  );
  const entry = { kind: 'READ', name: 'accessReport', youth: YOUTH };
  const fields = `from:${INTERVAL.from},to:${INTERVAL.to}`;
  expect(entries.rows).toEqual([
    { ...entry, permitted: true, caller: 'p-1001', fields: `${fields},language:EN` },
    { ...entry, permitted: false, caller: 'p-3801', fields: `${fields},language:SV` },
  ]);
});
