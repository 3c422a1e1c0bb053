import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { testIdentityNumber } from '../../../schema/demo-world.ts';
import { GRADE_8, NOTHING, person, UPPER } from '../../setup/school.ts';
import { fileOf, importFile, school, spawned } from './shared-school.ts';

/** Numbers of the test series, two for each day from 1 January of a year: both serials. */
function testNumbers(year: number, days: number): string[] {
  return Array.from({ length: days }, (_, day) => {
    const born = new Date(Date.UTC(year, 0, 1 + day)).toISOString().slice(0, 10);
    return [testIdentityNumber(born), testIdentityNumber(born, '239')];
  }).flat();
}

/** A tenth of the persons, by others' numbers: what each costs does not grow with how many there are. */
const TENTH = { year: 1960, days: 1_000 };
/** More than ten times as long, and not yet the hundred times of what looks at all others for each. */
const MOST_TIMES_AS_LONG = 15;

test('20,000 persons, some of them broken in each way, are imported; a second run changes nothing', async () => {
  const numbers = testNumbers(1990, 10_000);
  const linked = numbers.filter((_, n) => n % 50 === 0);
  await school().owner.query(
    `INSERT INTO agency.link (id, youth_id, agency, identity_number, linked_by, linked_at)
      SELECT gen_random_uuid(), gen_random_uuid(), 'school:skovde', number, 'p-3001', now()
      FROM unnest($1::text[]) AS number ON CONFLICT DO NOTHING`,
    [linked],
  );
  const breaks: ((whole: { enrolments: object[] }, number: string) => unknown)[] = [
    () => null,
    (whole) => ({ ...whole, id: '\u0000' }),
    (whole) => ({ ...whole, id: 'person-0' }),
    (whole) => ({ ...whole, civicNo: { value: numbers[0] } }),
    // These break a part only.
    (whole) => ({ ...whole, enrolments: [...whole.enrolments, { schoolType: 'GR' }] }),
    (whole) => ({ ...whole, enrolments: [...whole.enrolments, { ...GRADE_8, enroledAt: { id: '\u0000' } }] }),
    (whole) => ({ ...whole, enrolments: whole.enrolments.map((each) => ({ ...each, schoolYear: 99 })) }),
  ];
  // Every 100th but one is broken, among them linked ones.
  const breakOf = (n: number) => (n % 100 === 0 && n > 0 ? (n / 100) % breaks.length : -1);
  const isRejected = (n: number) => breakOf(n) >= 0 && breakOf(n) < 4;
  const isPartly = (n: number) => breakOf(n) >= 4;
  const persons = numbers.map((number, n) => {
    const whole = person(`person-${n}`, number, { enrolments: n % 2 === 0 ? [GRADE_8, UPPER] : [GRADE_8] });
    return breakOf(n) === -1 ? whole : breaks[breakOf(n)]?.(whole as { enrolments: object[] }, number);
  });
  const file = fileOf('many.json', { data: persons });
  const json = join(school().folder, 'many-report.json');
  const live = new Set(
    await school().ask("SELECT identity_number FROM agency.link WHERE agency = 'school:skovde' AND ended_at IS NULL"),
  );
  const taken = numbers.filter((number, n) => live.has(number) && !isRejected(n));
  const rejected = numbers.flatMap((_, n) => (isRejected(n) ? [n] : []));
  const expected = { ...NOTHING, linked: taken.length, notLinked: 20_000 - rejected.length - taken.length };

  const fewNumbers = testNumbers(TENTH.year, TENTH.days);
  const few = fileOf('few.json', { data: fewNumbers.map((number, n) => person(`few-${n}`, number)) });
  const timed = async (path: string) => {
    const before = performance.now();
    const said = await spawned(['school', 'ss12000', path, '--agency', 'school:skovde', '--report', json]);
    return { ...said, seconds: (performance.now() - before) / 1000 };
  };

  const { seconds: secondsOfFew } = await timed(few);
  const first = await timed(file);

  const report = JSON.parse(readFileSync(json, 'utf8'));
  expect(first.code).toBe(1);
  expect(first.err.split('\n').slice(0, 2)).toEqual(['10 % of 20,000 persons', '20 % of 20,000 persons']);
  expect(taken.length).toBeGreaterThan(190);
  expect(report.counts).toEqual({ ...expected, enrolmentsCreated: taken.length * 2 });
  expect(report.rejected.map(({ index }: { index: number }) => index)).toEqual(rejected);
  expect([...new Set(report.parts.map(({ index }: { index: number }) => index))]).toEqual(
    numbers.flatMap((_, n) => (isPartly(n) ? [n] : [])),
  );
  expect(report.read).toBe(20_000);
  expect(first.out + first.err + readFileSync(json, 'utf8')).not.toMatch(/canary|\b\d{12}\b/);
  expect(first.seconds / secondsOfFew).toBeLessThan(MOST_TIMES_AS_LONG);
  expect(
    await school().ask(
      `SELECT l.identity_number FROM agency.enrolment e JOIN agency.link l ON l.id = e.link_id
        WHERE e.source_id IS NOT NULL AND e.school_type = 'GR' ORDER BY 1`,
    ),
  ).toEqual([...taken].sort());

  const second = await importFile(file, 'ss12000', '--report', json);

  expect(second.code).toBe(1);
  expect(JSON.parse(readFileSync(json, 'utf8')).counts).toEqual({ ...expected, enrolmentsUnchanged: taken.length * 2 });
});
