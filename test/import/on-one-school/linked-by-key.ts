import { afterEach, expect, test } from '@jest/globals';
import type { Importer } from '../../../chassis/importer.ts';
import { testIdentityNumber } from '../../../schema/demo-world.ts';
import { aggregatedAttendance } from '../../../subgraphs/school/ss12000/aggregated-attendance.ts';
import { GRADE_8, NOTHING, numberOf, person, SKOVDE, STRANGER, UPPER } from '../../setup/school.ts';
import { importing, school } from './shared-school.ts';

const KEY = 'key-of-ella';
const NUMBER = testIdentityNumber('2013-01-01');

const STRANGER_TOO = testIdentityNumber('2009-01-06');

const ANOTHERS_KEY = 'is the personKey of a link that is not this person’s, so compare both';

const ATTENDED = { linked: 0, notLinked: 0, created: 0, changed: 0, unchanged: 0, leftWithdrawn: 0 };

const month = (student: string, number: string, more: object = {}) => ({
  ...{ activity: { id: 'activity-1' }, student: { id: student } },
  ...{ startDate: `2026-${number}-01`, endDate: `2026-${number}-28` },
  ...{ attendanceSum: 800, validAbsenceSum: 60, invalidAbsenceSum: 40, reportedSum: 900, offeredSum: 1_000 },
  ...more,
});

const importAttendance = (entries: readonly unknown[]) => importing(entries, aggregatedAttendance as Importer);

/** The school's link of a youth of the demo world, by its first number. */
const [linkOf, was] = [new Map<string, unknown>(), new Map<unknown, string>()];

/** Links a youth of the demo world by this number and key until the test ends. */
async function linked(youth: 'withdrawn' | 'everything', number: string | null, key: string | null): Promise<void> {
  const first = numberOf(youth);
  if (!linkOf.has(first)) {
    const find = 'SELECT id FROM agency.link WHERE agency = $1 AND identity_number = $2 AND ended_at IS NULL';
    const [id] = await school().ask(find, [SKOVDE.agency, first]);
    linkOf.set(first, id);
    was.set(id, first);
  }
  await name(linkOf.get(first), number, key);
}

const name = (id: unknown, number: string | null, key: string | null) =>
  school().owner.query('UPDATE agency.link SET identity_number = $2, person_key = $3 WHERE id = $1', [id, number, key]);

afterEach(async () => {
  for (const [id, number] of was) await name(id, number, null);
  linkOf.clear();
  was.clear();
});

/** Does to a kind's three imported records, in the order of `by`, what staff do: withdraws, holds and corrects. */
async function staffActs(table: string, by: string, correction: string): Promise<void> {
  const ids = await school().ask(`SELECT id FROM agency.${table} WHERE source_id IS NOT NULL ORDER BY ${by}`);
  const acts = ["withdrawn_at = now(), withdrawn_by = 'p-3001'", 'held = true', correction];
  expect(ids).toHaveLength(acts.length);
  for (const [at, act] of acts.entries())
    await school().owner.query(`UPDATE agency.${table} SET ${act}, version = version + 1 WHERE id = $1`, [ids[at]]);
}

test('what staff did to enrolments stands when the number of a pupil who was linked by key comes', async () => {
  const enrolments = [GRADE_8, UPPER, { ...GRADE_8, enroledAt: { id: 'unit-3' } }];
  const file = (number: string, more: readonly object[] = []) => [
    person(KEY, number, { enrolments: [...enrolments, ...more] }),
  ];
  const stored = () =>
    school().ask('SELECT e::text FROM agency.enrolment e WHERE source_id IS NOT NULL ORDER BY school_unit_id');
  await linked('withdrawn', null, KEY);
  await importing(file('20130101TF01'));
  await staffActs('enrolment', 'school_unit_id', "school_unit = 'as staff corrected it'");
  const before = await stored();

  await linked('withdrawn', NUMBER, KEY);
  const counts = { ...NOTHING, linked: 1, enrolmentsUnchanged: 2, enrolmentsLeftWithdrawn: 1 };
  expect((await importing(file(NUMBER))).counts).toEqual(counts);
  expect(await stored()).toEqual(before);

  // What is new from now on is named by the number, and is found again.
  const fourth = [{ ...UPPER, enroledAt: { id: 'unit-4' } }];
  expect((await importing(file(NUMBER, fourth))).counts).toEqual({ ...counts, enrolmentsCreated: 1 });
  expect((await importing(file(NUMBER, fourth))).counts).toEqual({ ...counts, enrolmentsUnchanged: 3 });
});

