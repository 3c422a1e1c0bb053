import { expect, test } from '@jest/globals';
import { type Importer, UnreadableLine } from '../../../chassis/importer.ts';
import { aggregatedAttendance } from '../../../subgraphs/school/ss12000/aggregated-attendance.ts';
import { NOTHING, numberOf, person, SKOVDE, STRANGER } from '../../setup/school.ts';
import { importing, school } from './shared-school.ts';

const NONE = { linked: 0, notLinked: 0, created: 0, changed: 0, unchanged: 0, leftWithdrawn: 0 };

/** An entry of aggregatedAttendance: one student in one activity, a month. */
const entry = (student: string, more: object = {}) => ({
  ...{ activity: { id: 'activity-1', displayName: 'Matematik-canary' }, student: { id: student } },
  ...{ startDate: '2026-09-01', endDate: '2026-09-30' },
  ...{ attendanceSum: 800, validAbsenceSum: 60, invalidAbsenceSum: 40, otherAttendanceSum: 0 },
  ...{ reportedSum: 900, offeredSum: 1_000 },
  ...more,
});

const importAttendance = (entries: readonly unknown[]) => importing(entries, aggregatedAttendance as Importer);

async function stored(): Promise<unknown[]> {
  const { rows } = await school().owner.query(
    `SELECT l.identity_number, r."from"::text, r."to"::text, minutes_planned AS planned, minutes_present AS present,
        minutes_valid_absence AS valid, minutes_invalid_absence AS invalid
      FROM agency.attendance r JOIN agency.link l ON l.id = r.link_id WHERE r.source_id IS NOT NULL ORDER BY 1, 2`,
  );
  return rows;
}

const SEPTEMBER = { from: '2026-09-01', to: '2026-09-30' };

test('a student’s period is one record, the sum of its activities, and is found again', async () => {
  const number = numberOf('everything');
  await importing([person('a', number), person('b', STRANGER)]);
  const file = [
    entry('a'),
    entry('b'),
    entry('a', { activity: { id: 'activity-2' }, otherAttendanceSum: 50, endDate: '2026-09-30T00:00:00' }),
    entry('a', { startDate: '2026-10-01', endDate: '2026-10-31', otherAttendanceSum: null }),
    entry('nobody'),
  ];

  const report = await importAttendance(file);

  expect(report).toEqual({
    read: 5,
    counts: { ...NONE, linked: 2, notLinked: 2, created: 2 },
    ...{ rejected: [], parts: [], remarks: [] },
  });
  const october = { identity_number: number, from: '2026-10-01', to: '2026-10-31' };
  const rows = [
    { identity_number: number, ...SEPTEMBER, planned: 2_000, present: 1_650, valid: 120, invalid: 80 },
    { ...october, planned: 1_000, present: 800, valid: 60, invalid: 40 },
  ];
  expect(await stored()).toEqual(rows);
  expect((await importAttendance(file)).counts).toEqual({ ...NONE, linked: 2, notLinked: 2, unchanged: 2 });
  const changed = await importAttendance([entry('a', { attendanceSum: 700 })]);
  expect(changed.counts).toEqual({ ...NONE, linked: 1, changed: 1 });
  expect(await stored()).toEqual([{ ...rows[0], planned: 1_000, present: 700, valid: 60, invalid: 40 }, rows[1]]);
});

test('a student is known by a Swedish number in the entry, without any file of persons', async () => {
  const of = (student: string, civicNo: object) => entry(student, { _embedded: { student: { id: student, civicNo } } });
  const report = await importAttendance([
    of('a', { value: numberOf('everything') }),
    of('b', { value: numberOf('withdrawn'), nationality: 'NO' }),
    of('c', { value: 'TF-canary' }),
  ]);

  expect(report.counts).toEqual({ ...NONE, linked: 1, notLinked: 2, created: 1 });
  expect(report.remarks.map(({ index, path }) => [index, path])).toEqual(
    [1, 2].map((index) => [index, '/_embedded/student/civicNo/value']),
  );
  expect(JSON.stringify(report)).not.toContain('canary');
});

