import { expect, test } from '@jest/globals';
import { testIdentityNumber } from '../../../schema/demo-world.ts';
import { persons } from '../../../subgraphs/school/ss12000/persons.ts';
import { GRADE_8, NOTHING, numberOf, person, STRANGER, UPPER } from '../../setup/school.ts';
import { importing, school } from './shared-school.ts';

test('a bad person is rejected alone, with the place and the reason, and without what the file says', async () => {
  const secret = 'secret-canary';
  const bad: [object | null | string, string, string][] = [
    [null, '', 'must be object'],
    [secret, '', 'must be object'],
    [{ ...person('p1', STRANGER), id: undefined }, '', "must have required property 'id'"],
    [person('a\u0000', STRANGER), '/id', 'must be text without control characters'],
    [person('good', numberOf('withdrawn')), '/id', 'is also the id of persons[0]'],
    [person('p5', numberOf('everything')), '/civicNo', 'is also the number of persons[0]'],
    [person(STRANGER, numberOf('everything')), '/civicNo', 'is also the number of persons[0]'],
  ];

  const report = await importing(
    JSON.parse(JSON.stringify([person('good', numberOf('everything')), ...bad.map(([given]) => given)])),
  );

  expect(report).toEqual({
    read: bad.length + 1,
    counts: { ...NOTHING, linked: 1, enrolmentsCreated: 1 },
    // The source's own id is shown, unless it is a personal identity number.
    rejected: bad.map(([, path, reason], at) => ({
      ...{ index: at + 1, path, reason },
      id: [null, null, null, null, 'good', 'p5', null][at],
    })),
    parts: [],
    remarks: [],
  });
  expect(JSON.stringify(report)).not.toMatch(/canary|\d{12}/);
});

test('an enrolment that is wrong is left out alone, and of one that is right the part that is wrong', async () => {
  const secret = 'secret-canary';
  const wrong: [object, string, string, object | null][] = [
    [
      { ...GRADE_8, schoolType: secret },
      '/schoolType',
      'must be a school type code in capital letters, for example GR or GY',
      null,
    ],
    [{ ...GRADE_8, schoolType: undefined }, '', "must have required property 'schoolType'", null],
    [{ ...GRADE_8, enroledAt: undefined }, '', "must have required property 'enroledAt'", null],
    [{ ...GRADE_8, enroledAt: { id: 'a\u0000' } }, '/enroledAt/id', 'must be text without control characters', null],
    [{ ...GRADE_8, enroledAt: { id: 'a\ud800' } }, '/enroledAt/id', 'must be text without control characters', null],
    [{ ...GRADE_8, cancelled: 'no' }, '/cancelled', 'must be boolean', null],
    [{ ...GRADE_8, startDate: 'i fjol' }, '/startDate', 'must be a date, YYYY-MM-DD', null],
    [{ ...GRADE_8, startDate: '2025-02-30' }, '/startDate', 'must be a day that exists', null],
    [{ ...GRADE_8, endDate: '2025-08-17' }, '/endDate', 'must be the day of startDate or a later one', null],
    [{ ...GRADE_8, schoolYear: 11 }, '/schoolYear', 'must be <= 10', { year: null }],
    [{ ...GRADE_8, schoolYear: '8' }, '/schoolYear', 'must be integer', { year: null }],
    [{ ...GRADE_8, educationCode: 7 }, '/educationCode', 'must be string', {}],
    [{ ...GRADE_8, programme: { name: secret } }, '/programme', "must have required property 'id'", {}],
    [
      { ...GRADE_8, enroledAt: { id: 'unit-1', displayName: 'a\u0000' } },
      '/enroledAt/displayName',
      'must be text without control characters',
      { school_unit: 'unit-1' },
    ],
  ];
  for (const [enrolment, path, reason, left] of wrong) {
    const enrolments = [{ ...GRADE_8, enroledAt: { id: 'other' } }, enrolment];
    const report = await importing([person('a', numberOf('everything'), { enrolments })]);
    const rows = await school().owner.query(
      `SELECT school_unit, year, programme, education_code FROM agency.enrolment
        WHERE source_id IS NOT NULL AND school_unit_id <> 'other' AND withdrawn_at IS NULL`,
    );
    expect([report.rejected, report.parts, rows.rows]).toEqual([
      [],
      [{ index: 0, id: 'a', path: `/enrolments/1${path}`, reason }],
      left === null
        ? []
        : [{ ...{ school_unit: 'Lillegårdsskolan', year: 8, programme: null, education_code: null }, ...left }],
    ]);
    expect(JSON.stringify(report)).not.toContain('canary');
    await school().owner.query('DELETE FROM agency.enrolment WHERE source_id IS NOT NULL');
  }
});

