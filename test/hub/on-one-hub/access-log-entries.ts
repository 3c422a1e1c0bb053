import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import { DEMO_YOUTHS, type PersonaName } from '../../../schema/demo-world.ts';
import { operationHash } from '../../../schema/operation-hash.ts';
import { type Answer, ask, askWith, sql, tokenOf } from '../../setup/ask.ts';
import { ACCESS_LOG, type Entry, FROM, operation, pages, TO, untilShown } from '../log-pages.ts';
import { sharedHub } from './shared-hub.ts';

const OWNER = 'SAMSYN_REGISTRY_OWNER_URL';
const FULL_VIEW = operation('full-view');
const ATTENDANCE = operation('attendance');
const EVERYTHING = DEMO_YOUTHS.everything.id;
const LOG_VARIABLES = { filter: { from: FROM, to: TO, youthId: EVERYTHING, source: 'police:nationell' } };
const OF_EVERYTHING = { group: `10000000${EVERYTHING.slice(8)}`, consent: `20000000${EVERYTHING.slice(8)}` };

let hub: Hub;
/** One request of each kind that the log should tell of. */
let asked: Readonly<
  Record<'own' | 'crossing' | 'denied' | 'assigned' | 'protected' | 'onBehalf' | 'group' | 'log', Answer>
>;

beforeAll(async () => {
  hub = await sharedHub();
  const view = (persona: PersonaName, youthId: string, query = FULL_VIEW) => ask(hub, persona, query, { youthId });
  const onBehalf = await tokenOf(hub, 'school-counsellor?act=school-system');
  asked = {
    crossing: await view('social-coordinator', EVERYTHING),
    own: await view('school-system', EVERYTHING, ATTENDANCE),
    denied: await view('school-outsider', EVERYTHING),
    assigned: await view('police-officer', DEMO_YOUTHS.policeOnly.id),
    protected: await view('social-coordinator', DEMO_YOUTHS.protected.id),
    onBehalf: await askWith(hub, onBehalf, FULL_VIEW, { youthId: EVERYTHING }),
    group: await view('police-officer', EVERYTHING, operation('group')),
    log: await ask(hub, 'school-auditor', ACCESS_LOG, LOG_VARIABLES),
  };
  await untilShown(hub, asked.log.requestId);
});

const NOTHING = {
  reason: null,
  actor: null,
  youthId: null,
  protected: null,
  source: null,
  category: null,
  whereabouts: null,
  fields: null,
  assigned: null,
  groupId: null,
  programmeId: null,
  consentId: null,
  consentVersion: null,
  grantId: null,
  name: null,
  thingId: null,
  disclosure: null,
  why: null,
  elapsedMs: null,
};

test('reading the log is itself an entry, with what was asked about', async () => {
  const { requestId } = asked.log;
  const { entries } = await pages(hub, 'hub-auditor', { from: FROM, to: TO, caller: 'p-3901' }, 200);
  expect(entries.filter((entry) => entry.requestId === requestId)).toEqual([
    {
      ...NOTHING,
      id: expect.any(String),
      at: expect.any(String),
      kind: 'READ',
      decision: 'PERMIT',
      caller: 'p-3901',
      agency: { code: 'school:skovde' },
      roles: ['AUDITOR'],
      youthId: EVERYTHING,
      source: { code: 'police:nationell' },
      name: 'accessLog',
      operationHash: operationHash(ACCESS_LOG),
      operationName: 'access-log',
      requestId,
    },
  ]);
});

/** The entry of a request about one kind of information of one agency. */
async function entryOf(answer: Answer, category: string, whereabouts = false): Promise<Entry | undefined> {
  const { entries } = await pages(hub, 'hub-auditor', { category }, 200);
  return entries.find((entry) => entry.requestId === answer.requestId && entry.whereabouts === whereabouts);
}

const programmeOf = async (youthId: string) =>
  (
    await sql<{ programme: string }>(hub, OWNER, 'SELECT programme FROM registry.intervention_group WHERE youth = $1', [
      youthId,
    ])
  )[0]?.programme;

