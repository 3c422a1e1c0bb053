import { beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Hub } from '../../../hub/hub.ts';
import type { PersonaName } from '../../../schema/demo-world.ts';
import { CONSTANT_MESSAGES } from '../../../schema/errors.ts';
import { demoGroupId } from '../../../subgraphs/registry/seed.ts';
import { type Answer, ask, sql } from '../../setup/ask.ts';
import { consentOf, fatherOf, GROUND, NOBODY } from '../consents.ts';
import { sharedHub } from './shared-hub.ts';

const OWNER = 'SAMSYN_REGISTRY_OWNER_URL';
const GROUP = demoGroupId('heldPoliceRecord');
const CONSENT = consentOf('heldPoliceRecord');
const MEMBERS = ['social-coordinator', 'police-officer', 'school-counsellor', 'leisure-worker'] as const;

let hub: Hub;

interface Updates {
  readonly updates: readonly { readonly kind: string; readonly seatId: string | null }[];
  readonly cursor: string;
  readonly hasMore: boolean;
}

const POLL = `query ($groupId: ID!, $after: String) { groupUpdates(groupId: $groupId, after: $after) {
  updates { kind at seatId consentId grantId source { code } recipient { code } } cursor hasMore } }`;

const asked = (persona: PersonaName, after: string | null = null, groupId = GROUP): Promise<Answer> =>
  ask(hub, persona, POLL, { groupId, after });

/** What is new for a member of the group. Throws for others. */
async function poll(persona: PersonaName, after: string | null = null): Promise<Updates> {
  const { data, errors } = await asked(persona, after);
  if (data?.groupUpdates == null) throw new Error(JSON.stringify(errors));
  return data.groupUpdates;
}

const kindsOf = ({ updates }: Updates) => updates.map(({ kind }) => kind);

/** Lets what was recorded be old enough to be told. */
const age = () =>
  sql(hub, OWNER, `UPDATE registry.group_update SET at = at - interval '11 seconds' WHERE group_id = $1`, [GROUP]);

/** A seat more, by whoever runs the statement; `role` tells one from another. */
const INVITE = `INSERT INTO registry.seat (group_id, agency, role)
  SELECT $1, id, 'CASEWORKER' FROM registry.agency WHERE code = 'school:frida-friskola' RETURNING id`;

const invite = async (): Promise<string> => {
  const [row] = await sql<{ id: string }>(hub, OWNER, INVITE, [GROUP]);
  if (row === undefined) throw new Error('No seat was added.');
  return row.id;
};

/** An update about the consent, as a member sees it. */
const update = (kind: string, more: object = {}) => ({
  kind,
  at: expect.any(String),
  seatId: null,
  consentId: CONSENT,
  grantId: null,
  source: null,
  recipient: null,
  ...more,
});

beforeAll(async () => {
  hub = await sharedHub();
  await age();
});

test('a member is told the group’s story from the beginning, and then what is new', async () => {
  const first = await poll('police-officer');
  expect([...new Set(kindsOf(first))]).toEqual([
    'SEAT_ADDED',
    'CONSENT_PROPOSED',
    'SIGNATURE_RECORDED',
    'CONSENT_SIGNED',
    'SEAT_INFORMED',
  ]);
  expect(await poll('police-officer', first.cursor)).toEqual({ updates: [], cursor: first.cursor, hasMore: false });
});

test('what is about a grant is told to its source, its recipient and the coordinator, and a note to the coordinator', async () => {
  const cursors = await Promise.all(MEMBERS.map(async (persona) => (await poll(persona)).cursor));
  const change = (text: string, ...values: unknown[]) => sql(hub, OWNER, text, [CONSENT, ...values]);
  const school = `consent = $1 AND source = (SELECT id FROM registry.agency WHERE code = 'school:skovde')
    AND recipient = (SELECT id FROM registry.agency WHERE code = 'police:nationell')`;
  await change(`UPDATE registry.consent_grant SET acknowledged_at = NULL, acknowledged_by = NULL WHERE ${school}`);
  await change(
    `UPDATE registry.consent_grant SET acknowledged_at = registry.clock(), acknowledged_by = 'p-3001' WHERE ${school}`,
  );
  const statement = `INSERT INTO registry.statement (group_id, kind, guardian, source, recipient, category, channel, told_at,
    recorded_by) SELECT c.group_id, 'WITHDRAWAL', $2::uuid, g.source, g.recipient, g.category, 'phone', registry.clock(), 'x'
    FROM registry.consent c LEFT JOIN registry.consent_grant g ON g.consent = c.id AND g.id = $3::uuid WHERE c.id = $1`;
  const [grant] = await sql<{ id: string }>(
    hub,
    OWNER,
    `SELECT g.id FROM registry.consent_grant g JOIN registry.agency s ON s.id = g.source AND s.code = 'leisure:skovde'
      JOIN registry.agency r ON r.id = g.recipient AND r.code = 'police:nationell' WHERE g.consent = $1 LIMIT 1`,
    [CONSENT],
  );
  await change(statement, null, grant?.id);
  await change(statement, NOBODY, null);
  await change(
    `INSERT INTO registry.waiver (consent, guardian, ground, recorded_by) VALUES ($1, $2, $3, 'p-1001')`,
    fatherOf('heldPoliceRecord'),
    GROUND,
  );
  await age();
  const polled = await Promise.all(MEMBERS.map((persona, index) => poll(persona, cursors[index])));
  const toPolice = (source: string) => ({ source: { code: source }, recipient: { code: 'police:nationell' } });
  const acknowledged = update('CONSENT_ACKNOWLEDGED', toPolice('school:skovde'));
  const withdrawn = update('CONSENT_WITHDRAWN', { grantId: grant?.id, ...toPolice('leisure:skovde') });
  const [noted, waived] = [update('STATEMENT_NOTED', { consentId: null }), update('SIGNATURE_WAIVED')];
  expect(Object.fromEntries(MEMBERS.map((persona, index) => [persona, polled[index]?.updates]))).toEqual({
    'social-coordinator': [acknowledged, withdrawn, noted, waived],
    'police-officer': [acknowledged, withdrawn],
    'school-counsellor': [acknowledged],
    'leisure-worker': [withdrawn],
  });
});

