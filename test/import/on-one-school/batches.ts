import { expect, test } from '@jest/globals';
import { GRADE_8, NOTHING, numberOf, person, SKOVDE, STRANGER, UPPER } from '../../setup/school.ts';
import { importing, school } from './shared-school.ts';

test('a person whom the database refuses is rejected alone, and nothing of them is stored', async () => {
  await school().owner.query(`ALTER TABLE agency.enrolment ADD CONSTRAINT refusing CHECK (school_unit <> 'refused')`);
  const refused = [GRADE_8, { ...UPPER, enroledAt: { id: 'refused' } }];
  const persons = (['everything', 'withdrawn', 'expired', 'refused'] as const).map((youth) =>
    person(youth, numberOf(youth), youth === 'expired' ? { enrolments: refused } : {}),
  );

  const report = await importing(persons);
  await school().owner.query('ALTER TABLE agency.enrolment DROP CONSTRAINT refusing');

  expect(report).toEqual({
    read: 4,
    counts: { ...NOTHING, linked: 3, enrolmentsCreated: 3 },
    rejected: [{ index: 2, id: null, path: '', reason: 'cannot be stored by the database (SQLSTATE 23514)' }],
    parts: [],
    remarks: [],
  });
  expect(await school().ask('SELECT school_unit_id FROM agency.enrolment WHERE source_id IS NOT NULL')).toEqual(
    Array(3).fill('unit-1'),
  );
});

test('a database that fails in the middle is reported, and the next import completes the work', async () => {
  const persons = Array.from({ length: 600 }, (_, n) =>
    person(`p${n}`, n === 599 ? numberOf('everything') : n === 0 ? numberOf('withdrawn') : ''),
  );
  await school().owner.query(`
    CREATE FUNCTION agency.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'no space left', DETAIL = 'detail-canary';
    END $$;
    CREATE TRIGGER failing BEFORE INSERT ON agency.enrolment
      FOR EACH ROW WHEN (NEW.source_id LIKE 'ss12000:p599:%') EXECUTE FUNCTION agency.fail()`);

  const broken = importing(persons);

  await expect(broken).rejects.toThrow(
    /^The database failed \(no space left\): the entries before entry 500 are imported; correct the fault and import the same file again\.$/,
  );
  await school().owner.query('DROP FUNCTION agency.fail CASCADE');
  expect((await importing(persons)).counts).toEqual({
    ...NOTHING,
    ...{ linked: 2, notLinked: 598, enrolmentsCreated: 1, enrolmentsUnchanged: 1 },
  });
});

test('a dry run reports what an import would do, and stores nothing', async () => {
  const file = [person('a', numberOf('everything')), person('b', STRANGER), { id: 'c', enrolments: [{}] }];
  const rows = () => school().ask('SELECT count(*)::int FROM agency.enrolment');
  const [before] = await rows();

  const tried = await importing(file, undefined, SKOVDE, { isDryRun: true });

  expect(tried.counts).toEqual({ ...NOTHING, linked: 1, notLinked: 2, enrolmentsCreated: 1 });
  expect(await rows()).toEqual([before]);
  expect(await importing(file)).toEqual(tried);
  expect(await rows()).toEqual([Number(before) + 1]);
});
