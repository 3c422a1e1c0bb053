import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller } from '../schema/caller.ts';
import { type SchoolDatabase, startSchoolDatabase } from '../test/setup/school.ts';
import { readSchool, type SchoolAnswer, type SchoolReader } from '../test/setup/school-reader.ts';
import type { Permit } from './decisions.ts';
import { permit } from './example-schema.ts';
import { CursorSeal } from './news-cursor.ts';

const SCHOOL = 'school:skovde';
const OTHER_SCHOOL = 'school:frida-friskola';
const POLICE: Caller = callerOf('police:nationell');
const STAFF: Caller = callerOf(SCHOOL);

const kinds = {
  report: { category: 'school.report', whereabouts: false },
  enrolment: { category: 'school.enrolment', whereabouts: false },
  unit: { category: 'school.enrolment', whereabouts: true },
  health: { category: 'school.health', whereabouts: false },
};

function callerOf(agency: string): Caller {
  return { subject: 'p-1', actor: null, agency, roles: ['CASEWORKER'] };
}

let database: SchoolDatabase;
let school: SchoolReader;

beforeAll(async () => {
  database = await startSchoolDatabase();
  school = await readSchool(database);
});
afterAll(async () => {
  await school.end();
  await database.end();
});

const write = (text: string, values: unknown[] = []) => database.serving.query(text, values);

/** A youth that the school, or another, has linked. */
async function linkedYouth(agencies: readonly string[] = [SCHOOL]): Promise<string> {
  const youth = randomUUID();
  for (const agency of agencies) await link(youth, agency);
  return youth;
}

async function link(youth: string, agency: string): Promise<void> {
  await write(
    `INSERT INTO agency.link (id, youth_id, agency, identity_number, linked_by, linked_at)
     VALUES ($1, $2, $3, $4, 'p-1', clock_timestamp())`,
    [randomUUID(), youth, agency, randomUUID()],
  );
}

/** Records a report of a day, or something of another table; resolves to its id. */
async function record(youth: string, columns: object = {}, table = 'school_report', agency = SCHOOL): Promise<string> {
  const id = randomUUID();
  const own = table === 'school_report' ? { date: '2026-07-15', text: 'canary' } : {};
  const row = {
    id,
    agency,
    author: 'p-1',
    recorded_at: '2026-07-16',
    held: false,
    text_cleared: true,
    ...own,
    ...columns,
  };
  await write(
    `INSERT INTO agency.${table} (link_id, ${Object.keys(row).join()})
     SELECT l.id, ${Object.keys(row)
       .map((column) => `r.${column}`)
       .join()}
     FROM jsonb_populate_record(NULL::agency.${table}, $1) r, agency.link l
     WHERE l.youth_id = $2 AND l.agency = $3 AND l.ended_at IS NULL`,
    [JSON.stringify(row), youth, agency],
  );
  return id;
}

const change = (id: string, set: string) =>
  write(`UPDATE agency.school_report SET version = version + 1, ${set} WHERE id = $1`, [id]);
const LONG_AGO = `marked_at = '2026-01-01'`;

interface Poll {
  readonly cursor: string | null;
  /** As `KIND id`, or with the text where it is asked for. */
  readonly told: readonly string[] | null;
  readonly errors: SchoolAnswer['errors'];
}

const REPORTS = 'schoolReport { kind id agency record { text } }';

/** Polls the news of a youth; without `asks`, of reports. */
async function poll(
  caller: Caller,
  permits: readonly Permit[],
  youth: string,
  after: string | null = null,
  asks = REPORTS,
): Promise<Poll> {
  const query = `query ($id: ID!, $after: [String!]) { youth(id: $id) { schoolNews(after: $after) { cursor ${asks} } } }`;
  const { data, errors } = await school.ask(caller, permits, query, {
    id: youth,
    after: after === null ? [] : [after],
  });
  const { schoolNews } = (data?.youth ?? {}) as { schoolNews?: Record<string, unknown> | null };
  const { cursor = null, ...told } = schoolNews ?? {};
  return { cursor: cursor as string | null, told: listed(Object.values(told)[0]), errors };
}

