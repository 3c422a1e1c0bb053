import { expect, test } from '@jest/globals';
import { folders } from '../../../chassis/folders.ts';
import type { Importer } from '../../../chassis/importer.ts';
import type { Subgraph } from '../../../chassis/subgraph.ts';
import { subgraph } from '../../../subgraphs/school/index.ts';
import { numberOf, SKOVDE, STRANGER } from '../../setup/school.ts';
import { command, fileOf, importFile, importing, school } from './shared-school.ts';

const NUMBER = numberOf('everything');
const NONE = { linked: 0, notLinked: 0, created: 0, changed: 0, unchanged: 0, leftWithdrawn: 0 };

const incidents = () => subgraph.imports?.['school-incident'] as Importer;

const incident = (sourceId: unknown, more: object = {}) => ({
  ...{ identityNumber: NUMBER, sourceId, kind: 'THREAT', date: '2026-03-02' },
  ...more,
});

async function stored(): Promise<unknown[]> {
  const { rows } = await school().owner.query(
    `SELECT source_id, author, kind::text, date::text, measure, text_cleared FROM agency.school_incident
      WHERE source_id IS NOT NULL AND withdrawn_at IS NULL ORDER BY source_id`,
  );
  return rows;
}

const ROW = { author: SKOVDE.author, kind: 'THREAT', date: '2026-03-02', measure: null, text_cleared: false };

test('every kind that a system may write, and that names no agency which needs a seat, is a format of its sector', async () => {
  const formats = await Promise.all(
    folders()
      .filter(({ isRegistry }) => !isRegistry)
      .map(async ({ name }) => {
        const loaded = (await import(`../../../subgraphs/${name}/index.ts`)) as { subgraph: Subgraph };
        return [name, Object.keys(loaded.subgraph.imports ?? {})] as const;
      }),
  );
  expect(Object.fromEntries(formats)).toEqual({
    leisure: ['activity', 'field-note', 'leisure-report'],
    police: ['suspicion', 'association', 'police-intervention', 'concern-talk', 'police-report'],
    school: [
      ...['enrolment', 'attendance', 'support-measure', 'school-incident', 'student-health', 'school-report'],
      ...['ss12000', 'ss12000-attendance'],
    ],
    // Only the registry knows the seats, and an import asks no registry: commitments come by addCommitment.
    'social-services': [
      ...['identity', 'guardian', 'social-case', 'intervention', 'placement', 'risk-assessment', 'action-plan'],
      ...['follow-up', 'meeting'],
    ],
  });
});

test('a table of records is imported, and reported as any file', async () => {
  const table = `identityNumber;sourceId;kind;date;measure
${NUMBER};i-1;THREAT;2026-03-02;
${NUMBER.slice(2, 8)}-${NUMBER.slice(8)};i-2;OTHER;2026-03-03;"Samtal; ""kort"""
${STRANGER};i-3;OTHER;2026-03-04;Nobody's-canary
`;
  const file = fileOf('incidents.csv', table);

  const tried = await importFile(file, 'school-incident', '--dry-run');
  expect(await stored()).toEqual([]);
  const imported = await importFile(file, 'school-incident');

  const report = (title: string, unchanged = false) => `${title} school-incident for school:skovde
  records read                                         3
  records about a linked youth                         2
  records about nobody linked, nothing stored          1
  records created                                      ${unchanged ? 0 : 2}
  records changed                                      0
  records unchanged                                    ${unchanged ? 2 : 0}
  records that staff withdrew, left so                 0
  records rejected                                     0
  parts of records left out                            0
`;
  expect(tried).toEqual({
    code: 0,
    out: report('Tried, and stored nothing of,'),
    err: '100 % of 3 records\n',
  });
  expect(imported).toEqual({ ...tried, out: report('Imported') });
  expect(await stored()).toEqual([
    { source_id: 'i-1', ...ROW },
    { source_id: 'i-2', ...ROW, kind: 'OTHER', date: '2026-03-03', measure: 'Samtal; "kort"' },
  ]);
  expect((await importFile(file, 'school-incident')).out).toBe(report('Imported', true));
});