test('a transaction that commits late is not missed, whoever was told what meanwhile', async () => {
  const { cursor } = await poll('police-officer');
  const slow = new pg.Client({ connectionString: hub.databaseUrls[OWNER] });
  await slow.connect();
  try {
    await slow.query('BEGIN');
    const { rows } = await slow.query<{ id: string }>(INVITE, [GROUP]);
    // A second one waits for the group; what it may write without that is as good.
    const [fast] = await sql<{ id: string }>(
      hub,
      OWNER,
      `INSERT INTO registry.group_update (group_id, kind, at) VALUES ($1, 'GROUP_OPENED', registry.clock() - interval '1 minute')
        RETURNING id`,
      [GROUP],
    );
    expect(fast).toBeDefined();
    expect(await poll('police-officer', cursor)).toEqual({ updates: [], cursor, hasMore: false });
    await slow.query('COMMIT');
    await age();
    const both = await poll('police-officer', cursor);
    expect(both.updates.map(({ kind, seatId }) => [kind, seatId])).toEqual([
      ['SEAT_ADDED', rows[0]?.id],
      ['GROUP_OPENED', null],
    ]);
    expect(kindsOf(await poll('police-officer', both.cursor))).toEqual([]);
  } finally {
    await slow.end();
  }
});

test('C14 what is so young that it could tell of an end not in force is not told, nor what came after it', async () => {
  const { cursor } = await poll('school-counsellor');
  const seat = await invite();
  await sql(
    hub,
    OWNER,
    `INSERT INTO registry.group_update (group_id, kind, at) VALUES ($1, 'GROUP_OPENED', registry.clock() - interval '1 minute')`,
    [GROUP],
  );
  expect(kindsOf(await poll('school-counsellor', cursor))).toEqual([]);
  await age();
  const { updates } = await poll('school-counsellor', cursor);
  expect(updates.map(({ kind, seatId }) => [kind, seatId])).toEqual([
    ['SEAT_ADDED', seat],
    ['GROUP_OPENED', null],
  ]);
});

test('a long story is told in parts, each thing once and in order', async () => {
  const start = await poll('leisure-worker');
  await sql(
    hub,
    OWNER,
    `INSERT INTO registry.group_update (group_id, kind, at)
      SELECT $1, 'GROUP_OPENED', registry.clock() - interval '1 minute' FROM generate_series(1, 250)`,
    [GROUP],
  );
  const one = await poll('leisure-worker', start.cursor);
  const two = await poll('leisure-worker', one.cursor);
  expect([one, two].map(({ updates, hasMore }) => [updates.length, hasMore])).toEqual([
    [200, true],
    [50, false],
  ]);
});

test('a cursor goes on with the view that it is of, and begins another from the beginning', async () => {
  const whole = await poll('police-officer');
  const { cursor } = await poll('school-counsellor');
  expect(await poll('police-officer', cursor)).toEqual(whole);
  const { errors } = await asked('police-officer', 'CANARY');
  expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: 'BAD_USER_INPUT', field: 'after' }]);
});

test('others are told the same bytes whether the group exists, and each poll is an entry', async () => {
  const strangers = ['police-outsider', 'school-system', 'school-manager', 'hub-auditor'] as const;
  const answers = await Promise.all(
    strangers.flatMap((persona) => [GROUP, NOBODY].map((groupId) => asked(persona, null, groupId))),
  );
  expect([...new Set(answers.map(({ text }) => text.trim()))]).toEqual([
    JSON.stringify({
      errors: [{ message: CONSTANT_MESSAGES.FORBIDDEN, path: ['groupUpdates'], extensions: { code: 'FORBIDDEN' } }],
      data: { groupUpdates: null },
    }),
  ]);
  const { requestId } = await asked('police-officer');
  const [outsider] = answers;
  const entries = await sql(
    hub,
    OWNER,
    `SELECT caller, kind, permitted, name, thing, group_id FROM registry.entry WHERE request_id IN ($1, $2) ORDER BY caller`,
    [requestId, outsider?.requestId],
  );
  const read = { kind: 'READ', name: 'group', thing: GROUP };
  expect(entries).toEqual([
    { caller: 'p-2001', permitted: true, group_id: GROUP, ...read },
    { caller: 'p-2009', permitted: false, group_id: null, ...read },
  ]);
});