test('a person of whom an enrolment was left out loses none that is stored: it may be the one', async () => {
  const whole = person('a', numberOf('everything'), { enrolments: [GRADE_8, UPPER] });
  const broken = person('a', numberOf('everything'), { enrolments: [GRADE_8, { ...UPPER, schoolType: '?' }] });
  await importing([whole]);

  const report = await importing([broken]);

  expect(report.counts).toEqual({ ...NOTHING, linked: 1, enrolmentsUnchanged: 1 });
  expect(report.parts).toHaveLength(1);
  expect((await importing([whole])).counts).toEqual({ ...NOTHING, linked: 1, enrolmentsUnchanged: 2 });
});

test('guardians, staff and pupils without an account or a number are no reason to reject anything', async () => {
  const created = { created: '2026-08-01T08:00:00+02:00', modified: '2026-08-18T10:15:00+02:00' };
  const page = [
    person('pupil', numberOf('everything'), { meta: created, eduPersonPrincipalNames: undefined, sex: 'Kvinna' }),
    {
      id: 'guardian',
      givenName: 'Maj',
      familyName: 'Canary',
      emails: [{ value: 'maj@prov.example' }],
      responsibles: [],
    },
    { id: 'staff', givenName: 'Ulf', familyName: 'Canary', civicNo: { value: STRANGER }, _embedded: { duties: [] } },
    { id: 'protected', givenName: null, familyName: null, civicNo: null, enrolments: null, securityMarking: null },
    { ...person('preschool', ''), civicNo: undefined, eduPersonPrincipalNames: [], emails: 'none' },
  ];

  const report = await importing(page);

  expect(report).toEqual({
    read: 5,
    counts: { ...NOTHING, linked: 1, notLinked: 4, enrolmentsCreated: 1 },
    ...{ rejected: [], parts: [], remarks: [] },
  });
});

test('an upper secondary enrolment without a code, and a compulsory one without a year, are stored', async () => {
  const enrolments = [
    { ...UPPER, educationCode: null },
    { ...GRADE_8, schoolYear: undefined },
  ];
  const report = await importing([person('a', numberOf('everything'), { enrolments })]);

  expect(report.parts).toEqual([]);
  const { rows } = await school().owner.query(
    'SELECT school_type, year, education_code FROM agency.enrolment WHERE source_id IS NOT NULL ORDER BY 1',
  );
  expect(rows).toEqual([
    { school_type: 'GR', year: null, education_code: null },
    { school_type: 'GY', year: 1, education_code: null },
  ]);
});

test('only a Swedish number links, and one of a day that is not known is such a number', async () => {
  const [number, unknown] = [numberOf('everything'), testIdentityNumber('2011-00-60')];
  const of = (id: string, nationality: unknown, value = number) =>
    person(id, value, { civicNo: { value, nationality } });
  await school().owner.query('UPDATE agency.link SET identity_number = $1 WHERE identity_number = $2', [
    unknown,
    numberOf('withdrawn'),
  ]);
  try {
    const report = await importing([of('a', 'NO'), of('b', 'SE'), of('c', null, unknown)]);
    expect(report.counts).toEqual({ ...NOTHING, linked: 2, notLinked: 1, enrolmentsCreated: 2 });
    expect(report.remarks.map(({ id, path }) => [id, path])).toEqual([['a', '/civicNo/value']]);
  } finally {
    await school().owner.query('UPDATE agency.link SET identity_number = $2 WHERE identity_number = $1', [
      unknown,
      numberOf('withdrawn'),
    ]);
  }
});

test('Sweden is written in any of the ways that servers use', async () => {
  const number = numberOf('everything');
  const linkedBy = async (nationality: unknown) =>
    (await importing([person('a', number, { civicNo: { value: number, nationality } })])).counts.linked;

  for (const nationality of ['SE', 'se', 'SWE', null, undefined]) expect(await linkedBy(nationality)).toBe(1);
  for (const nationality of ['NO', 'FI', '', 'Sverige', 46]) expect(await linkedBy(nationality)).toBe(0);
});

test('a marking that the standard does not have counts as protected, and is listed', async () => {
  const marked = (id: string, securityMarking: unknown) => ({ id, securityMarking });
  const report = await importing([marked('a', 'Hemlig-canary'), marked('b', true), marked('c', 'Ingen')]);

  const reason = 'must be one of Ingen, Sekretessmarkering, Skyddad folkbokföring; it is counted as protected';
  expect(report).toEqual({
    read: 3,
    counts: { ...NOTHING, notLinked: 3, markedProtected: 2 },
    ...{ rejected: [], parts: [] },
    remarks: ['a', 'b'].map((id, index) => ({ index, id, path: '/securityMarking', reason })),
  });
});

