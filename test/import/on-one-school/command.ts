import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ImportLock } from '../../../hub/import/import-lock.ts';
import { GRADE_8, NOTHING, numberOf, person, SKOVDE, STRANGER } from '../../setup/school.ts';
import { command, fileOf, importFile, school } from './shared-school.ts';

test('the command reports for people and as JSON, and shows by its exit code whether some were rejected', async () => {
  const file = fileOf('mixed.json', {
    persons: [
      person('a', numberOf('everything')),
      person('b', STRANGER, { enrolments: [{ ...GRADE_8, schoolYear: 12 }] }),
      { givenName: 'c' },
    ],
  });
  const json = join(school().folder, 'mixed-report.json');

  const mixed = await importFile(file, 'ss12000', '--report', json);
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
  enrolments stored without a first day             0
  persons marked protected in the source            0
  persons rejected                                  1
  parts of persons left out                         1
Rejected, nothing stored:
  persons[2]: must have required property 'id'
Left out, the rest of the entry is imported:
  persons[1] (id b): /enrolments/0/schoolYear must be <= 10
`,
    err: '100 % of 3 persons\n',
  });
  expect(JSON.parse(readFileSync(json, 'utf8'))).toEqual({
    sector: 'school',
    format: 'ss12000',
    ...SKOVDE,
    isDryRun: false,
    read: 3,
    counts: { ...NOTHING, linked: 1, notLinked: 1, enrolmentsCreated: 1 },
    rejected: [{ index: 2, id: null, path: '', reason: "must have required property 'id'" }],
    parts: [{ index: 1, id: 'b', path: '/enrolments/0/schoolYear', reason: 'must be <= 10' }],
    remarks: [],
  });
  expect(good.code).toBe(0);
  expect(good.out).toMatch(/enrolments unchanged +1\n/);
});

test('a fault of the whole file or of the options is reported in one sentence, and nothing is stored', async () => {
  const good = fileOf('good.json', person('a', numberOf('everything')));
  const missing = join(school().folder, 'missing.json');
  const faults: [readonly string[], string][] = [
    [['school', 'ss12000', missing], `The file ${missing} does not exist: name a file that this user can read.`],
    [
      ['school', 'ss12000', school().folder],
      `The file ${school().folder} is a folder: name a file that this user can read.`,
    ],
    [
      ['school', 'ss12000', fileOf('empty.json', ' \n')],
      `The file ${school().folder}/empty.json is empty: export it again.`,
    ],
    [
      ['school', 'ss12000', fileOf('half.json', '[\n{"givenName": "Vera-canary", Persson-canary')],
      `The file ${school().folder}/half.json is not JSON (line 2): export the whole file again.`,
    ],
    [
      ['school', 'ss12000', fileOf('latin1.json', Buffer.from('{"id": "\xe5"}', 'latin1'))],
      `The file ${school().folder}/latin1.json is not UTF-8: save it in that encoding.`,
    ],
    [['school', 'ss12000', fileOf('none.json', [])], 'The file holds no persons. It must hold at least one.'],
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
      ['school', 'ss12000', good, '--data', school().folder],
      `No hub runs from the data folder ${school().folder}: start it with npm start.`,
    ],
  ];

  expect(await command(['school', 'sie', good])).toEqual({
    code: 2,
    out: '',
    err: expect.stringMatching(
      /^The sector school has no such format: name one of enrolment \(.*, ss12000 \(persons .*\n$/,
    ),
  });
  for (const [parameters, sentence] of faults) {
    expect([parameters, await command(parameters)]).toEqual([parameters, { code: 2, out: '', err: `${sentence}\n` }]);
  }
  expect(await school().ask('SELECT id FROM agency.enrolment WHERE source_id IS NOT NULL')).toEqual([]);
});

test('two imports for one agency do not run at the same time', async () => {
  const file = fileOf('good.json', person('a', numberOf('everything')));
  const other = await ImportLock.take(school().serving, 'school:skovde');
  const refused = await importFile(file);
  await other.giveBack();

  expect(refused).toEqual({
    code: 2,
    out: '',
    err: 'Another import for school:skovde is running: wait until it ends, at most a minute after one that was killed, then import this file.\n',
  });
  expect((await importFile(file)).code).toBe(0);
});

describe('the lock of an import', () => {
  const LOST = /^The database could not be reached for most of a minute/;
  let now = 0;
  const taken = () => ImportLock.take(school().serving, 'school:skovde', () => now);

  test('is good for 45 seconds after it was last set forward', async () => {
    const lock = await taken();
    now += 40_000;
    await lock.keep();
    now += 40_000;
    expect(() => lock.demand()).not.toThrow();
    now += 5_000;
    expect(() => lock.demand()).toThrow(LOST);
    await lock.giveBack();
  });

  test('is lost while the session hangs, before another import can begin', async () => {
    const lock = await taken();
    await school().owner.query('BEGIN; LOCK TABLE agency.import_lock IN ACCESS EXCLUSIVE MODE');
    const keeping = lock.keep();
    now += 45_000;
    expect(() => lock.demand()).toThrow(LOST);
    await school().owner.query('ROLLBACK');
    await keeping;
    await lock.giveBack();
  });

  test('is lost at once when another import has taken it', async () => {
    const lock = await taken();
    await school().owner.query('UPDATE agency.import_lock SET until = now()');
    const other = await taken();
    await lock.keep();
    expect(() => lock.demand()).toThrow(LOST);
    expect(() => other.demand()).not.toThrow();
    await other.giveBack();
  });
});

const published = join(process.cwd(), '../shared/data/ss12000/sample-person.json');

(existsSync(published) ? test : test.skip)('the published sample is taken', async () => {
  const { code, out } = await importFile(published);

  expect(code).toBe(0);
  expect(out).toMatch(/persons read +1\n/);
  expect(out).toMatch(/persons rejected +0\n/);
});
