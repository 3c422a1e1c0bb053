import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { importCommand } from '../hub/import/import.ts';
import { importEntries } from '../hub/import/import-batches.ts';
import { ImportLock } from '../hub/import/import-lock.ts';
import { testIdentityNumber } from '../schema/demo-world.ts';
import { ss12000 } from '../subgraphs/school/ss12000.ts';
import {
  connected,
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

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in this process. */
async function command(parameters: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ended> {
  let [out, err] = ['', ''];
  const code = await importCommand(parameters, {
    env: { SAMSYN_SCHOOL_DATABASE_URL: school.urls.SAMSYN_SCHOOL_DATABASE_URL, ...more },
    stdout: {
      write(text) {
        out += text;
      },
    },
    stderr: {
      write(text) {
        err += text;
      },
    },
  });
  return { code, out, err };
}

/** Runs the command as npm does. */
function spawned(parameters: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', './build/typescript.js', 'hub/import/import.ts', ...parameters], {
    env: { PATH: process.env.PATH, SAMSYN_SCHOOL_DATABASE_URL: school.urls.SAMSYN_SCHOOL_DATABASE_URL },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((done) => child.once('close', (code) => done({ code, out, err })));
}

function fileOf(name: string, content: unknown): string {
  const file = join(school.folder, name);
  writeFileSync(file, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  return file;
}

const importFile = (file: string, ...options: string[]) =>
  command(['school', 'ss12000', file, '--agency', 'school:skovde', ...options]);

test('the command reports for people and as JSON, and tells by its exit code whether some were rejected', async () => {
  const file = fileOf('mixed.json', {
    persons: [person('a', numberOf('everything')), person('b', STRANGER), { id: 'c' }],
  });
  const json = join(school.folder, 'mixed-report.json');

  const mixed = await importFile(file, '--report', json);
  const good = await importFile(fileOf('good.json', `\ufeff${JSON.stringify(person('a', numberOf('everything')))}`));

  expect(mixed).toEqual({
    code: 1,
    out: `Imported ss12000 for school:skovde
  persons read                                      3
  persons linked to a youth                         1
  persons not linked, nothing stored                1
  enrolments created                                1
  enrolments changed                                0
  enrolments unchanged                              0
  enrolments withdrawn, gone from the file          0
  enrolments that staff withdrew, left so           0
  persons marked protected in the source            0
  persons rejected                                  1
Rejected, nothing stored:
  persons[2] (id c): must have required property 'givenName'
`,
    err: '100 % of 3 persons\n',
  });
  expect(JSON.parse(readFileSync(json, 'utf8'))).toEqual({
    sector: 'school',
    format: 'ss12000',
    ...SKOVDE,
    read: 3,
    counts: { ...NOTHING, linked: 1, notLinked: 1, enrolmentsCreated: 1 },
    rejected: [{ index: 2, id: 'c', path: '', reason: "must have required property 'givenName'" }],
    remarks: [],
  });
  expect(good.code).toBe(0);
  expect(good.out).toMatch(/enrolments unchanged +1\n/);
});

test('what cannot be imported at all is told in one sentence, and stores nothing', async () => {
  const good = fileOf('good.json', person('a', numberOf('everything')));
  const missing = join(school.folder, 'missing.json');
  const faults: [readonly string[], string][] = [
    [['school', 'ss12000', missing], `The file ${missing} does not exist: name a JSON file that this user can read.`],
    [
      ['school', 'ss12000', school.folder],
      `The file ${school.folder} is a folder: name a JSON file that this user can read.`,
    ],
    [
      ['school', 'ss12000', fileOf('empty.json', ' \n')],
      `The file ${school.folder}/empty.json is empty: expected JSON. Export it again.`,
    ],
    [
      ['school', 'ss12000', fileOf('half.json', '[\n{"givenName": "Vera-canary", Persson-canary')],
      `The file ${school.folder}/half.json is not JSON (line 2): export the whole file again.`,
    ],
    [
      ['school', 'ss12000', fileOf('latin1.json', Buffer.from('{"id": "\xe5"}', 'latin1'))],
      `The file ${school.folder}/latin1.json is not UTF-8: save it in that encoding.`,
    ],
    [['school', 'ss12000', fileOf('none.json', [])], 'The file holds no persons. It must hold at least one.'],
    [
      ['school', 'sie', good],
      'The sector school has no such format: name one of ss12000 (persons with enrolments as of SS12000, JSON).',
    ],
    [
      ['school', 'ss12000', good],
      'The agency that the file comes from is not known: name it, for example --agency school:skovde.',
    ],
    [
      ['school', 'ss12000', good, '--agency', 'police:nationell'],
      'The agency is not of this sector: expected --agency school:<principal>.',
    ],
    [
      ['school', 'ss12000', good, '--agency', 'school:skovde', '--report', join(missing, 'report.json')],
      `The report ${missing}/report.json cannot be written (ENOENT): name a file that this user can write.`,
    ],
    [
      ['school', 'ss12000', good, '--agency', 'school:skovde', '--author', `system ${STRANGER}`],
      'The author must be a subject in which nothing looks like a personal identity number: name the system’s subject.',
    ],
    [
      ['school', 'ss12000', good, '--data', school.folder],
      `No hub runs from the data folder ${school.folder}: start it with npm start.`,
    ],
  ];

  for (const [parameters, sentence] of faults) {
    expect([parameters, await command(parameters)]).toEqual([parameters, { code: 2, out: '', err: `${sentence}\n` }]);
  }
  expect(await school.ask('SELECT id FROM agency.enrolment WHERE source_id IS NOT NULL')).toEqual([]);
});

test('two imports for one agency do not run at the same time', async () => {
  const file = fileOf('good.json', person('a', numberOf('everything')));
  const other = await ImportLock.take(school.serving, 'school:skovde');
  const refused = await importFile(file);
  await other.giveBack();

  expect(refused).toEqual({
    code: 2,
    out: '',
    err: 'Another import for school:skovde is running: wait until it ends, at most a minute after one that was killed, then import this file.\n',
  });
  expect((await importFile(file)).code).toBe(0);
});

const importing = (persons: readonly unknown[]) =>
  importEntries(ss12000, persons, SKOVDE, school.serving, () => undefined);

test('a person whom the database refuses is rejected alone, and nothing of them is stored', async () => {
  await school.owner.query(`ALTER TABLE agency.enrolment ADD CONSTRAINT refusing CHECK (school_unit <> 'refused')`);
  const refused = [GRADE_8, { ...UPPER, enroledAt: { id: 'refused' } }];
  const persons = (['everything', 'withdrawn', 'expired', 'refused'] as const).map((youth) =>
    person(youth, numberOf(youth), youth === 'expired' ? { enrolments: refused } : {}),
  );

  const report = await importing(persons);
  await school.owner.query('ALTER TABLE agency.enrolment DROP CONSTRAINT refusing');

  expect(report).toEqual({
    read: 4,
    counts: { ...NOTHING, linked: 3, enrolmentsCreated: 3 },
    rejected: [{ index: 2, id: null, path: '', reason: 'cannot be stored by the database (SQLSTATE 23514)' }],
    remarks: [],
  });
  expect(await school.ask('SELECT school_unit_id FROM agency.enrolment WHERE source_id IS NOT NULL')).toEqual(
    Array(3).fill('unit-1'),
  );
});

test('a database that fails in the middle is told, and the next import completes the work', async () => {
  const lost = await connected(school.urls.SAMSYN_SCHOOL_DATABASE_URL);
  const persons = Array.from({ length: 600 }, (_, n) => person(`p${n}`, n === 599 ? numberOf('everything') : ''));

  const broken = importEntries(ss12000, persons, SKOVDE, lost, () => void lost.end());

  await expect(broken).rejects.toThrow(
    'The database failed (Client was closed and is not queryable): the entries before entry 500 are imported; correct the fault and import the same file again.',
  );
  expect((await importing(persons)).counts).toEqual({ ...NOTHING, linked: 1, notLinked: 599, enrolmentsCreated: 1 });
});

const published = join(process.cwd(), '../shared/data/ss12000/sample-person.json');

(existsSync(published) ? test : test.skip)('the published sample is taken', async () => {
  const { code, out } = await importFile(published);

  expect(code).toBe(0);
  expect(out).toMatch(/persons read +1\n/);
  expect(out).toMatch(/persons rejected +0\n/);
});

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
  await school.owner.query(
    `INSERT INTO agency.link (id, youth_id, agency, identity_number, linked_by, linked_at)
      SELECT gen_random_uuid(), gen_random_uuid(), 'school:skovde', number, 'p-3001', now()
      FROM unnest($1::text[]) AS number ON CONFLICT DO NOTHING`,
    [linked],
  );
  const breaks: ((whole: object, number: string) => unknown)[] = [
    () => null,
    (whole) => ({ ...whole, civicNo: {} }),
    (whole) => ({ ...whole, enrolments: [{ schoolType: 'GR' }] }),
    (whole) => ({ ...whole, securityMarking: 'Hemlig' }),
    (whole) => ({ ...whole, id: `person-0` }),
    (whole) => ({ ...whole, civicNo: { value: numbers[0] } }),
    (whole) => ({ ...whole, enrolments: [{ ...GRADE_8, enroledAt: { id: '\u0000' } }] }),
  ];
  // Every 100th but one is broken, among them linked ones.
  const isBroken = (n: number) => n % 100 === 0 && n > 0;
  const persons = numbers.map((number, n) => {
    const whole = person(`person-${n}`, number, { enrolments: n % 2 === 0 ? [GRADE_8, UPPER] : [GRADE_8] });
    return isBroken(n) ? breaks[(n / 100) % breaks.length]?.(whole, number) : whole;
  });
  const file = fileOf('many.json', { data: persons });
  const json = join(school.folder, 'many-report.json');
  const live = new Set(
    await school.ask("SELECT identity_number FROM agency.link WHERE agency = 'school:skovde' AND ended_at IS NULL"),
  );
  const taken = numbers.filter((number, n) => live.has(number) && !isBroken(n));
  const rejected = numbers.flatMap((_, n) => (isBroken(n) ? [n] : []));
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
  expect(report.read).toBe(20_000);
  expect(first.out + first.err + readFileSync(json, 'utf8')).not.toMatch(/canary|\b\d{12}\b/);
  expect(first.seconds / secondsOfFew).toBeLessThan(MOST_TIMES_AS_LONG);
  expect(
    await school.ask(
      `SELECT l.identity_number FROM agency.enrolment e JOIN agency.link l ON l.id = e.link_id
        WHERE e.source_id IS NOT NULL AND e.school_type = 'GR' ORDER BY 1`,
    ),
  ).toEqual([...taken].sort());

  const second = await importFile(file, '--report', json);

  expect(second.code).toBe(1);
  expect(JSON.parse(readFileSync(json, 'utf8')).counts).toEqual({ ...expected, enrolmentsUnchanged: taken.length * 2 });
});