test('JSON lines, and an array, give the same records as a table', async () => {
  const records = [incident('i-1'), incident('i-2', { measure: 'Samtal' })];
  for (const content of [records.map((record) => JSON.stringify(record)).join('\n'), JSON.stringify(records)]) {
    const { code } = await importFile(fileOf('incidents.json', content), 'school-incident');
    expect([code, await stored()]).toEqual([
      0,
      [
        { source_id: 'i-1', ...ROW },
        { source_id: 'i-2', ...ROW, measure: 'Samtal' },
      ],
    ]);
  }
});

test('a record that the source sends again is changed in place: what it leaves out becomes empty', async () => {
  await importing([incident('i-1', { measure: 'Samtal' })], incidents());

  const report = await importing([incident('i-1', { kind: 'OTHER' })], incidents());

  expect(report.counts).toEqual({ ...NONE, linked: 1, changed: 1 });
  expect(await stored()).toEqual([{ source_id: 'i-1', ...ROW, kind: 'OTHER' }]);
});

test('what staff did to an imported record stands against the file of equal and of other content', async () => {
  const file = (kind: string) => importing([incident('i-1', { kind, measure: 'Samtal' })], incidents());
  const staffs = (change: string) =>
    school().owner.query(`UPDATE agency.school_incident SET ${change}, version = version + 1 WHERE source_id = 'i-1'`);
  await file('THREAT');

  await staffs("kind = 'WEAPONS', held = true, text_cleared = true");
  expect((await file('THREAT')).counts).toEqual({ ...NONE, linked: 1, unchanged: 1 });
  const corrected = { source_id: 'i-1', ...ROW, kind: 'WEAPONS', measure: 'Samtal', text_cleared: true };
  expect(await stored()).toEqual([corrected]);

  // C10: a new text has not been cleared.
  await importing([incident('i-1', { measure: 'Nytt samtal' })], incidents());
  const changed = { ...corrected, kind: 'THREAT', measure: 'Nytt samtal', text_cleared: false };
  expect(await stored()).toEqual([changed]);

  await staffs("withdrawn_at = now(), withdrawn_by = 'p-3001'");
  for (const kind of ['THREAT', 'OTHER']) {
    expect((await file(kind)).counts).toEqual({ ...NONE, linked: 1, leftWithdrawn: 1 });
  }
  expect(await stored()).toEqual([]);
});

test('a wrong record is rejected alone by the rules of the API, and nothing of it is quoted', async () => {
  const secret = 'secret-canary';
  const wrong: [unknown, string, unknown][] = [
    [secret, '', 'must be an object'],
    [[], '', 'must be an object'],
    [incident(undefined), '/sourceId', 'must be the source’s own id of the record, 1 to 200 characters'],
    [incident('x'.repeat(201)), '/sourceId', 'must be the source’s own id of the record, 1 to 200 characters'],
    [incident('a\u0000'), '/sourceId', 'must be the source’s own id of the record, 1 to 200 characters'],
    [incident('i-0'), '/sourceId', 'is also the sourceId of records[0]'],
    [
      incident('w-1', { identityNumber: 7 }),
      '/identityNumber',
      'is required, or personKey for a person without a number',
    ],
    [
      incident('w-1k', { identityNumber: null, personKey: NUMBER }),
      '/personKey',
      'must be a key in which nothing looks like an identity number',
    ],
    [incident('w-2', { [secret]: 1 }), '', 'must have no fields but kind, date, measure'],
    [incident('w-3', { textCleared: true }), '', 'must have no fields but kind, date, measure'],
    [incident('w-4', { kind: null }), '/kind', 'is required'],
    [incident('w-5', { kind: secret }), '/kind', expect.stringMatching(/^must be one of VIOLENCE, THREAT, /)],
    [incident('w-6', { date: '2026-02-30' }), '/date', 'must be a date, YYYY-MM-DD'],
    [incident('w-7', { date: '2126-02-03' }), '/date', expect.stringMatching(/^must be today or an earlier day/)],
    [incident('w-8', { measure: 7 }), '/measure', 'must be a text'],
    [incident('w-9', { measure: '' }), '/measure', expect.stringMatching(/^must be longer than or equal to 1/)],
    [incident('w-10', { measure: `a\u0000` }), '/measure', expect.stringContaining('cannot be stored')],
  ];

  const report = await importing([incident('i-0'), ...wrong.map(([given]) => given)], incidents());

  expect(report.counts).toEqual({ ...NONE, linked: 1, created: 1 });
  expect(report.rejected.map(({ index, path, reason }) => [index, path, reason])).toEqual(
    wrong.map(([, path, reason], at) => [at + 1, path, reason]),
  );
  expect(JSON.stringify(report)).not.toMatch(/canary|\d{12}/);
});