test('what staff did to attendance stands when the number of a student who was linked by key comes', async () => {
  const months = ['03', '04', '05'];
  const civicNo = { _embedded: { student: { id: KEY, civicNo: { value: NUMBER } } } };
  const stored = () =>
    school().ask('SELECT a::text FROM agency.attendance a WHERE source_id IS NOT NULL ORDER BY "from"');
  await linked('withdrawn', null, KEY);
  await importAttendance(months.map((each) => month(KEY, each)));
  await staffActs('attendance', '"from"', 'minutes_present = 1');
  const before = await stored();

  await linked('withdrawn', NUMBER, KEY);
  for (const more of [{}, civicNo]) {
    const { counts } = await importAttendance(months.map((each) => month(KEY, each, more)));
    expect(counts).toEqual({ ...ATTENDED, linked: 3, unchanged: 2, leftWithdrawn: 1 });
  }
  expect(await stored()).toEqual(before);
});

test('a key that is given to somebody else takes no record along', async () => {
  await linked('withdrawn', null, KEY);
  await importing([person(KEY, '20130101TF01')]);
  await linked('withdrawn', NUMBER, null);
  await linked('everything', numberOf('everything'), KEY);

  const { counts } = await importing([person(KEY, numberOf('everything'))]);

  expect(counts).toEqual({ ...NOTHING, linked: 1, enrolmentsCreated: 1 });
});

test('attendance without a number goes to whom the latest file of persons says, and not to whose key the id is', async () => {
  await linked('withdrawn', null, KEY);
  const attended = async (more: object = {}) => (await importAttendance([month(KEY, '03', more)])).counts;
  const whose = () =>
    school().ask('SELECT link_id FROM agency.attendance WHERE source_id IS NOT NULL AND withdrawn_at IS NULL');
  expect(await attended()).toEqual({ ...ATTENDED, linked: 1, created: 1 });
  await school().owner.query('DELETE FROM agency.attendance WHERE source_id IS NOT NULL');

  const { remarks } = await importing([person(KEY, numberOf('everything'))]);

  expect(remarks).toEqual([{ index: 0, id: KEY, path: '/id', reason: ANOTHERS_KEY }]);
  expect(await attended()).toEqual({ ...ATTENDED, linked: 1, created: 1 });
  expect(await whose()).toEqual(
    await school().ask('SELECT id FROM agency.link WHERE agency = $1 AND identity_number = $2 AND ended_at IS NULL', [
      SKOVDE.agency,
      numberOf('everything'),
    ]),
  );
});

test('an id that is the key of a link with another number is nobody’s, and listed to be looked at', async () => {
  await linked('withdrawn', NUMBER, KEY);
  const attended = async () => (await importAttendance([month(KEY, '03')])).counts;

  for (const _again of [1, 2]) {
    const { counts, remarks } = await importing([person(KEY, STRANGER), person('other', STRANGER_TOO)]);
    expect(counts).toEqual({ ...NOTHING, notLinked: 2 });
    expect(remarks).toEqual([{ index: 0, id: KEY, path: '/id', reason: ANOTHERS_KEY }]);
    expect(await attended()).toEqual({ ...ATTENDED, notLinked: 1 });
  }
  expect(await school().ask('SELECT person_id, link_id FROM agency.ss12000_person')).toEqual([KEY, null]);

  await importing([person(KEY, NUMBER)]);
  expect(await attended()).toEqual({ ...ATTENDED, linked: 1, created: 1 });
});

test('an entry’s number that nobody is linked by finds a link by key only where that has no number', async () => {
  const civicNo = (value: string) => ({ _embedded: { student: { id: KEY, civicNo: { value } } } });
  const attended = async (value: string) => (await importAttendance([month(KEY, '03', civicNo(value))])).counts;

  await linked('withdrawn', null, KEY);
  expect(await attended(NUMBER)).toEqual({ ...ATTENDED, linked: 1, created: 1 });
  await importing([person(KEY, NUMBER)]);
  expect(await attended(NUMBER)).toEqual({ ...ATTENDED, linked: 1, unchanged: 1 });
  await linked('withdrawn', NUMBER, KEY);
  expect(await attended(STRANGER)).toEqual({ ...ATTENDED, notLinked: 1 });
});

test('of two persons of a file on one link, by its number and by its key, only the first is taken', async () => {
  await linked('withdrawn', NUMBER, KEY);
  const others = Array.from({ length: 499 }, (_, n) => ({ id: `other-${n}` }));
  const [byNumber, byKey] = [person('first', NUMBER), person(KEY, 'TF', { enrolments: [UPPER] })];
  const reason = 'is of the same link as persons[0]';

  // In one transaction, and in two.
  for (const between of [[], others]) {
    const report = await importing([byNumber, ...between, byKey]);
    const created = between.length === 0 ? { enrolmentsCreated: 1 } : { enrolmentsUnchanged: 1 };
    expect(report.counts).toEqual({ ...NOTHING, linked: 1, notLinked: between.length, ...created });
    expect(report.rejected).toEqual([{ index: between.length + 1, id: KEY, path: '/id', reason }]);
  }
  expect(await school().ask('SELECT person_id FROM agency.ss12000_person')).toEqual(['first']);
});