function listed(told: unknown): string[] | null {
  const items = (told ?? null) as { kind: string; id: string | null; agency: string }[] | null;
  return items?.map(({ kind, id, agency }) => `${kind} ${id ?? agency}`) ?? null;
}

const reports = (youth: string, key = 'permit', agency = SCHOOL): Permit => ({
  ...permit(youth, agency, kinds.report),
  key,
});

describe('a record', () => {
  test('is told once when it is recorded, corrected and withdrawn', async () => {
    const youth = await linkedYouth();
    const permits = [reports(youth)];
    const first = await record(youth);
    const polls = [await poll(POLICE, permits, youth)];
    const next = async () => polls.push(await poll(POLICE, permits, youth, polls.at(-1)?.cursor));
    await next();
    const second = await record(youth);
    await next();
    await change(first, `text = 'corrected'`);
    await change(first, `text = 'corrected again'`);
    await next();
    await change(first, 'withdrawn_at = now()');
    await next();
    await change(first, 'withdrawn_at = NULL');
    await next();
    await next();
    expect(polls.map(({ told }) => told)).toEqual([
      [`RECORDED ${first}`],
      [],
      [`RECORDED ${second}`],
      [`CORRECTED ${first}`],
      [`WITHDRAWN ${first}`],
      [`RECORDED ${first}`],
      [],
    ]);
  });

  test('comes with what the caller may read of it now', async () => {
    const youth = await linkedYouth();
    const id = await record(youth, { text: 'uncleared-canary', text_cleared: false });
    const query =
      'query ($id: ID!) { youth(id: $id) { schoolNews { schoolReport { kind id agency record { id date text } } } } }';
    const ask = async (caller: Caller) =>
      (await school.ask(caller, [reports(youth)], query, { id: youth })).data?.youth;
    const told = (text: string | null) => ({
      schoolNews: {
        schoolReport: [{ kind: 'RECORDED', id, agency: SCHOOL, record: { id, date: '2026-07-15', text } }],
      },
    });
    expect(await ask(POLICE)).toEqual(told(null));
    expect(await ask(STAFF)).toEqual(told('uncleared-canary'));
  });

  test('that moves out of the granted days is withdrawn, and one that moves in is recorded', async () => {
    const youth = await linkedYouth();
    const permits = [{ ...reports(youth), dataFrom: '2026-07-01', dataTo: '2026-08-01' }];
    const [inside, outside] = [await record(youth), await record(youth, { date: '2026-08-01' })];
    const before = await poll(POLICE, permits, youth);
    await change(inside, `date = '2026-06-30'`);
    await change(outside, `date = '2026-07-31'`);
    const after = await poll(POLICE, permits, youth, before.cursor);
    expect([before.told, after.told]).toEqual([[`RECORDED ${inside}`], [`WITHDRAWN ${inside}`, `RECORDED ${outside}`]]);
  });
});

describe('a record that is held (C17)', () => {
  test('is withdrawn for others who could read it, and corrected for its own agency', async () => {
    const youth = await linkedYouth();
    const permits = [reports(youth)];
    const id = await record(youth);
    const [police, staff] = [await poll(POLICE, permits, youth), await poll(STAFF, permits, youth)];
    await change(id, `held = true, ${LONG_AGO}`);
    expect((await poll(POLICE, permits, youth, police.cursor)).told).toEqual([`WITHDRAWN ${id}`]);
    expect((await poll(STAFF, permits, youth, staff.cursor)).told).toEqual([`CORRECTED ${id}`]);
  });

  test('was never there for who polls for the first time, or with a new permit', async () => {
    const youth = await linkedYouth();
    const id = await record(youth);
    const { cursor } = await poll(POLICE, [reports(youth)], youth);
    await change(id, `held = true, ${LONG_AGO}`);
    expect((await poll(POLICE, [reports(youth)], youth)).told).toEqual([]);
    expect((await poll(POLICE, [reports(youth, 'another')], youth, cursor)).told).toEqual([`FROM_START ${SCHOOL}`]);
  });

  test('and was not told before is not told when it changes, is let go and held again, or is withdrawn', async () => {
    const youth = await linkedYouth();
    const permits = [reports(youth)];
    const id = await record(youth, { held: true });
    let { cursor } = await poll(POLICE, permits, youth);
    const told: unknown[] = [];
    for (const set of [`text = 'x'`, `held = false, ${LONG_AGO}`, `held = true, ${LONG_AGO}`, 'withdrawn_at = now()']) {
      await change(id, set);
      if (set.startsWith('held = false')) continue;
      const next = await poll(POLICE, permits, youth, cursor);
      told.push(next.told);
      cursor = next.cursor;
    }
    expect(told).toEqual([[], [], []]);
  });

  test('is not told to be gone while the mutation that holds it has not answered (C14), and is told then', async () => {
    const youth = await linkedYouth();
    const permits = [reports(youth)];
    const [held, other] = [await record(youth), await record(youth)];
    const first = await poll(POLICE, permits, youth);
    await change(held, 'held = true, marked_at = now()');
    await change(other, `text = 'corrected'`);
    const during = await poll(POLICE, permits, youth, first.cursor);
    // The same as when time passes.
    await change(held, LONG_AGO);
    const later = await poll(POLICE, permits, youth, during.cursor);
    const last = await poll(POLICE, permits, youth, later.cursor);
    expect([during.told, later.told, last.told]).toEqual([[`CORRECTED ${other}`], [`WITHDRAWN ${held}`], []]);
  });
});