test('a table may name persons by the agency’s own key', async () => {
  const keyed = (key: string | null) =>
    school().owner.query('UPDATE agency.link SET person_key = $1 WHERE agency = $2 AND identity_number = $3', [
      key,
      SKOVDE.agency,
      NUMBER,
    ]);
  const rows = `identityNumber;personKey;sourceId;kind;date\n;key-1;k-1;THREAT;2026-03-02\n;key-2;k-2;THREAT;2026-03-02\n${NUMBER};;k-3;THREAT;2026-03-02\n${STRANGER};key-1;k-4;THREAT;2026-03-02\n`;
  await keyed('key-1');
  const { out } = await importFile(fileOf('keyed.csv', rows), 'school-incident');
  await keyed(null);
  expect(out).toMatch(/linked youth +2\n.*stored +2\n.*created +2\n/);
  expect(
    await school().ask("SELECT source_id FROM agency.school_incident WHERE source_id LIKE 'k-%' ORDER BY 1"),
  ).toEqual(['k-1', 'k-3']);
});

test('numbers and truth values of a table are read as such, and what is none is rejected', async () => {
  const attendance = (line: string) =>
    `identityNumber,sourceId,from,to,minutesPlanned,minutesPresent,minutesValidAbsence,minutesInvalidAbsence\n${NUMBER},a-1,${line}\n`;
  const outOf = async (line: string) => (await importFile(fileOf('a.csv', attendance(line)), 'attendance')).out;

  expect(await outOf('2026-03-01,2026-03-31,100,80,10,5')).toMatch(/records created +1\n/);
  expect(await outOf('2026-03-01,2026-03-31,100,80,ten,5')).toContain(
    'records[0] (id a-1): /minutesValidAbsence must be a whole number\n',
  );
  expect(await outOf('2026-03-01,2026-03-31,100,80,10,50')).toContain('records[0] (id a-1): /minutesPlanned ');
  const [enrolment] = [`identityNumber,sourceId,schoolUnit,schoolType,cancelled\n${NUMBER},e-1,Unit,SAM,`];
  expect((await importFile(fileOf('e.csv', `${enrolment}true\n`), 'enrolment')).code).toBe(0);
  expect(await school().ask('SELECT cancelled FROM agency.enrolment WHERE source_id IS NOT NULL')).toEqual([true]);
  expect((await importFile(fileOf('e.csv', `${enrolment}ja\n`), 'enrolment')).out).toContain(
    '/cancelled must be true or false\n',
  );
});

test('a sourceId of another person’s record is rejected, and that record stays', async () => {
  await importing([incident('i-1')], incidents());
  const before = await stored();

  const report = await importing(
    [incident('i-1', { identityNumber: numberOf('withdrawn'), kind: 'OTHER' }), incident('i-2')],
    incidents(),
  );

  expect(report.counts).toEqual({ ...NONE, linked: 2, created: 1 });
  expect(report.rejected).toEqual([
    {
      ...{ index: 0, id: 'i-1', path: '/sourceId' },
      reason: 'belongs to a record about another person. Use one sourceId per record',
    },
  ]);
  expect(await stored()).toEqual([...before, { source_id: 'i-2', ...ROW }]);
});

test('a table whose first row does not name the columns is refused whole, and nothing of it is quoted', async () => {
  const file = fileOf('headless.csv', `${NUMBER};i-1;THREAT-canary;2026-03-02\n${NUMBER};i-2;OTHER;2026-03-02\n`);

  expect(await importFile(file, 'school-incident')).toEqual({
    code: 2,
    out: '',
    err: 'Column 1 of the file has no known name: the first row must name the columns, out of identityNumber, personKey, sourceId, kind, date, measure.\n',
  });
  expect(await command(['school', 'school-incident', fileOf('only.csv', 'sourceId\n')])).toEqual({
    code: 2,
    out: '',
    err: 'The file holds no records. It must hold at least one.\n',
  });
});
