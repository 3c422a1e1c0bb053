import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { COORDINATOR, REPORT, reportOf } from './access-report.ts';
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

/** The readings that an extract lists, the latest last. */
const LISTED: readonly Written[] = [
  { at: at(1), ...attendance, agency: SOCIAL.code, roles: 1, answer: ATTENDANCE, fields: 'attendance,schoolReadable' },
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

/** It lists none of these: another youth's, denied, withheld, no reading of agencies' information, outside the interval. */
const UNLISTED: readonly Written[] = [
  { at: at(6), ...attendance, youth: DEMO_YOUTHS.everything.id, agency: SOCIAL.code },
  { at: at(6), ...attendance, agency: POLICE.code, permitted: false, reason: 'NOT_GRANTED' },
  { at: at(6), ...attendance, agency: SOCIAL.code, answer: STOPPED },
  // A record may also be changed, linked or held, which is no reading of it.
  ...[2, 3, 4].map((action) => ({ at: at(6), ...attendance, agency: SOCIAL.code, action })),
  // Nor is the question what may be read.
  { at: at(6), ...attendance, agency: SOCIAL.code, fields: 'schoolReadable' },
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
  ids = await write(LISTED);
  await write(UNLISTED);
});

const row = (place: number, more: object): Readonly<Record<string, unknown>> => ({
  entryId: ids[place],
  leafIndex: expect.stringMatching(/^\d+$/),
  at: LISTED[place]?.at.toISOString(),
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
  const read = words.map(([role, information]) => ({ role, information }));
  const granted = { category: 'school.attendance', source: SCHOOL, basis: consent, consentVersion: 2 };
  const owned = { basis: own, consentVersion: null, ...possibly };
  return [
    row(6, { ...read[6], agency: SOCIAL, category: 'social-services.case', source: SOCIAL, ...owned }),
    row(5, { ...read[5], agency: SCHOOL, category: 'school.health', source: SCHOOL, ...owned }),
    row(4, { ...read[4], agency: POLICE, category: 'police.suspicion', source: POLICE, ...owned }),
    row(3, { ...read[3], agency: SOCIAL, ...granted, ...possibly }),
    row(2, { ...read[2], agency: POLICE, ...granted, ...possibly }),
    row(1, { ...read[1], agency: SOCIAL, ...granted, category: 'school.enrolment', ...certainly }),
    row(0, { ...read[0], agency: SOCIAL, ...granted, ...certainly }),
  ];
};

/** Rows as an extract numbers them, and their number. */
const numbered = (all: ReturnType<typeof rows>) => ({
  readings: all.length,
  rows: all.map((each, place) => ({ ...each, number: place + 1 })),
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

describe('an extract says who, when, what, whose, why and whether it was shown', () => {
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
    const report = await reportOf(YOUTH, INTERVAL, CALLERS.schoolAuditor);
    expect(report.rows.map(({ entryId }) => entryId)).toEqual([ids[5], ids[3], ids[2], ids[1], ids[0]]);
    expect([report.madeBy.code, report.notes[1]]).toEqual([
      SCHOOL.code,
      'Det gäller bara det som Skövde kommun, grundskolan har läst, och när andra har läst uppgifter därifrån. Resten får du veta av den som samordnar gruppen.',
    ]);
    const nobody = await reportOf(randomUUID(), INTERVAL, CALLERS.schoolAuditor);
    expect([nobody.rows, nobody.notes]).toEqual([[], report.notes]);
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