describe('an entry names everything', () => {
  const seen = (answer: Answer, of: string, name: string) => ({
    ...NOTHING,
    id: expect.any(String),
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    kind: 'DECISION',
    operationHash: operationHash(of),
    operationName: name,
    requestId: answer.requestId,
    protected: false,
    whereabouts: false,
    assigned: false,
  });

  test('of what crossed under a consent', async () => {
    const [grant] = await sql<{ id: string }>(
      hub,
      OWNER,
      `SELECT g.id FROM registry.consent_grant g JOIN registry.category c ON c.id = g.category
       JOIN registry.agency r ON r.id = g.recipient WHERE g.consent = $1 AND c.code = 'school.incident' AND r.code = $2`,
      [OF_EVERYTHING.consent, 'social-services:skovde'],
    );
    expect(await entryOf(asked.crossing, 'school.incident')).toEqual({
      ...seen(asked.crossing, FULL_VIEW, 'full-view'),
      decision: 'PERMIT',
      reason: 'CONSENT',
      disclosure: 'RELEASED',
      elapsedMs: expect.any(Number),
      name: 'school',
      caller: 'p-1001',
      agency: { code: 'social-services:skovde' },
      roles: ['COORDINATOR'],
      youthId: EVERYTHING,
      source: { code: 'school:skovde' },
      category: 'school.incident',
      fields:
        'agency author changedAt date held id kind measure namesNoPlace recordedAt schoolIncidents sourceId textCleared version'.split(
          ' ',
        ),
      groupId: OF_EVERYTHING.group,
      programmeId: await programmeOf(EVERYTHING),
      consentId: OF_EVERYTHING.consent,
      consentVersion: 1,
      grantId: grant?.id,
    });
  });

  test('of an own read by a system, and of a system that acts for a person', async () => {
    const [own, onBehalf] = [
      await entryOf(asked.own, 'school.attendance'),
      await entryOf(asked.onBehalf, 'police.suspicion'),
    ];
    expect([
      own,
      { reason: onBehalf?.reason, caller: onBehalf?.caller, actor: onBehalf?.actor, roles: onBehalf?.roles },
    ]).toEqual([
      {
        ...seen(asked.own, ATTENDANCE, 'attendance'),
        decision: 'PERMIT',
        reason: 'OWN',
        disclosure: 'RELEASED',
        elapsedMs: expect.any(Number),
        name: 'school',
        caller: 'system-school-skovde',
        agency: { code: 'school:skovde' },
        roles: ['SYSTEM'],
        youthId: EVERYTHING,
        source: { code: 'school:skovde' },
        category: 'school.attendance',
        fields:
          'agency attendance from minutesInvalidAbsence minutesPlanned minutesPresent minutesValidAbsence to'.split(
            ' ',
          ),
      },
      { reason: 'CONSENT', caller: 'p-3001', actor: 'system-school-skovde', roles: ['CASEWORKER'] },
    ]);
  });

  test('of denials, assignments and protected identity', async () => {
    const [denied, assigned, hidden, group] = [
      await entryOf(asked.denied, 'school.incident'),
      await entryOf(asked.assigned, 'police.suspicion'),
      await entryOf(asked.protected, 'school.enrolment', true),
      (await pages(hub, 'hub-auditor', { caller: 'p-2001' }, 200)).entries.find(
        ({ requestId, kind }) => requestId === asked.group.requestId && kind === 'READ',
      ),
    ];
    const told = [denied, assigned, hidden, group].map((entry) => ({
      kind: entry?.kind,
      decision: entry?.decision,
      reason: entry?.reason,
      assigned: entry?.assigned,
      protected: entry?.protected,
      name: entry?.name,
    }));
    const decision = { kind: 'DECISION', assigned: false, protected: false, name: 'school' };
    expect(told).toEqual([
      { ...decision, decision: 'DENY', reason: 'NOT_ASSIGNED' },
      { ...decision, decision: 'PERMIT', reason: 'OWN', assigned: true, name: 'police' },
      { ...decision, decision: 'DENY', reason: 'PROTECTED', protected: true },
      { kind: 'READ', decision: 'PERMIT', reason: null, assigned: null, protected: null, name: 'youth' },
    ]);
  });
});

test('lists the outcome of each sector’s answer by its kind, with who had asked', async () => {
  const { requestId } = asked.crossing;
  const { entries } = await pages(hub, 'hub-auditor', { caller: 'p-1001', kind: 'RELEASED' }, 200);
  const became = entries.filter((entry) => entry.requestId === requestId);
  expect(became.map(({ kind, decision, name, why, youthId }) => ({ kind, decision, name, why, youthId }))).toEqual(
    expect.arrayContaining(
      ['leisure', 'police', 'school', 'social-services'].map((name) => ({
        kind: 'RELEASED',
        decision: 'PERMIT',
        name,
        why: null,
        youthId: null,
      })),
    ),
  );
  expect(became.every(({ elapsedMs }) => Number(elapsedMs) >= 0 && Number(elapsedMs) < 3000)).toBe(true);
  const [counted] = await sql(
    hub,
    OWNER,
    `SELECT o.records->>'school.incident' AS incidents FROM registry.log_row asked
     JOIN registry.answer_outcome o ON o.answer = asked.answer AND o.kind = 'RELEASED'
     WHERE asked.request_id = $1 AND asked.name = 'school'`,
    [requestId],
  );
  const view = asked.crossing.data as { youth?: { schoolIncidents?: unknown[] } } | null;
  expect(counted).toEqual({ incidents: String(view?.youth?.schoolIncidents?.length) });
});

test('the log holds no content and no personal identity number', async () => {
  const [log, records, numbers] = await Promise.all([
    sql<{ all: string }>(hub, OWNER, "SELECT string_agg(to_jsonb(r)::text, ' ') AS all FROM registry.log_row r"),
    sql<{ text: string }>(hub, 'SAMSYN_SCHOOL_OWNER_URL', 'SELECT text FROM agency.school_report'),
    sql<{ identity_number: string }>(hub, 'SAMSYN_SCHOOL_OWNER_URL', 'SELECT identity_number FROM agency.link'),
  ]);
  const values = [
    ...records.flatMap(({ text }) => [...text.matchAll(/\(([^)]+)\)/g)].map(([, canary]) => String(canary))),
    ...numbers.flatMap(({ identity_number: number }) => [number, number.slice(2)]),
  ];
  expect(values.length).toBeGreaterThan(25);
  expect(values.filter((value) => log[0]?.all.includes(value))).toEqual([]);
});