test('a number that is nobody’s is no reason to reject: the person is not linked, and listed to be looked at', async () => {
  const report = await importing([person('a', '200112240129'), person('b', 'TF-canary'), person('c', '')]);

  const reason =
    'is no Swedish personal identity number or coordination number that somebody can have, so only the agency’s own key links';
  expect(report).toEqual({
    read: 3,
    counts: { ...NOTHING, notLinked: 3 },
    rejected: [],
    parts: [],
    remarks: ['a', 'b', 'c'].map((id, index) => ({ index, id, path: '/civicNo/value', reason })),
  });
});

test('a coordination number of a day that is not known links as any other', async () => {
  const unknown = testIdentityNumber('2011-00-60');
  await school().owner.query('UPDATE agency.link SET identity_number = $1 WHERE identity_number = $2', [
    unknown,
    numberOf('withdrawn'),
  ]);
  const report = await importing([person('a', `${unknown.slice(2, 8)}-${unknown.slice(8)}`)]);
  await school().owner.query('UPDATE agency.link SET identity_number = $2 WHERE identity_number = $1', [
    unknown,
    numberOf('withdrawn'),
  ]);
  expect([report.counts, report.remarks]).toEqual([{ ...NOTHING, linked: 1, enrolmentsCreated: 1 }, []]);
});

test('a pupil with a TF number is linked by the school’s own key, and keeps the enrolments when a number comes', async () => {
  const [number, key] = [testIdentityNumber('2013-01-01'), 'key-of-ella'];
  const tf = person(key, '20130101TF01');
  const link =
    'UPDATE agency.link SET identity_number = $1, person_key = $2 WHERE identity_number = $3 OR person_key = $2';
  const linked = (by: string | null) => school().owner.query(link, [by, key, numberOf('withdrawn')]);
  const counts = async (...entries: readonly unknown[]) => (await importing(entries)).counts;
  const before = await counts(tf);
  await linked(null);

  const first = await counts(tf, person('other', STRANGER));
  const numbered = await counts(person(key, number));
  await linked(number);
  const both = await counts(person(key, number));
  const stranger = await counts(person(key, STRANGER));
  await school().owner.query('UPDATE agency.link SET identity_number = $1, person_key = NULL WHERE person_key = $2', [
    numberOf('withdrawn'),
    key,
  ]);

  expect(before).toEqual({ ...NOTHING, notLinked: 1 });
  expect(first).toEqual({ ...NOTHING, linked: 1, notLinked: 1, enrolmentsCreated: 1 });
  expect(numbered).toEqual({ ...NOTHING, linked: 1, enrolmentsUnchanged: 1 });
  expect(both).toEqual({ ...NOTHING, linked: 1, enrolmentsUnchanged: 1 });
  expect(stranger).toEqual({ ...NOTHING, notLinked: 1 });
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
  expect(await school().ask('SELECT year FROM agency.enrolment WHERE source_id IS NOT NULL')).toEqual([8]);
});

test('protection in the file is counted, for linked and others alike, and pointed out', async () => {
  const report = await importing([
    person('a', numberOf('everything'), { securityMarking: 'Sekretessmarkering' }),
    person('b', STRANGER, { securityMarking: 'Skyddad folkbokföring' }),
    person('c', numberOf('withdrawn'), { securityMarking: 'Ingen' }),
  ]);

  expect(report.counts).toEqual({ ...NOTHING, linked: 2, notLinked: 1, enrolmentsCreated: 2, markedProtected: 2 });
  expect(persons.advice(report.counts)).toEqual([
    'Protection is not imported, since the registry holds it. Make sure that the lead agency has recorded it for those of the 2 persons that are in a group.',
  ]);
});

test('a file of the format holds one person, an array, pages with an array, or lines of any of these', () => {
  const one = person('a', STRANGER);
  const read = (...documents: unknown[]) =>
    persons.entriesOf({ form: documents.length === 1 ? 'document' : 'lines', documents });
  for (const document of [one, [one], { persons: [one] }, { data: [one], pageToken: null }]) {
    expect(read(document)).toEqual([one]);
    expect(read(document, one, { data: [] })).toEqual([one, one]);
  }
  for (const document of [[], { persons: [] }]) {
    expect(() => read(document)).toThrow('The file holds no persons. It must hold at least one.');
  }
  for (const document of [null, 7, 'persons', {}, { persons: {} }]) {
    expect(() => read(document)).toThrow('The file holds no persons of SS12000. Expected one person');
  }
  expect(() => persons.entriesOf({ form: 'table', documents: [] })).toThrow(
    'The file is a table. Expected persons of SS12000, which are JSON.',
  );
});