describe('a link that ends', () => {
  const unlink = (youth: string, at: string) =>
    write(`UPDATE agency.link SET ended_at = ${at} WHERE youth_id = $1 AND ended_at IS NULL`, [youth]);

  test('withdraws what hung on it for who could read it, and nothing else', async () => {
    const youth = await linkedYouth();
    const permits = [reports(youth)];
    const [known, held] = [await record(youth), await record(youth, { held: true })];
    const { cursor } = await poll(POLICE, permits, youth);
    const unknown = await record(youth);
    await unlink(youth, `'2026-01-01'`);
    await change(held, `held = false, ${LONG_AGO}`);
    await link(youth, SCHOOL);
    const anew = await record(youth);
    const next = await poll(POLICE, permits, youth, cursor);
    expect(next.told?.toSorted()).toEqual([`RECORDED ${anew}`, `WITHDRAWN ${known}`].toSorted());
    expect(JSON.stringify(next)).not.toContain(unknown);
    expect((await poll(POLICE, permits, youth, next.cursor)).told).toEqual([]);
  });

  test('is told when the mutation has answered (C14)', async () => {
    const youth = await linkedYouth();
    const permits = [reports(youth)];
    const id = await record(youth);
    const first = await poll(POLICE, permits, youth);
    await unlink(youth, 'now()');
    const during = await poll(POLICE, permits, youth, first.cursor);
    await write(`UPDATE agency.link SET ended_at = '2026-01-01' WHERE youth_id = $1`, [youth]);
    const later = await poll(POLICE, permits, youth, during.cursor);
    expect([during.told, later.told]).toEqual([[], [`WITHDRAWN ${id}`]]);
  });

  test('lets a record that is fed again to the new link be told as corrected', async () => {
    const youth = await linkedYouth();
    const permits = [reports(youth)];
    const id = await record(youth);
    const { cursor } = await poll(POLICE, permits, youth);
    await unlink(youth, `'2026-01-01'`);
    await link(youth, SCHOOL);
    await write(
      `UPDATE agency.school_report SET link_id = (SELECT id FROM agency.link WHERE youth_id = $2 AND ended_at IS NULL) WHERE id = $1`,
      [id, youth],
    );
    expect((await poll(POLICE, permits, youth, cursor)).told).toEqual([`CORRECTED ${id}`]);
  });
});

