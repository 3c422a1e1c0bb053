import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { COORDINATOR, REPORT, type Report, reportOf } from './access-report.ts';
import { ago, ask, DAY, MINUTE, sharedRegistry, write } from './shared-registry.ts';

const YOUTH = DEMO_YOUTHS.heldPoliceRecord.id;
const [SCHOOL, POLICE, SOCIAL] = ['school:skovde', 'police:nationell', 'social-services:skovde'];
const attendance = {
  youth: YOUTH,
  reason: 'CONSENT',
  version: 2,
  programme: 'skovde-sig',
  source: SCHOOL,
  category: 'school.attendance',
};

describe('an extract of any number of readings', () => {
  const youthId = DEMO_YOUTHS.awaitingSignature.id;
  const start = ago(150);
  const interval = { from: start.toISOString(), to: new Date(start.getTime() + MINUTE).toISOString() };

  test('numbers its rows through all pages; what is left out does not count', async () => {
    const { database } = await sharedRegistry();
    const { rows: written } = await database.admin.query<{ id: string }>(
      `INSERT INTO registry.entry (at, kind, permitted, request_id, operation_hash, caller, agency, roles, action, youth,
         source, category, whereabouts, reason)
       SELECT $1, 'DECISION', true, gen_random_uuid(), 'x', 'p-3001', a.id, 4, 1, $2, a.id, k.id, false, 'OWN'
       FROM registry.agency a, registry.category k, generate_series(1, 1001)
       WHERE a.code = 'social-services:skovde' AND k.code = 'social-services.case' RETURNING id`,
      [start, youthId],
    );
    const read: string[] = [];
    for (let after: string | null = null; ; ) {
      const page: Report = await reportOf(youthId, { ...interval, first: 400, after });
      expect(page.rows.map(({ number }) => number)).toEqual(page.rows.map((_, place) => read.length + place + 1));
      expect([page.readings, page.summary]).toEqual([1001, [expect.objectContaining({ times: 1001 })]]);
      read.push(...page.rows.map(({ entryId }) => entryId));
      if (page.nextRows === null) break;
      after = page.nextRows;
    }
    expect(read).toEqual(
      written
        .map(({ id }) => id)
        .sort()
        .reverse(),
    );
    const whole = await reportOf(youthId, interval);
    expect([whole.rows.length, whole.nextRows]).toEqual([1000, expect.any(String)]);
    await database.admin.query(
      `INSERT INTO registry.telling (entry, youth, agency, revision, decision, ground, recorded_by)
       SELECT $1, $2, id, 1, 'LEAVE_OUT', 'OSL 18 kap. 1 §', 'p-3900' FROM registry.agency WHERE code = 'school:skovde'`,
      [written[0]?.id, youthId],
    );
    const { readings, nextRows, rows, days } = await reportOf(youthId, interval);
    expect([readings, nextRows, rows.length, days]).toEqual([
      1000,
      null,
      1000,
      [expect.objectContaining({ agency: { code: SOCIAL }, times: 1000, information: ['Ärende'] })],
    ]);
  });

  test.each([
    ['no row', { first: 0 }, 'first'],
    ['too many rows', { first: 1001 }, 'first'],
    ['rows from nowhere', { after: 'CANARY' }, 'after'],
  ])('that asks for %s is refused', async (_, page, field) => {
    const { errors, text } = await ask(COORDINATOR, REPORT, { youthId, ...interval, ...page });
    expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_USER_INPUT', field }]);
    expect(text).not.toContain('CANARY');
  });

  test('begins with who read which kind how often, and has a line for each day in Sweden and agency', async () => {
    const day = ago(320).toISOString().slice(0, 10);
    const next = new Date(Date.parse(day) + DAY).toISOString().slice(0, 10);
    const [together, after] = [randomUUID(), { ...attendance, agency: SOCIAL }];
    await write([
      { at: new Date(`${day}T12:00:00Z`), ...after, request: together },
      { at: new Date(`${day}T12:00:00Z`), ...after, request: together, category: 'school.enrolment' },
      { at: new Date(`${day}T12:30:00Z`), ...after, whereabouts: true },
      { at: new Date(`${day}T23:30:00Z`), ...attendance, agency: POLICE },
      { at: new Date(`${day}T23:40:00Z`), ...after },
    ]);
    const { summary, days, readings } = await reportOf(YOUTH, { from: `${day}T00:00:00Z`, to: `${next}T12:00:00Z` });
    const school = {
      source: { code: SCHOOL },
      category: 'school.attendance',
      information: 'Närvaro och frånvaro',
    };
    const social = { agency: { code: SOCIAL } };
    const at = (time: string) => `${day}T${time}:00.000Z`;
    const once = (time: string) => ({ times: 1, first: at(time), last: at(time) });
    const whereabouts = 'Närvaro och frånvaro (det som visar var den unga finns)';
    expect([readings, summary]).toEqual([
      5,
      [
        { ...school, agency: { code: POLICE }, ...once('23:30') },
        { ...school, ...social, times: 2, first: at('12:00'), last: at('23:40') },
        { ...school, ...social, information: whereabouts, ...once('12:30') },
        { ...school, ...social, category: 'school.enrolment', information: 'Skolplacering', ...once('12:00') },
      ],
    ]);
    expect(days).toEqual([
      { day: next, agency: { code: POLICE }, times: 1, information: ['Närvaro och frånvaro'] },
      { day: next, ...social, times: 1, information: ['Närvaro och frånvaro'] },
      { day, ...social, times: 2, information: ['Närvaro och frånvaro', whereabouts, 'Skolplacering'] },
    ]);
  });
});
