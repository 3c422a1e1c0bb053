import { expect, test } from '@jest/globals';
import type { ImportTarget } from '../../../chassis/importer.ts';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { persons } from '../../../subgraphs/school/ss12000/persons.ts';
import { GRADE_8, NOTHING, numberOf, person, SKOVDE, STRANGER, UPPER } from '../../setup/school.ts';
import { importing, school } from './shared-school.ts';

/** The imported enrolments that are read, of all agencies. */
async function stored(columns = 'school_unit, school_type, year, programme, cancelled'): Promise<unknown[]> {
  const { rows } = await school().owner.query(
    `SELECT ${columns} FROM agency.enrolment WHERE source_id IS NOT NULL AND withdrawn_at IS NULL ORDER BY school_unit_id, year, agency`,
  );
  return rows;
}

test('a linked youth gets the enrolments of the file, and of all others nothing is stored', async () => {
  const [before] = await school().ask('SELECT count(*)::int FROM agency.enrolment');

  const report = await importing([
    person('a', numberOf('everything'), {
      enrolments: [GRADE_8, { ...UPPER, cancelled: true, endDate: '2026-06-12' }],
    }),
    person('b', STRANGER),
    person('c', numberOf('orebro')),
  ]);

  expect(report).toEqual({
    read: 3,
    counts: { ...NOTHING, linked: 1, notLinked: 2, enrolmentsCreated: 2 },
    ...{ rejected: [], parts: [], remarks: [] },
  });
  const { rows } = await school().owner.query(
    `SELECT l.youth_id, e.agency, e.author, e.held, e.text_cleared, e.version, e.school_unit, e.school_unit_id, e.school_type,
        e.year, e.programme, e.education_code, e.cancelled, e."from"::text, e."to"::text
      FROM agency.enrolment e JOIN agency.link l ON l.id = e.link_id WHERE e.source_id IS NOT NULL ORDER BY e.school_unit_id`,
  );
  const common = {
    youth_id: DEMO_YOUTHS.everything.id,
    ...SKOVDE,
    held: false,
    text_cleared: false,
    version: 1,
  };
  expect(rows).toEqual([
    {
      ...common,
      school_unit: 'Lillegårdsskolan',
      school_unit_id: 'unit-1',
      school_type: 'GR',
      year: 8,
      programme: null,
      education_code: null,
      cancelled: false,
      from: '2025-08-18',
      to: null,
    },
    {
      ...common,
      school_unit: 'unit-2',
      school_unit_id: 'unit-2',
      school_type: 'GY',
      year: 1,
      programme: 'Ekonomiprogrammet',
      education_code: 'EK25',
      cancelled: true,
      from: '2025-08-18',
      to: '2026-06-12',
    },
  ]);
  expect(await school().ask('SELECT count(*)::int FROM agency.enrolment')).toEqual([Number(before) + 2]);
});

test('importing the same file again changes no row, whatever order its enrolments have', async () => {
  const twice = [GRADE_8, { ...GRADE_8, schoolYear: 9 }, UPPER];
  await importing([person('a', numberOf('everything'), { enrolments: twice })]);
  const before = await stored('*');

  const report = await importing([person('a', numberOf('everything'), { enrolments: twice.toReversed() })]);

  expect(report.counts).toEqual({ ...NOTHING, linked: 1, enrolmentsUnchanged: 3 });
  expect(await stored('*')).toEqual(before);
});

test('what changed in the source is changed, what vanished is withdrawn, and comes back with the source', async () => {
  await importing([person('a', numberOf('everything'), { enrolments: [GRADE_8, UPPER] })]);

  const moved = await importing([person('a', numberOf('everything'), { enrolments: [{ ...GRADE_8, schoolYear: 9 }] })]);
  expect(moved.counts).toEqual({ ...NOTHING, linked: 1, enrolmentsChanged: 1, enrolmentsWithdrawn: 1 });
  expect(await stored('school_unit_id, year, version, changed_at IS NOT NULL AS changed')).toEqual([
    { school_unit_id: 'unit-1', year: 9, version: 2, changed: true },
  ]);

  const back = await importing([person('a', numberOf('everything'), { enrolments: [GRADE_8, UPPER] })]);
  expect(back.counts).toEqual({ ...NOTHING, linked: 1, enrolmentsChanged: 2 });
  expect(await stored('school_unit_id, year')).toEqual([
    { school_unit_id: 'unit-1', year: 8 },
    { school_unit_id: 'unit-2', year: 1 },
  ]);
});

