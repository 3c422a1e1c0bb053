import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { permit } from '../../test/chassis/example-schema.ts';
import {
  change,
  kinds,
  linkedYouth,
  listed,
  newsWorld,
  OTHER_SCHOOL,
  POLICE,
  poll,
  REPORTS,
  record,
  reports,
  SCHOOL,
  STAFF,
} from '../../test/setup/school-news.ts';
import { CursorSeal } from './news-cursor.ts';

describe('a new permit', () => {
  test('reports older records from the start, of its own agency alone', async () => {
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

  test('reports from the start what may be read now, if an earlier permit has ended', async () => {
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

  test('reports from the start what it opens, if it is for whereabouts; losing it reports nothing', async () => {
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

  test('opens no kind of record without a date, if it is limited to days', async () => {
    const youth = await linkedYouth();
    await record(youth, { contact_exists: true }, 'student_health');
    const limited = { ...permit(youth, SCHOOL, kinds.health), dataFrom: '2020-01-01' };
    const asks = 'studentHealth { kind id agency }';
    expect((await poll(POLICE, [limited], youth, null, asks)).told).toEqual([]);
  });
});

describe('a cursor', () => {
  test('knows the kinds that were reported, and reports the others from the start', async () => {
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
    const { data } = await (await newsWorld()).school.ask(POLICE, permits, query, { a: anna, b: bo, after });
    const { a, b } = data as Record<'a' | 'b', { schoolNews: { schoolReport: unknown } }>;
    expect([
      ...first.map(({ told }) => told),
      listed(a.schoolNews.schoolReport),
      listed(b.schoolNews.schoolReport),
    ]).toEqual([[`RECORDED ${ids[0]}`], [`RECORDED ${ids[1]}`], [], [`RECORDED ${later}`]]);
  });

  test('is refused in the same way if it is another agency’s, made up or changed', async () => {
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

  test('C11 reveals neither permits nor transactions, and no two are alike', async () => {
    const youth = await linkedYouth();
    const cursors = [await poll(POLICE, [], youth), await poll(POLICE, [], youth)].map(({ cursor }) => cursor ?? '');
    expect(cursors[0]).not.toEqual(cursors[1]);
    for (const cursor of cursors) expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toContain(youth);
  });

  test('reports everything from the start if the database has been restored since', async () => {
    const youth = await linkedYouth();
    const id = await record(youth);
    const permits = [reports(youth)];
    const { cursor } = await poll(POLICE, permits, youth);
    const seal = await CursorSeal.of((await newsWorld()).school.contextOf(POLICE, permits));
    const [content] = seal.open([cursor ?? '']).values();
    expect(content?.history).toMatch(/^\d+\/00000001$/);
    const earlier = seal.seal({ youth, history: 'another/00000001', positions: content?.positions ?? {} });
    expect((await poll(POLICE, permits, youth, earlier)).told).toEqual([`FROM_START ${SCHOOL}`, `RECORDED ${id}`]);
  });

  test('is not given if it would be too long', async () => {
    const seal = await CursorSeal.of((await newsWorld()).school.contextOf(POLICE, []));
    const permits = Array.from({ length: 2_000 }, () => randomUUID());
    const positions = { SchoolReport: { snapshot: '1:1:', permits } };
    expect(seal.seal({ youth: randomUUID(), history: '', positions })).toBeNull();
  });

  test('is taken for at most 200 youths', async () => {
    const youth = await linkedYouth();
    const { cursor } = await poll(POLICE, [reports(youth)], youth);
    const query = 'query ($id: ID!, $after: [String!]) { youth(id: $id) { schoolNews(after: $after) { cursor } } }';
    const codes = [200, 201].map(async (length) => {
      const after = Array.from({ length }, () => cursor);
      const { errors } = await (await newsWorld()).school.ask(POLICE, [reports(youth)], query, { id: youth, after });
      return errors.map(({ code, field }) => [code, field]);
    });
    expect(await Promise.all(codes)).toEqual([[], [['BAD_USER_INPUT', 'after']]]);
  });
});
