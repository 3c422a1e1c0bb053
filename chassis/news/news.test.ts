import { describe, expect, test } from '@jest/globals';
import type { Caller } from '../../schema/caller.ts';
import { connected } from '../../test/setup/school.ts';
import {
  change,
  LONG_AGO,
  link,
  linkedYouth,
  newsWorld,
  POLICE,
  poll,
  record,
  reports,
  SCHOOL,
  STAFF,
  write,
} from '../../test/setup/school-news.ts';

describe('a record', () => {
  test('is reported once when it is recorded, corrected and withdrawn', async () => {
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

  test('is reported in the next poll if it was written before another and committed after a poll', async () => {
    const youth = await linkedYouth();
    const permits = [reports(youth)];
    const { database } = await newsWorld();
    const slow = await connected(database.urls.SAMSYN_SCHOOL_DATABASE_URL);
    try {
      await slow.query('BEGIN');
      const late = await record(youth, {}, 'school_report', SCHOOL, slow);
      const early = await record(youth);
      const before = await poll(POLICE, permits, youth);
      await slow.query('COMMIT');
      const after = await poll(POLICE, permits, youth, before.cursor);
      expect([before.told, after.told]).toEqual([[`RECORDED ${early}`], [`RECORDED ${late}`]]);
    } finally {
      await slow.end();
    }
  });

  test('comes with what the caller may read of it now', async () => {
    const youth = await linkedYouth();
    const id = await record(youth, { text: 'uncleared-canary', text_cleared: false });
    const query =
      'query ($id: ID!) { youth(id: $id) { schoolNews { schoolReport { kind id agency record { id date text } } } } }';
    const ask = async (caller: Caller) =>
      (await (await newsWorld()).school.ask(caller, [reports(youth)], query, { id: youth })).data?.youth;
    const told = (text: string | null) => ({
      schoolNews: {
        schoolReport: [{ kind: 'RECORDED', id, agency: SCHOOL, record: { id, date: '2026-07-15', text } }],
      },
    });
    expect(await ask(POLICE)).toEqual(told(null));
    expect(await ask(STAFF)).toEqual(told('uncleared-canary'));
  });

  test('is withdrawn when it moves out of the granted days, and recorded when it moves in', async () => {
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

describe('C17 a record that is held', () => {
  test('is withdrawn for others who could read it, and corrected for its own agency', async () => {
    const youth = await linkedYouth();
    const permits = [reports(youth)];
    const id = await record(youth);
    const [police, staff] = [await poll(POLICE, permits, youth), await poll(STAFF, permits, youth)];
    await change(id, `held = true, ${LONG_AGO}`);
    expect((await poll(POLICE, permits, youth, police.cursor)).told).toEqual([`WITHDRAWN ${id}`]);
    expect((await poll(STAFF, permits, youth, staff.cursor)).told).toEqual([`CORRECTED ${id}`]);
  });

  test('does not exist for a reader who polls for the first time, or with a new permit', async () => {
    const youth = await linkedYouth();
    const id = await record(youth);
    const { cursor } = await poll(POLICE, [reports(youth)], youth);
    await change(id, `held = true, ${LONG_AGO}`);
    expect((await poll(POLICE, [reports(youth)], youth)).told).toEqual([]);
    expect((await poll(POLICE, [reports(youth, 'another')], youth, cursor)).told).toEqual([`FROM_START ${SCHOOL}`]);
  });

  test('is not reported, if it was not reported before, when it changes, is released and held again, or is withdrawn', async () => {
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

  test('C14 is reported as gone only once the mutation that holds it has answered', async () => {
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

  test('withdraws the records that hung on it for readers who could read them, and nothing else', async () => {
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

  test('C14 is reported once the mutation has answered', async () => {
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

  test('lets a record that is fed again to the new link be reported as corrected', async () => {
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

test('notes the changes of every table of records, by the database alone', async () => {
  const tables = await (await newsWorld()).database.ask(
    `SELECT table_name FROM information_schema.columns WHERE table_schema = 'agency' AND column_name = 'link_id'
     AND table_name IN (SELECT table_name FROM information_schema.columns WHERE column_name = 'text_cleared') ORDER BY 1`,
  );
  expect(
    await (await newsWorld()).database.ask(
      `SELECT event_object_table FROM information_schema.triggers WHERE trigger_name = 'note_change' GROUP BY 1
       HAVING string_agg(event_manipulation, ',' ORDER BY event_manipulation) = 'DELETE,INSERT,UPDATE' ORDER BY 1`,
    ),
  ).toEqual(tables);
  for (const statement of [
    `INSERT INTO agency.former_state (record, kind, link, live, held) VALUES (gen_random_uuid(), 'x', gen_random_uuid(), true, false)`,
    'UPDATE agency.former_state SET held = false',
    'DELETE FROM agency.former_state',
    `UPDATE agency.cursor_key SET key = '\\x00'`,
  ]) {
    await expect(write(statement)).rejects.toThrow('permission denied');
  }
});
