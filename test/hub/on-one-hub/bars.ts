import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import { DEMO_YOUTHS, PERSONAS, type PersonaName, testIdentityNumber } from '../../../schema/demo-world.ts';
import { CONSTANT_MESSAGES, DENIALS } from '../../../schema/errors.ts';
import { type Answer, askWith, sql, tokenOf } from '../../setup/ask.ts';
import { said } from '../consents.ts';
import { refused, say } from '../mutate.ts';
import { sharedHub } from './shared-hub.ts';

const YOUTH = DEMO_YOUTHS.heldPoliceRecord.id;
const OTHER_YOUTH = DEMO_YOUTHS.everything.id;
const GROUND = 'Is a neighbour of the family.';
const REPORTS =
  'query ($id: ID!) { youth(id: $id) { schoolReports { id } policeReports { id } leisureReports { id } } }';

/** Whom the school's manager bars from the youth's records: own staff, the manager too, others' staff, and a system. */
const BARRED = ['school-counsellor', 'school-manager', 'social-coordinator', 'school-system'] as const;

let hub: Hub;
let barred: Promise<unknown[]>;

beforeAll(async () => {
  hub = await sharedHub();
  // Not awaited: they answer after the fence, while others prepare.
  barred = Promise.all(
    BARRED.map((persona) =>
      said(hub, 'school-manager', 'barCaller', {
        subject: PERSONAS[persona].subject,
        youthId: YOUTH,
        ground: GROUND,
      }),
    ),
  );
});

/** Which reports somebody reads of the youth, and which are denied. */
async function reads(persona: PersonaName, youthId = YOUTH, actor?: PersonaName) {
  const token = await tokenOf(hub, actor === undefined ? persona : `${persona}?act=${actor}`);
  return readsIn(await askWith(hub, token, REPORTS, { id: youthId }));
}

function readsIn({ data, errors, requestId }: Answer) {
  const youth: Readonly<Record<string, unknown>> = data?.youth ?? {};
  const read = Object.keys(youth).filter((name) => youth[name] !== null);
  const denied = errors.map(({ message, path, extensions }) => ({ message, field: path?.[1], ...extensions }));
  denied.sort((a, b) => (String(a.field) < String(b.field) ? -1 : 1));
  return { read, denied, requestId };
}

const DENIED = (sector: string, message: string = CONSTANT_MESSAGES.CONSENT_REQUIRED) => ({
  message,
  field: `${sector}Reports`,
  code: 'CONSENT_REQUIRED',
  category: `${sector}.report`,
});

/** What the log has of a request's decisions about an agency's records. */
function reasonsOf(requestId: string, agency: string) {
  return sql(
    hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `SELECT DISTINCT e.reason, e.permitted FROM registry.entry e JOIN registry.agency a ON a.id = e.source
     WHERE e.request_id = $1 AND a.code = $2`,
    [requestId, agency],
  );
}

test('the bars are recorded', async () => {
  expect(await barred).toEqual(BARRED.map(() => ({ id: expect.any(String), outcome: 'CREATED' })));
});