test('what staff did to an imported enrolment stands against the file of equal and of other content', async () => {
  const file = (year: number) => [
    person('a', numberOf('everything'), { enrolments: [{ ...GRADE_8, schoolYear: year }, UPPER] }),
  ];
  const staffs = (change: string) =>
    school().owner.query(
      `UPDATE agency.enrolment SET ${change}, version = version + 1 WHERE school_unit_id = 'unit-1'`,
    );
  await importing(file(8));

  await staffs("school_unit = 'as staff corrected it', held = true");
  expect((await importing(file(8))).counts).toEqual({ ...NOTHING, linked: 1, enrolmentsUnchanged: 2 });
  expect(await stored('school_unit, year, held')).toEqual([
    { school_unit: 'as staff corrected it', year: 8, held: true },
    { school_unit: 'unit-2', year: 1, held: false },
  ]);

  expect((await importing(file(9))).counts).toEqual({
    ...NOTHING,
    linked: 1,
    enrolmentsChanged: 1,
    enrolmentsUnchanged: 1,
  });
  const [changed] = await stored('school_unit, year, held');
  expect(changed).toEqual({ school_unit: 'Lillegårdsskolan', year: 9, held: true });

  await staffs("withdrawn_at = now(), withdrawn_by = 'p-3001'");
  for (const year of [9, 7]) {
    expect((await importing(file(year))).counts).toEqual({
      ...NOTHING,
      linked: 1,
      enrolmentsUnchanged: 1,
      enrolmentsLeftWithdrawn: 1,
    });
    expect(await stored('school_unit_id')).toEqual([{ school_unit_id: 'unit-2' }]);
  }
});

test('a person without the field enrolments says nothing about them; an empty array says that there are none', async () => {
  await importing([person('a', numberOf('everything'))]);

  expect((await importing([person('a', numberOf('everything'), { enrolments: undefined })])).counts).toEqual({
    ...NOTHING,
    linked: 1,
  });
  expect(await stored('year')).toEqual([{ year: 8 }]);
  expect((await importing([person('a', numberOf('everything'), { enrolments: [] })])).counts).toEqual({
    ...NOTHING,
    linked: 1,
    enrolmentsWithdrawn: 1,
  });
  expect(await stored('year')).toEqual([]);
});

test('what staff recorded, what another agency has, and who is not in the file stay as they are', async () => {
  const frida: ImportTarget = { agency: 'school:frida-friskola', author: 'import:system-school-frida-friskola' };
  await importing([person('a', numberOf('twoSchools')), person('b', numberOf('everything'))]);
  await importing([person('a', numberOf('twoSchools'))], undefined, frida);
  const own = () => school().ask('SELECT id, version FROM agency.enrolment WHERE source_id IS NULL ORDER BY id');
  const before = await own();

  await importing([person('a', numberOf('twoSchools'), { enrolments: [] })]);

  expect(await stored('agency, author')).toEqual([frida, SKOVDE]);
  expect(await own()).toEqual(before);
});

test('a file takes back what files gave, and not what a system recorded under its own sourceId', async () => {
  await importing([person('a', numberOf('everything'), { enrolments: [GRADE_8, UPPER] })]);
  await school().owner.query(
    "UPDATE agency.enrolment SET source_id = 'system-1' WHERE source_id IS NOT NULL AND school_unit_id = 'unit-2'",
  );

  const report = await importing([person('a', numberOf('everything'), { enrolments: [] })]);

  expect(report.counts).toEqual({ ...NOTHING, linked: 1, enrolmentsWithdrawn: 1 });
  expect(await stored('school_unit_id')).toEqual([{ school_unit_id: 'unit-2' }]);
});