describe('a new permit', () => {
  test('tells older records of its agency from the start, and of no other', async () => {
    const youth = await linkedYouth([SCHOOL, OTHER_SCHOOL]);
    const one = await record(youth);
    const other = await record(youth, {}, 'school_report', OTHER_SCHOOL);
    const first = await poll(POLICE, [reports(youth)], youth);
    const both = [reports(youth), reports(youth, 'second', OTHER_SCHOOL)];
    const second = await poll(POLICE, both, youth, first.cursor);
    const third = await poll(POLICE, both, youth, second.cursor);
    expect([first.told, second.told, third.told]).toEqual([
      [`RECORDED ${one}`],
      [`FROM_START ${OTHER_SCHOOL}`, `RECORDED ${other}`],
      [],
    ]);
  });

  test('after one that ended tells from the start what may be read now', async () => {
    const youth = await linkedYouth();
    const [stays, goes] = [await record(youth), await record(youth)];
    const first = await poll(POLICE, [reports(youth)], youth);
    const denied = await poll(POLICE, [], youth, first.cursor);
    await change(goes, 'withdrawn_at = now()');
    const again = await poll(POLICE, [reports(youth)], youth, denied.cursor);
    expect([denied, again.told]).toEqual([
      {
        cursor: expect.any(String),
        told: null,
        errors: [{ code: 'CONSENT_REQUIRED', category: 'school.report' }],
      },
      [`FROM_START ${SCHOOL}`, `RECORDED ${stays}`],
    ]);
  });

  test('to read whereabouts tells from the start what it opens, and losing it tells nothing', async () => {
    const youth = await linkedYouth();
    const id = await record(youth, { school_unit: 'unit-canary', school_type: 'GR', cancelled: false }, 'enrolment');
    const asks = 'enrolment { kind id agency record { year schoolUnit } }';
    const without = [permit(youth, SCHOOL, kinds.enrolment)];
    const whole = [...without, permit(youth, SCHOOL, kinds.unit)];
    const first = await poll(POLICE, without, youth, null, asks);
    const opened = await poll(POLICE, whole, youth, first.cursor, asks);
    const closed = await poll(POLICE, without, youth, opened.cursor, asks);
    const reopened = await poll(POLICE, whole, youth, closed.cursor, asks);
    const again = [`FROM_START ${SCHOOL}`, `RECORDED ${id}`];
    expect([first.told, opened.told, closed.told, reopened.told]).toEqual([[`RECORDED ${id}`], again, [], again]);
    expect(first.errors).toEqual([{ code: 'CONSENT_REQUIRED', category: 'school.enrolment' }]);
  });

  test('limited to days opens no kind of record that has none', async () => {
    const youth = await linkedYouth();
    await record(youth, { contact_exists: true }, 'student_health');
    const limited = { ...permit(youth, SCHOOL, kinds.health), dataFrom: '2020-01-01' };
    const asks = 'studentHealth { kind id agency }';
    expect((await poll(POLICE, [limited], youth, null, asks)).told).toEqual([]);
  });
});

