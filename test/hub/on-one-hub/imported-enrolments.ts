import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import { importCommand } from '../../../hub/import/import.ts';
import { DEMO_YOUTHS, type PersonaName, testIdentityNumber } from '../../../schema/demo-world.ts';
import { type Answer, ask } from '../../setup/ask.ts';
import { GRADE_8, numberOf, person } from '../../setup/school.ts';
import { sharedHub } from './shared-hub.ts';

const PERSONS = 20_000;
const PUBLISHED = join(process.cwd(), '../shared/data/ss12000/sample-person.json');
const ENROLMENTS = 'query ($id: ID!) { youth(id: $id) { enrolments { schoolUnitId year } } }';
const IMPORTED = { schoolUnitId: GRADE_8.enroledAt.id, year: GRADE_8.schoolYear };

let hub: Hub;
let folder: string;

/** Imports a file, by default of the school's, into the running hub. */
async function imported(
  file: string,
  parameters = ['school', 'ss12000', file, '--agency', 'school:skovde'],
): Promise<{ code: number; out: string }> {
  let out = '';
  const code = await importCommand(parameters, {
    env: hub.databaseUrls,
    stdout: {
      write(text) {
        out += text;
      },
    },
    stderr: { write: () => true },
  });
  return { code, out };
}

const enrolmentsOf = (persona: PersonaName, youth: keyof typeof DEMO_YOUTHS): Promise<Answer> =>
  ask(hub, persona, ENROLMENTS, { id: DEMO_YOUTHS[youth].id });

/** 20,000 persons, among them two whom the school has linked: one whose consent grants enrolments, one whose does not. */
function school(): unknown[] {
  const strangers = Array.from({ length: PERSONS - 2 }, (_, n) => {
    const born = new Date(Date.UTC(1980, 0, 1 + Math.floor(n / 2))).toISOString().slice(0, 10);
    return testIdentityNumber(born, n % 2 === 0 ? '238' : '239');
  });
  return [numberOf('everything'), numberOf('attendanceOnly'), ...strangers].map((number, n) =>
    person(`whole-school-${n}`, number),
  );
}

beforeAll(async () => {
  hub = await sharedHub();
  folder = mkdtempSync(join(tmpdir(), 'samsyn-imported-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

test('C12 what a school imports is read under consent, and refused without', async () => {
  const file = join(folder, 'school.json');
  writeFileSync(file, JSON.stringify({ data: school() }));
  const refused = await enrolmentsOf('social-coordinator', 'attendanceOnly');

  const { code, out } = await imported(file);

  expect({ code, read: /persons read +([\d,]+)\n/.exec(out)?.[1] }).toEqual({ code: 0, read: '20,000' });
  const own = await enrolmentsOf('school-counsellor', 'attendanceOnly');
  expect(own.data?.youth).toEqual({ enrolments: expect.arrayContaining([IMPORTED]) });
  const granted = await enrolmentsOf('social-coordinator', 'everything');
  expect(granted.errors).toEqual([]);
  expect(granted.data?.youth).toEqual({ enrolments: expect.arrayContaining([IMPORTED]) });
  const denied = await enrolmentsOf('social-coordinator', 'attendanceOnly');
  expect(denied.data).toEqual({ youth: { enrolments: null } });
  expect(denied.errors.map(({ extensions }) => extensions?.code)).toEqual(['CONSENT_REQUIRED']);
  // C12: nobody can tell from a refusal that there is something now.
  expect(denied.text).toBe(refused.text);
}, 120_000);

test('C12 records of another sector come from a table, and are read under consent', async () => {
  const file = join(folder, 'suspicions.csv');
  const rows = (['everything', 'attendanceOnly'] as const).map(
    (youth, n) => `${numberOf(youth)};table-${n};DRUGS;2026-02-03;REPORTED`,
  );
  writeFileSync(file, ['identityNumber;sourceId;offenceGroup;date;status', ...rows].join('\n'));
  const ofYouth = (youth: keyof typeof DEMO_YOUTHS): Promise<Answer> =>
    ask(hub, 'social-coordinator', 'query ($id: ID!) { youth(id: $id) { suspicions { date } } }', {
      id: DEMO_YOUTHS[youth].id,
    });
  const refused = await ofYouth('attendanceOnly');

  const { code, out } = await imported(file, ['police', 'suspicion', file, '--agency', 'police:nationell']);

  expect({ code, created: /records created +(\d+)\n/.exec(out)?.[1] }).toEqual({ code: 0, created: '2' });
  expect((await ofYouth('everything')).data?.youth).toEqual({
    suspicions: expect.arrayContaining([{ date: '2026-02-03' }]),
  });
  expect((await ofYouth('attendanceOnly')).text).toBe(refused.text);
});

(existsSync(PUBLISHED) ? test : test.skip)('the published sample is taken by a running hub', async () => {
  const { code, out } = await imported(PUBLISHED);

  expect({ code, read: /persons read +([\d,]+)\n/.exec(out)?.[1] }).toEqual({ code: 0, read: '1' });
});
