import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Caller } from '../../../schema/caller.ts';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { CONSTANT_MESSAGES } from '../../../schema/errors.ts';
import { COORDINATOR, REPORT } from './access-report.ts';
import { ask, CALLERS, sharedRegistry } from './shared-registry.ts';

const LEAD = COORDINATOR.agency;
const by = (subject: string, agency: string, ...roles: Caller['roles']): Caller => ({
  ...COORDINATOR,
  subject,
  agency,
  roles,
});

/** A youth whose groups have ended, first that of p-1601 and then that of p-1602. */
const ENDED = randomUUID();

beforeAll(async () => {
  const { admin } = (await sharedRegistry()).database;
  const lead = "(SELECT id FROM registry.agency WHERE code = 'social-services:skovde')";
  await admin.query(`INSERT INTO registry.youth (id, lead_agency) VALUES ($1, ${lead})`, [ENDED]);
  for (const [days, holder] of [
    [60, 'p-1601'],
    [30, 'p-1602'],
  ] as const) {
    await admin.query(
      `WITH ended AS (
         INSERT INTO registry.intervention_group (youth, programme, lead_agency, opened_at, ended_at, end_reason)
         SELECT $1, id, ${lead}, registry.clock() - interval '90 days', registry.clock() - $2 * interval '1 day', 'GOALS_MET'
         FROM registry.programme WHERE code = 'skovde-sig' LIMIT 1 RETURNING id
       )
       INSERT INTO registry.seat (group_id, agency, role, holder, deputy)
       SELECT id, ${lead}, 'COORDINATOR', $3, 'p-1611' FROM ended`,
      [ENDED, days, holder],
    );
  }
});

const { attendanceOnly, orebro, policeOnly } = DEMO_YOUTHS;
const NOBODY = '99999999-9999-4999-8999-999999999999';

const MAY: readonly (readonly [string, Caller, string])[] = [
  ['the coordinator of the open group', COORDINATOR, attendanceOnly.id],
  [
    'who is coordinator and manager of the lead agency',
    by('p-1001', LEAD, 'COORDINATOR', 'MANAGER'),
    attendanceOnly.id,
  ],
  ['the coordinator of the group that ended last', by('p-1602', LEAD, 'COORDINATOR'), ENDED],
  ['a manager of the lead agency', by('p-1900', LEAD, 'MANAGER'), attendanceOnly.id],
  ['an auditor of the lead agency', by('p-1901', LEAD, 'AUDITOR'), attendanceOnly.id],
  ['an auditor of the lead agency, of a youth without a group', by('p-1901', LEAD, 'AUDITOR'), policeOnly.id],
];

const MAY_NOT: readonly (readonly [string, Caller, string])[] = [
  ['the mentor', by('p-1002', LEAD, 'MENTOR'), attendanceOnly.id],
  ['the coordinator with a token of another role', by('p-1001', LEAD, 'CASEWORKER'), attendanceOnly.id],
  ['the coordinator’s deputy, without a hand-over', by('p-1011', LEAD, 'COORDINATOR'), attendanceOnly.id],
  ['another coordinator of the lead agency', by('p-1801', LEAD, 'COORDINATOR'), attendanceOnly.id],
  ['the coordinator of an earlier group', by('p-1601', LEAD, 'COORDINATOR'), ENDED],
  ['a coordinator, of a youth without a group', COORDINATOR, policeOnly.id],
  ['the coordinator of another agency', COORDINATOR, orebro.id],
  ['a manager of another agency', CALLERS.schoolManager, attendanceOnly.id],
  ['an auditor with another role', by('p-1901', LEAD, 'AUDITOR', 'MANAGER'), attendanceOnly.id],
  ['an auditor of the hub with another role', CALLERS.mixedAuditor, attendanceOnly.id],
  ['a manager of the hub', by('p-9901', 'hub:samsyn', 'MANAGER'), attendanceOnly.id],
  ['a system of the lead agency', by('system-social', LEAD, 'SYSTEM'), attendanceOnly.id],
  ['a member of staff', CALLERS.caseworker, attendanceOnly.id],
  ['the lead agency’s coordinator, of nobody', COORDINATOR, NOBODY],
  ['the lead agency’s manager, of nobody', by('p-1900', LEAD, 'MANAGER'), NOBODY],
  ['an auditor of an unknown agency', by('p-1901', 'school:nowhere', 'AUDITOR'), attendanceOnly.id],
];

describe('an extract', () => {
  test.each(MAY)('is made by %s', async (_, maker, youthId) => {
    const { data, errors } = await ask(maker, REPORT, { youthId });
    const { madeBy } = (data?.accessReport ?? {}) as { madeBy?: { code: string } };
    expect([madeBy?.code, errors]).toEqual([LEAD, []]);
  });

  test.each(MAY_NOT)('is not made by %s', async (_, maker, youthId) => {
    const { data, errors } = await ask(maker, REPORT, { youthId });
    expect([data, errors]).toEqual([
      { accessReport: null },
      [{ message: CONSTANT_MESSAGES.FORBIDDEN, path: ['accessReport'], extensions: { code: 'FORBIDDEN' } }],
    ]);
  });

  test('is not made of what is no id', async () => {
    const { data, errors } = await ask(CALLERS.hubAuditor, REPORT, { youthId: 'no-id' });
    expect([data, errors.map(({ extensions }) => extensions)]).toEqual([
      { accessReport: null },
      [{ code: 'BAD_USER_INPUT', field: 'youthId' }],
    ]);
  });
});