describe('a cursor', () => {
  test('knows the kinds that were told, and tells the others from the start', async () => {
    const youth = await linkedYouth();
    const permits = [reports(youth), permit(youth, SCHOOL, kinds.health)];
    const [report, contact] = [await record(youth), await record(youth, { contact_exists: true }, 'student_health')];
    const skipped = 'studentHealth @skip(if: true) { kind id agency }';
    const first = await poll(POLICE, permits, youth, null, `${REPORTS} ${skipped}`);
    const health = await poll(POLICE, permits, youth, first.cursor, 'studentHealth { kind id agency }');
    expect([first.told, health.told]).toEqual([
      [`RECORDED ${report}`],
      [`FROM_START ${SCHOOL}`, `RECORDED ${contact}`],
    ]);
  });

  test('serves its youth among the cursors of others', async () => {
    const [anna, bo] = [await linkedYouth(), await linkedYouth()];
    const permits = [reports(anna), reports(bo)];
    const ids = [await record(anna), await record(bo)];
    const first = [await poll(POLICE, permits, anna), await poll(POLICE, permits, bo)];
    const later = await record(bo);
    const query = `query ($a: ID!, $b: ID!, $after: [String!]) {
      a: youth(id: $a) { schoolNews(after: $after) { ${REPORTS} } }
      b: youth(id: $b) { schoolNews(after: $after) { ${REPORTS} } }
    }`;
    const after = first.map(({ cursor }) => cursor);
    const { data } = await school.ask(POLICE, permits, query, { a: anna, b: bo, after });
    const { a, b } = data as Record<'a' | 'b', { schoolNews: { schoolReport: unknown } }>;
    expect([
      ...first.map(({ told }) => told),
      listed(a.schoolNews.schoolReport),
      listed(b.schoolNews.schoolReport),
    ]).toEqual([[`RECORDED ${ids[0]}`], [`RECORDED ${ids[1]}`], [], [`RECORDED ${later}`]]);
  });

  test('of another agency, made up or changed is refused, the same for everybody', async () => {
    const youth = await linkedYouth();
    const { cursor } = await poll(POLICE, [reports(youth)], youth);
    const text = cursor ?? '';
    const flipped = `${text.slice(0, 20)}${text[20] === 'A' ? 'B' : 'A'}${text.slice(21)}`;
    const refused = {
      cursor: null,
      told: null,
      errors: [{ code: 'BAD_USER_INPUT', field: 'after' }],
    };
    const polls = await Promise.all([
      poll(STAFF, [reports(youth)], youth, cursor),
      poll(POLICE, [reports(youth)], youth, flipped),
      poll(POLICE, [reports(youth)], youth, text.slice(4)),
      poll(POLICE, [reports(youth)], youth, ''),
      poll(POLICE, [], youth, 'made-up'),
      poll(POLICE, [reports(youth)], youth, 'A'.repeat(20_000)),
    ]);
    expect(polls).toEqual(polls.map(() => refused));
  });

  test('tells nothing: neither permits nor transactions can be read from it, and no two are alike', async () => {
    const youth = await linkedYouth();
    const cursors = [await poll(POLICE, [], youth), await poll(POLICE, [], youth)].map(({ cursor }) => cursor ?? '');
    expect(cursors[0]).not.toEqual(cursors[1]);
    for (const cursor of cursors) expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toContain(youth);
  });

  test('of a database that has been restored since tells everything from the start', async () => {
    const youth = await linkedYouth();
    const id = await record(youth);
    const permits = [reports(youth)];
    const { cursor } = await poll(POLICE, permits, youth);
    const seal = await CursorSeal.of(school.contextOf(POLICE, permits));
    const [content] = seal.open([cursor ?? '']).values();
    expect(content?.history).toMatch(/^\d+\/00000001$/);
    const earlier = seal.seal({ youth, history: 'another/00000001', positions: content?.positions ?? {} });
    expect((await poll(POLICE, permits, youth, earlier)).told).toEqual([`FROM_START ${SCHOOL}`, `RECORDED ${id}`]);
  });

  test('is bounded: there is none where it would be longer', async () => {
    const seal = await CursorSeal.of(school.contextOf(POLICE, []));
    const permits = Array.from({ length: 2_000 }, () => randomUUID());
    const positions = { SchoolReport: { snapshot: '1:1:', permits } };
    expect(seal.seal({ youth: randomUUID(), history: '', positions })).toBeNull();
  });

  test('of at most 200 youths is taken', async () => {
    const youth = await linkedYouth();
    const { cursor } = await poll(POLICE, [reports(youth)], youth);
    const query = 'query ($id: ID!, $after: [String!]) { youth(id: $id) { schoolNews(after: $after) { cursor } } }';
    const codes = [200, 201].map(async (length) => {
      const after = Array.from({ length }, () => cursor);
      const { errors } = await school.ask(POLICE, [reports(youth)], query, { id: youth, after });
      return errors.map(({ code, field }) => [code, field]);
    });
    expect(await Promise.all(codes)).toEqual([[], [['BAD_USER_INPUT', 'after']]]);
  });
});

test('of every table of records the changes are noted, by the database alone', async () => {
  const tables = await database.ask(
    `SELECT table_name FROM information_schema.columns WHERE table_schema = 'agency' AND column_name = 'link_id' ORDER BY 1`,
  );
  expect(
    await database.ask(
      `SELECT event_object_table FROM information_schema.triggers WHERE trigger_name = 'note_change' GROUP BY 1
       HAVING string_agg(event_manipulation, ',' ORDER BY event_manipulation) = 'DELETE,INSERT,UPDATE' ORDER BY 1`,
    ),
  ).toEqual(tables);
  for (const statement of [
    `INSERT INTO agency.change (record, kind, link, live, held) VALUES (gen_random_uuid(), 'x', gen_random_uuid(), true, false)`,
    'UPDATE agency.change SET held = false',
    'DELETE FROM agency.change',
    `UPDATE agency.cursor_key SET key = '\\x00'`,
  ]) {
    await expect(write(statement)).rejects.toThrow('permission denied');
  }
});
