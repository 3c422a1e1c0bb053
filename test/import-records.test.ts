import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { ImportTarget } from '../chassis/importer.ts';
import { importEntries } from '../hub/import/import-batches.ts';
import { DEMO_YOUTHS, testIdentityNumber } from '../schema/demo-world.ts';
import { ss12000 } from '../subgraphs/school/ss12000.ts';
import {
  GRADE_8,
  NOTHING,
  numberOf,
  person,
  type SchoolDatabase,
  SKOVDE,
  STRANGER,
  startSchoolDatabase,
  UPPER,
} from './setup/school.ts';

let school: SchoolDatabase;

beforeAll(async () => {
  school = await startSchoolDatabase();
});

afterAll(() => school.end());

beforeEach(async () => {
  await school.owner.query('DELETE FROM agency.enrolment WHERE source_id IS NOT NULL');
});

const importing = (persons: readonly unknown[], target = SKOVDE, client = school.serving) =>
  importEntries(ss12000, persons, target, client, () => undefined);

/** The imported enrolments that are read, of all agencies. */
async function stored(columns = 'school_unit, school_type, year, programme, cancelled'): Promise<unknown[]> {
  const { rows } = await school.owner.query(
    `SELECT ${columns} FROM agency.enrolment WHERE source_id IS NOT NULL AND withdrawn_at IS NULL ORDER BY school_unit_id, year, recorded_at`,
  );
  return rows;
}