test('a youth that is linked anew keeps its enrolments; an id given to somebody else takes nothing along', async () => {
  const [everything, withdrawn] = [numberOf('everything'), numberOf('withdrawn')];
  await importing([person('a', everything)]);
  const [id] = await school().ask("SELECT id FROM agency.enrolment WHERE source_id LIKE 'ss12000:a:%'");
  await school().owner.query(
    `UPDATE agency.link SET ended_at = now(), ended_by = 'p-3001' WHERE agency = $1 AND identity_number = $2`,
    [SKOVDE.agency, everything],
  );
  await school().owner.query(
    `INSERT INTO agency.link (id, youth_id, agency, identity_number, linked_by, linked_at)
      VALUES (gen_random_uuid(), $1, $2, $3, 'p-3001', now())`,
    [DEMO_YOUTHS.everything.id, SKOVDE.agency, everything],
  );
  const live = `SELECT e.id, l.identity_number FROM agency.enrolment e JOIN agency.link l ON l.id = e.link_id
    WHERE e.source_id IS NOT NULL AND e.withdrawn_at IS NULL AND l.ended_at IS NULL ORDER BY l.identity_number`;
  expect(await school().ask(live)).toEqual([]);

  expect((await importing([person('a', everything)])).counts).toEqual({ ...NOTHING, linked: 1, enrolmentsChanged: 1 });
  expect(await school().ask(live)).toEqual([id, everything]);

  expect((await importing([person('b', everything), person('a', withdrawn)])).counts).toEqual({
    ...NOTHING,
    linked: 2,
    enrolmentsCreated: 2,
    enrolmentsWithdrawn: 1,
  });
  expect((await school().ask(live)).filter((value) => value === id)).toEqual([]);
});

test('places that have ended or lie ahead are told apart by their days, however a server writes them', async () => {
  const at = (id: string, startDate: string | null | undefined, endDate?: string) => ({
    ...GRADE_8,
    ...{ enroledAt: { id }, startDate, endDate },
  });
  const enrolments = [
    at('ended', '2022-08-16', '2025-12-31'),
    at('now', '2026-08-17T00:00:00'),
    at('next', '2027-08-15T22:00:00.000Z', '2028-06-10T00:00:00+0200'),
    at('unknown', null),
  ];

  const report = await importing([person('a', numberOf('everything'), { enrolments })]);

  expect(report.counts).toEqual({ ...NOTHING, linked: 1, enrolmentsCreated: 4, enrolmentsUndated: 1 });
  expect(persons.advice(report.counts)).toEqual([
    'SS12000 requires a startDate. The 1 enrolments without one do not cross under a grant with a data period.',
  ]);
  expect(await stored('school_unit_id, "from"::text, "to"::text')).toEqual([
    { school_unit_id: 'ended', from: '2022-08-16', to: '2025-12-31' },
    { school_unit_id: 'next', from: '2027-08-16', to: '2028-06-10' },
    { school_unit_id: 'now', from: '2026-08-17', to: null },
    { school_unit_id: 'unknown', from: null, to: null },
  ]);
});

test('the days change with the source, and the record stays the same', async () => {
  const of = (more: object) => person('a', numberOf('everything'), { enrolments: [{ ...GRADE_8, ...more }] });
  await importing([of({ startDate: undefined })]);
  const [id] = await school().ask('SELECT id FROM agency.enrolment WHERE source_id IS NOT NULL');

  expect((await importing([of({})])).counts.enrolmentsChanged).toBe(1);
  expect((await importing([of({ endDate: '2026-06-12' })])).counts.enrolmentsChanged).toBe(1);

  expect(await school().ask('SELECT id, "to"::text FROM agency.enrolment WHERE source_id IS NOT NULL')).toEqual([
    id,
    '2026-06-12',
  ]);
});

test('C16 a mark that staff gave goes with the name of the programme, and no file gives one', async () => {
  const file = (programme: string, year: number) => [
    person('a', numberOf('everything'), {
      enrolments: [{ ...UPPER, schoolYear: year, programme: { id: 'p', name: programme } }],
    }),
  ];
  const marks = () => stored('programme, author, written_by_system AS fed, names_no_place IS NOT NULL AS marked');
  await importing(file('Ekonomi', 1));
  const fed = { author: SKOVDE.author, fed: true, marked: false };
  expect(await marks()).toEqual([{ programme: 'Ekonomi', ...fed }]);

  // As the mutation leaves them when a counsellor marks the text.
  await school().owner.query(
    `UPDATE agency.enrolment SET author = 'p-3001', written_by_system = false, names_no_place = gen_random_uuid()
     WHERE source_id IS NOT NULL`,
  );
  const marked = { author: 'p-3001', fed: false, marked: true };
  await importing(file('Ekonomi', 2));
  expect(await marks()).toEqual([{ programme: 'Ekonomi', ...marked }]);
  await importing(file('Ekonomi i Tibro', 2));
  expect(await marks()).toEqual([{ programme: 'Ekonomi i Tibro', ...fed }]);
});