describe('C18 a bar on one youth’s records', () => {
  test.each([
    ['school-counsellor', DENIALS.own],
    ['social-coordinator', DENIALS.toCoordinator],
  ] as const)('denies %s before anything else', async (persona, message) => {
    await barred;
    const { requestId, ...seen } = await reads(persona);
    expect(seen).toEqual({ read: ['policeReports', 'leisureReports'], denied: [DENIED('school', message)] });
    expect(await reasonsOf(requestId, 'school:skovde')).toEqual([{ reason: 'BARRED', permitted: false }]);
  });

  test('denies the agency’s own system, which needs no other ground', async () => {
    await barred;
    const { requestId, ...seen } = await reads('school-system');
    expect(seen).toEqual({ read: [], denied: [DENIED('leisure'), DENIED('police'), DENIED('school', DENIALS.own)] });
    expect(await reasonsOf(requestId, 'school:skovde')).toEqual([{ reason: 'BARRED', permitted: false }]);
  });

  test('denies a system that acts for somebody who is not barred, and not that person', async () => {
    await barred;
    const { requestId, ...acting } = await reads('leisure-worker', YOUTH, 'school-system');
    const { requestId: _, ...self } = await reads('leisure-worker');
    const all = ['schoolReports', 'policeReports', 'leisureReports'];
    expect([acting, self]).toEqual([
      { read: ['policeReports', 'leisureReports'], denied: [DENIED('school')] },
      { read: all, denied: [] },
    ]);
    expect(await reasonsOf(requestId, 'school:skovde')).toEqual([{ reason: 'BARRED', permitted: false }]);
    const logged = await sql(
      hub,
      'SAMSYN_REGISTRY_OWNER_URL',
      'SELECT DISTINCT caller, actor FROM registry.entry WHERE request_id = $1',
      [requestId],
    );
    expect(logged).toEqual([{ caller: PERSONAS['leisure-worker'].subject, actor: PERSONAS['school-system'].subject }]);
  });

  test('denies nobody else, and nothing about another youth', async () => {
    await barred;
    const all = ['schoolReports', 'policeReports', 'leisureReports'];
    const seen = await Promise.all([
      reads('social-mentor'),
      reads('police-officer'),
      reads('school-counsellor', OTHER_YOUTH),
      reads('social-coordinator', OTHER_YOUTH),
    ]);
    expect(seen.map(({ read, denied }) => ({ read, denied }))).toEqual(seen.map(() => ({ read: all, denied: [] })));
  });

  test('forbids every change, as of a youth and a record that there are not', async () => {
    await barred;
    const [record] = await sql<{ id: string }>(
      hub,
      'SAMSYN_SCHOOL_OWNER_URL',
      'SELECT r.id FROM agency.school_report r JOIN agency.link l ON l.id = r.link_id WHERE l.youth_id = $1',
      [YOUTH],
    );
    const report = { date: '2026-01-10', text: 'x', textCleared: false };
    const id = record?.id;
    const attempts: [PersonaName, string, object][] = [
      ['school-counsellor', 'recordSchoolReport', { youthId: YOUTH, ...report }],
      ['school-counsellor', 'correctSchoolReport', { id, ...report }],
      ['school-counsellor', 'correctSchoolReport', { id, version: 77, ...report }],
      ['school-counsellor', 'withdrawSchoolReport', { id }],
      ['school-counsellor', 'schoolHoldRecord', { recordId: id, held: true }],
      ['school-counsellor', 'schoolClearText', { recordId: id, cleared: true }],
      [
        'school-counsellor',
        'schoolLinkYouth',
        { youthId: YOUTH, identityNumber: testIdentityNumber('2009-01-05', '239') },
      ],
      ['school-counsellor', 'schoolUnlinkYouth', { youthId: YOUTH }],
      ['school-system', 'recordSchoolReport', { youthId: YOUTH, sourceId: 'barred', ...report }],
      ['school-manager', 'schoolAssignYouth', { youthId: YOUTH, subject: 'p-3009' }],
      ['school-manager', 'schoolUnassignYouth', { youthId: YOUTH, subject: 'p-3009' }],
      ['school-manager', 'schoolHoldRecord', { recordId: id, held: true }],
    ];
    const answers = await Promise.all(attempts.map(([persona, mutation, input]) => say(hub, persona, mutation, input)));
    expect(answers).toEqual(attempts.map(() => refused('FORBIDDEN')));
  });
});

test('C18 a bar without a youth denies an agency’s records about all, until the agency’s manager lifts it', async () => {
  const [bar] = await sql<{ id: string }>(
    hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `INSERT INTO registry.bar (agency, subject, ground, recorded_by)
     SELECT a.id, $1, $2, 'p-3900' FROM registry.agency a WHERE a.code = 'school:skovde' RETURNING id`,
    [PERSONAS['police-officer'].subject, GROUND],
  );
  const whileBarred = await Promise.all([reads('police-officer', OTHER_YOUTH), reads('police-officer')]);
  const lifted = await said(hub, 'school-manager', 'liftBar', { barId: bar?.id });
  expect(lifted).toEqual({ id: bar?.id, outcome: 'CHANGED' });
  const { read, denied } = await reads('police-officer', OTHER_YOUTH);
  expect(whileBarred.map((each) => ({ read: each.read, denied: each.denied }))).toEqual(
    whileBarred.map(() => ({ read: ['policeReports', 'leisureReports'], denied: [DENIED('school')] })),
  );
  expect({ read, denied }).toEqual({ read: ['schoolReports', 'policeReports', 'leisureReports'], denied: [] });
});