test('a linked youth gets the enrolments of the file, and of all others nothing is stored', async () => {
  const [before] = await school.ask('SELECT count(*)::int FROM agency.enrolment');

  const report = await importing([
    person('a', numberOf('everything'), { enrolments: [GRADE_8, { ...UPPER, cancelled: true }] }),
    person('b', STRANGER),
    person('c', numberOf('orebro')),
  ]);

  expect(report).toEqual({
    read: 3,
    counts: { ...NOTHING, linked: 1, notLinked: 2, enrolmentsCreated: 2 },
    rejected: [],
    remarks: [],
  });
  const { rows } = await school.owner.query(
    `SELECT l.youth_id, e.agency, e.author, e.held, e.text_cleared, e.version, e.school_unit, e.school_unit_id, e.school_type,
        e.year, e.programme, e.education_code, e.cancelled
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
    },
  ]);
  expect(await school.ask('SELECT count(*)::int FROM agency.enrolment')).toEqual([Number(before) + 2]);
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
    school.owner.query(`UPDATE agency.enrolment SET ${change}, version = version + 1 WHERE school_unit_id = 'unit-1'`);
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
  await school.owner.query(
    `UPDATE agency.enrolment SET author = 'p-3001', written_by_system = false, names_no_place = gen_random_uuid()
     WHERE source_id IS NOT NULL`,
  );
  const marked = { author: 'p-3001', fed: false, marked: true };
  await importing(file('Ekonomi', 2));
  expect(await marks()).toEqual([{ programme: 'Ekonomi', ...marked }]);
  await importing(file('Ekonomi i Tibro', 2));
  expect(await marks()).toEqual([{ programme: 'Ekonomi i Tibro', ...fed }]);
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
  await importing([person('a', numberOf('twoSchools'))], frida);
  const own = () => school.ask('SELECT id, version FROM agency.enrolment WHERE source_id IS NULL ORDER BY id');
  const before = await own();

  await importing([person('a', numberOf('twoSchools'), { enrolments: [] })]);

  expect(await stored('agency, author')).toEqual([SKOVDE, frida]);
  expect(await own()).toEqual(before);
});

test('a youth that is linked anew keeps its enrolments; an id given to somebody else takes nothing along', async () => {
  const [everything, withdrawn] = [numberOf('everything'), numberOf('withdrawn')];
  await importing([person('a', everything)]);
  const [id] = await school.ask("SELECT id FROM agency.enrolment WHERE source_id LIKE 'ss12000:a:%'");
  await school.owner.query(
    `UPDATE agency.link SET ended_at = now(), ended_by = 'p-3001' WHERE agency = $1 AND identity_number = $2`,
    [SKOVDE.agency, everything],
  );
  await school.owner.query(
    `INSERT INTO agency.link (id, youth_id, agency, identity_number, linked_by, linked_at)
      VALUES (gen_random_uuid(), $1, $2, $3, 'p-3001', now())`,
    [DEMO_YOUTHS.everything.id, SKOVDE.agency, everything],
  );
  const live = `SELECT e.id, l.identity_number FROM agency.enrolment e JOIN agency.link l ON l.id = e.link_id
    WHERE e.source_id IS NOT NULL AND e.withdrawn_at IS NULL AND l.ended_at IS NULL ORDER BY l.identity_number`;
  expect(await school.ask(live)).toEqual([]);

  expect((await importing([person('a', everything)])).counts).toEqual({ ...NOTHING, linked: 1, enrolmentsChanged: 1 });
  expect(await school.ask(live)).toEqual([id, everything]);

  expect((await importing([person('b', everything), person('a', withdrawn)])).counts).toEqual({
    ...NOTHING,
    linked: 2,
    enrolmentsCreated: 2,
    enrolmentsWithdrawn: 1,
  });
  expect((await school.ask(live)).filter((value) => value === id)).toEqual([]);
});

test('a bad person is rejected alone, with the place and the reason, and without what the file says', async () => {
  const secret = 'secret-canary';
  const bad: [object | null | string, string, string][] = [
    [null, '', 'must be object'],
    [secret, '', 'must be object'],
    [{ ...person('p1', STRANGER), givenName: undefined }, '', "must have required property 'givenName'"],
    [person('p2', STRANGER, { civicNo: secret }), '/civicNo', 'must be object'],
    [
      person('p3', STRANGER, { eduPersonPrincipalNames: [] }),
      '/eduPersonPrincipalNames',
      'must NOT have fewer than 1 items',
    ],
    [
      person('p4', STRANGER, { securityMarking: secret }),
      '/securityMarking',
      'must be one of Ingen, Sekretessmarkering, Skyddad folkbokföring',
    ],
    [
      person('p5', STRANGER, { enrolments: [GRADE_8, { ...GRADE_8, schoolYear: undefined }] }),
      '/enrolments/1',
      "must have required property 'schoolYear'",
    ],
    [
      person('p6', STRANGER, { enrolments: [{ ...UPPER, educationCode: null }] }),
      '/enrolments/0/educationCode',
      'must be string',
    ],
    [
      person('p7', STRANGER, { enrolments: [{ ...GRADE_8, schoolYear: 11 }] }),
      '/enrolments/0/schoolYear',
      'must be <= 10',
    ],
    [
      person('p8', STRANGER, { enrolments: [{ ...GRADE_8, schoolType: secret }] }),
      '/enrolments/0/schoolType',
      'must be a school type code in capital letters, for example GR or GY',
    ],
    [
      person('p9', STRANGER, { enrolments: [{ ...GRADE_8, enroledAt: { id: 'a\u0000' } }] }),
      '/enrolments/0/enroledAt/id',
      'must be text without control characters',
    ],
    [
      person('p10', STRANGER, { enrolments: [{ ...GRADE_8, enroledAt: { id: 'a\ud800' } }] }),
      '/enrolments/0/enroledAt/id',
      'must be text without control characters',
    ],
    [person('good', numberOf('everything')), '/id', 'is also the id of persons[0]'],
    [person('p12', numberOf('everything')), '/civicNo', 'is also the number of persons[0]'],
    [person(STRANGER, STRANGER, { emails: [{}] }), '/emails/0', "must have required property 'value'"],
  ];

  const report = await importing(
    JSON.parse(JSON.stringify([person('good', numberOf('everything')), ...bad.map(([given]) => given)])),
  );

  expect(report).toEqual({
    read: bad.length + 1,
    counts: { ...NOTHING, linked: 1, enrolmentsCreated: 1 },
    rejected: bad.map(([given, path, reason], at) => ({
      index: at + 1,
      // The source's own id is shown, unless it is a personal identity number.
      id: at < 2 || at === bad.length - 1 ? null : Reflect.get(Object(given), 'id'),
      path,
      reason,
    })),
    remarks: [],
  });
  expect(JSON.stringify(report)).not.toMatch(/canary|\d{12}/);
});

test('a number that is nobody’s is no reason to reject: the person is not linked, and listed to be looked at', async () => {
  const report = await importing([person('a', '200112240129'), person('b', 'TF-canary'), person('c', '')]);

  const reason =
    'is not a Swedish personal identity number or coordination number that somebody can have, so it links to nobody';
  expect(report).toEqual({
    read: 3,
    counts: { ...NOTHING, notLinked: 3 },
    rejected: [],
    remarks: ['a', 'b', 'c'].map((id, index) => ({ index, id, path: '/civicNo/value', reason })),
  });
});

test('only a Swedish number links, and one of a day that is not known is such a number', async () => {
  const [number, unknown] = [numberOf('everything'), testIdentityNumber('2011-00-60')];
  const of = (id: string, nationality: unknown, value = number) =>
    person(id, value, { civicNo: { value, nationality } });
  await school.owner.query('UPDATE agency.link SET identity_number = $1 WHERE identity_number = $2', [
    unknown,
    numberOf('withdrawn'),
  ]);
  try {
    const report = await importing([of('a', 'NO'), of('b', 'SE'), of('c', null, unknown)]);
    expect(report.counts).toEqual({ ...NOTHING, linked: 2, notLinked: 1, enrolmentsCreated: 2 });
    expect(report.remarks.map(({ id, path }) => [id, path])).toEqual([['a', '/civicNo/value']]);
  } finally {
    await school.owner.query('UPDATE agency.link SET identity_number = $2 WHERE identity_number = $1', [
      unknown,
      numberOf('withdrawn'),
    ]);
  }
});

test('numbers are taken however they are written', async () => {
  const number = numberOf('everything');
  for (const written of [
    number.slice(2),
    `${number.slice(0, 8)}-${number.slice(8)}`,
    `${number.slice(2, 8)}-${number.slice(8)}`,
  ]) {
    expect((await importing([person('a', written)])).counts).toMatchObject({ linked: 1, notLinked: 0 });
  }
  expect(await stored('year')).toEqual([{ year: 8 }]);
});

test('protection in the file is counted, for linked and others alike, and pointed out', async () => {
  const report = await importing([
    person('a', numberOf('everything'), { securityMarking: 'Sekretessmarkering' }),
    person('b', STRANGER, { securityMarking: 'Skyddad folkbokföring' }),
    person('c', numberOf('withdrawn'), { securityMarking: 'Ingen' }),
  ]);

  expect(report.counts).toEqual({ ...NOTHING, linked: 2, notLinked: 1, enrolmentsCreated: 2, markedProtected: 2 });
  expect(ss12000.advice(report.counts)).toEqual([
    'Protection is not imported, since the registry holds it. Make sure that the lead agency has recorded it for those of the 2 persons that are in a group.',
  ]);
});

test('a file of the format holds one person, an array, or an object with an array', () => {
  const one = person('a', STRANGER);
  for (const document of [one, [one], { persons: [one] }, { data: [one], pageToken: null }]) {
    expect(ss12000.entriesOf(document)).toEqual([one]);
  }
  for (const document of [[], { persons: [] }]) {
    expect(() => ss12000.entriesOf(document)).toThrow('The file holds no persons. It must hold at least one.');
  }
  for (const document of [null, 7, 'persons', {}, { persons: {} }]) {
    expect(() => ss12000.entriesOf(document)).toThrow('The file holds no persons of SS12000. Expected one person');
  }
});