test('an id means whom the latest file of persons says, and nobody when it says nobody linked', async () => {
  const counts = async () => (await importAttendance([entry('a')])).counts;
  await importing([person('a', numberOf('everything'))]);
  expect(await counts()).toEqual({ ...NONE, linked: 1, created: 1 });

  await importing([person('a', numberOf('withdrawn'))]);
  expect(await counts()).toEqual({ ...NONE, linked: 1, created: 1 });
  expect(new Set((await stored()).map((row) => Reflect.get(Object(row), 'identity_number')))).toEqual(
    new Set([numberOf('everything'), numberOf('withdrawn')]),
  );

  await importing([person('a', STRANGER)]);
  expect(await counts()).toEqual({ ...NONE, notLinked: 1 });
});

test('a link that has ended attaches nothing, neither by the number nor by the source’s id', async () => {
  const file = [person('a', numberOf('expired'))];
  const ended = (at: string) =>
    school().owner.query(`UPDATE agency.link SET ended_at = ${at} WHERE agency = $1 AND identity_number = $2`, [
      SKOVDE.agency,
      numberOf('expired'),
    ]);
  await importing(file);
  await ended('now()');
  try {
    expect((await importAttendance([entry('a')])).counts).toEqual({ ...NONE, notLinked: 1 });
    expect((await importing(file)).counts).toEqual({ ...NOTHING, notLinked: 1 });
  } finally {
    await ended('NULL');
  }
});

test('a wrong entry takes its student’s period along, since a sum without it would be too small, and no other', async () => {
  const wrong: [object, string, string][] = [
    [{ invalidAbsenceSum: null }, '', "must have required property 'invalidAbsenceSum'"],
    [{ attendanceSum: -1 }, '/attendanceSum', 'must be >= 0'],
    [{ offeredSum: 'canary' }, '/offeredSum', 'must be integer'],
    [{ endDate: '2026-09-31' }, '/endDate', 'must be a day that exists'],
    [{ startDate: undefined }, '', "must have required property 'startDate'"],
  ];
  await importing([person('a', numberOf('everything')), person('b', numberOf('withdrawn'))]);
  for (const [more, path, reason] of wrong) {
    const report = await importAttendance([entry('a'), entry('a', more), entry('b')]);
    expect([report.counts, report.rejected]).toEqual([
      { ...NONE, linked: 1, created: 1 },
      [
        { index: 0, id: 'a', path: '', reason: 'is of a student’s period of which another entry is rejected' },
        { index: 1, id: 'a', path, reason },
      ],
    ]);
    await school().owner.query('DELETE FROM agency.attendance WHERE source_id IS NOT NULL');
  }
});

test('the sums must fit each other and the calendar', async () => {
  const report = await importAttendance([
    entry('a', { offeredSum: 899 }),
    entry('b', { endDate: '2126-09-30' }),
    entry('c', { endDate: '2026-08-30' }),
  ]);

  expect(report.rejected.map(({ path, reason }) => [path, reason])).toEqual([
    ['/offeredSum', 'must be at least the sum of presence and absences'],
    ['/endDate', expect.stringContaining('must be today or an earlier day')],
    ['/endDate', 'must be the same day as from, or a later one'],
  ]);
});

test('a file that lacks entries is refused: a page that another one follows, or a line that cannot be read', () => {
  const page = (pageToken: unknown) => ({ data: [entry('a')], pageToken });
  const read = (...documents: unknown[]) => aggregatedAttendance.entriesOf({ form: 'lines', documents });

  expect(read(page('next'), page(null))).toEqual([entry('a'), entry('a')]);
  expect(read({ aggregatedAttendance: [entry('b')] })).toEqual([entry('b')]);
  expect(() => read(page(null), page('next'))).toThrow('The file ends with a page that another one follows');
  expect(() => read(entry('a'), new UnreadableLine('is not JSON'))).toThrow('Line 2 of the file is not JSON');
  expect(() => read(page(null), { data: [] })).not.toThrow();
  expect(() => read({ data: [] })).toThrow('The file holds no aggregatedAttendance of SS12000.');
});
