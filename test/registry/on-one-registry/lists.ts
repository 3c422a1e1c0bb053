import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import type { Caller } from '../../../schema/caller.ts';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { demoGroupId } from '../../../subgraphs/registry/seed.ts';
import { ask, CALLERS, fieldOf, sharedRegistry } from './shared-registry.ts';

const HOME = 'social-services:skovde';
const by = (subject: string, agency: string, role: Caller['roles'][number], actor: string | null = null): Caller => ({
  subject,
  actor,
  agency,
  roles: [role],
});
const registrar = by('p-1050', HOME, 'COORDINATOR');
const system = by('system-school-skovde', 'school:skovde', 'SYSTEM');

const PAGE = 'pageInfo { hasNextPage endCursor }';
const REGISTERED = `query ($first: Int, $after: String) { registeredYouths(first: $first, after: $after) {
  edges { node { youth { id } registeredAt revision preparationEndedAt } } ${PAGE} } }`;
const SEATS = `{ mySeats { edges { node {
  id role groupId youth { id } holder deputy isHeldByYou status informedAt revision leadAgency { code } programme { code }
} } } }`;
const GROUPS = `query ($status: GroupStatus) { groups(status: $status) { edges { node {
  id status endedAt endReason youth { id } leadAgency { code } seats { role holder }
  consents { version signatures { capacity } }
} } } }`;
const YOUTHS = '{ youths(first: 200) { edges { node { id } } } }';
const COUNTS =
  '{ agencyCounts { seats seatsWaiting registeredYouths proposedGroups openGroups endedGroups } agencySeats { id } }';

interface List<Node> {
  readonly edges: readonly { readonly node: Node }[];
  readonly pageInfo?: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
const nodes = <Node>({ edges }: List<Node>) => edges.map(({ node }) => node);
const readEntries = async (requestId: string) => {
  const { admin } = (await sharedRegistry()).database;
  const { rows } = await admin.query(
    `SELECT e.kind, e.name, e.youth, e.permitted FROM registry.entry e WHERE e.request_id = $1 ORDER BY e.youth`,
    [requestId],
  );
  return rows;
};

/** The youths that the registrar registered, in the order of their ids, by what became of them. */
const youths = { new: '', proposed: '', lapsed: '', lapsing: '', lapsedLongAgo: '', opened: '', elsewhere: '' };
const seats = { uninformed: randomUUID(), ended: randomUUID() };

beforeAll(async () => {
  const ids = Object.keys(youths).map(() => randomUUID());
  ids.sort();
  for (const [index, name] of Object.keys(youths).entries()) Object.assign(youths, { [name]: ids[index] });
  const { admin } = (await sharedRegistry()).database;
  await admin.query(
    `INSERT INTO registry.youth (id, lead_agency, birth_date, registered_by)
     SELECT r.id::uuid, a.id, '2011-02-03', 'p-1050' FROM unnest($1::text[], $2::text[]) AS r (id, agency)
     JOIN registry.agency a ON a.code = r.agency`,
    [ids, Object.keys(youths).map((name) => (name === 'elsewhere' ? 'social-services:orebro' : HOME))],
  );
  // Days ago that the group of each began, opened and ended.
  for (const [youth, opened, ended] of [
    [youths.proposed, null, null],
    [youths.lapsed, null, 29],
    // As one that will not have been told of for as long as the tests take.
    [youths.lapsing, null, -1],
    [youths.lapsedLongAgo, null, 31],
    [youths.opened, 20, null],
  ] as const) {
    const { rows } = await admin.query<{ id: string }>(
      `INSERT INTO registry.intervention_group (youth, programme, lead_agency, proposed_at, opened_at, ended_at, end_reason)
       SELECT $1, p.id, a.id, now() - interval '40 days', now() - make_interval(days => $2), now() - make_interval(days => $3),
         CASE WHEN $3::int IS NOT NULL THEN 'DECLINED' END
       FROM registry.programme p JOIN registry.agency a ON a.code = $4 WHERE p.code = 'skovde-sig' RETURNING id`,
      [youth, opened, ended, HOME],
    );
    await admin.query(
      `INSERT INTO registry.seat (group_id, agency, role, holder, deputy, informed_at)
       SELECT $1, a.id, r.role, r.holder, r.deputy, now() FROM registry.agency a
       CROSS JOIN (VALUES ('COORDINATOR', 'p-1050', 'p-1051'), ('MENTOR', 'p-1054', NULL)) AS r (role, holder, deputy)
       WHERE a.code = $2`,
      [rows[0]?.id, HOME],
    );
  }
  await admin.query(
    `INSERT INTO registry.seat (id, group_id, agency, role, holder, ended_at, informed_at)
     SELECT r.id, $1, a.id, 'CASEWORKER', 'p-3050', r.ended_at, NULL
     FROM (VALUES ($2::uuid, NULL::timestamptz), ($3, now() - interval '1 hour')) AS r (id, ended_at)
     JOIN registry.agency a ON a.code = 'school:skovde'`,
    [demoGroupId('noConsent'), seats.uninformed, seats.ended],
  );
});

test('registeredYouths lists the caller’s own registrations for whom no group has opened, page by page', async () => {
  const { data, errors, requestId } = await ask(registrar, REGISTERED);
  expect(errors).toEqual([]);
  const listed = nodes((data as { registeredYouths: List<unknown> }).registeredYouths);
  const youth = (id: string, preparationEndedAt: unknown = null) => ({
    youth: { id },
    registeredAt: expect.any(String),
    revision: 1,
    preparationEndedAt,
  });
  expect(listed).toEqual([
    youth(youths.new),
    youth(youths.proposed),
    youth(youths.lapsed, expect.any(String)),
    youth(youths.lapsing),
  ]);
  expect(await readEntries(requestId)).toEqual(
    [youths.new, youths.proposed, youths.lapsed, youths.lapsing].map((id) => ({
      kind: 'READ',
      name: 'registeredYouths',
      youth: id,
      permitted: true,
    })),
  );
  const first = await fieldOf<List<unknown>>(registrar, 'registeredYouths', REGISTERED, { first: 2 });
  const rest = await fieldOf<List<unknown>>(registrar, 'registeredYouths', REGISTERED, {
    first: 2,
    after: first.pageInfo?.endCursor,
  });
  expect([nodes(first).length, nodes(rest).length, rest.pageInfo?.hasNextPage]).toEqual([2, 2, false]);
});

test.each([
  ['another coordinator', by('p-1052', HOME, 'COORDINATOR')],
  ['the same subject of another agency', by('p-1050', 'social-services:soderhamn', 'COORDINATOR')],
  ['the same subject with AUDITOR beside the role', { ...registrar, roles: ['COORDINATOR', 'AUDITOR'] } as const],
])('registeredYouths lists nothing to %s', async (_, caller) => {
  expect(nodes(await fieldOf<List<unknown>>(caller, 'registeredYouths', REGISTERED))).toEqual([]);
});

test('registerYouth puts the youth into the list', async () => {
  const caller = by('p-1053', HOME, 'COORDINATOR');
  const made = await fieldOf<{ id: string }>(
    caller,
    'registerYouth',
    'mutation { registerYouth(input: { birthDate: "2011-05-06", idempotencyKey: "listed" }) { id } }',
  );
  const listed = await fieldOf<List<{ youth: { id: string } }>>(caller, 'registeredYouths', REGISTERED);
  expect(nodes(listed).map(({ youth }) => youth.id)).toEqual([made.id]);
});

test('groups(status: ENDED) lists what the last coordinator led to its end, as it stood, once the end may be told', async () => {
  const answer = await ask(registrar, GROUPS, { status: 'ENDED' });
  expect(answer.errors).toEqual([]);
  const listed = nodes((answer.data as { groups: List<{ youth: { id: string } }> }).groups);
  expect(listed.toSorted((a, b) => (a.youth.id < b.youth.id ? -1 : 1))).toEqual(
    [youths.lapsed, youths.lapsedLongAgo].map((youth) => ({
      id: expect.any(String),
      status: 'ENDED',
      endedAt: expect.any(String),
      endReason: 'DECLINED',
      youth: { id: youth },
      leadAgency: { code: HOME },
      seats: [
        { role: 'COORDINATOR', holder: 'p-1050' },
        { role: 'MENTOR', holder: 'p-1054' },
      ],
      consents: [],
    })),
  );
  const own = await fieldOf<List<{ status: string }>>(registrar, 'groups', GROUPS, {});
  expect(nodes(own).map(({ status }) => status)).toEqual(expect.arrayContaining(['PROPOSED', 'AWAITING_CONSENT']));
  expect(nodes(own).map(({ status }) => status)).not.toContain('ENDED');
});

test.each([
  ['its deputy, who did not hold it', by('p-1051', HOME, 'COORDINATOR')],
  ['its coordinator in another role', by('p-1050', HOME, 'MENTOR')],
  ['its mentor', by('p-1054', HOME, 'MENTOR')],
  ['somebody else of the agency', CALLERS.coordinator],
])('groups(status: ENDED) does not list it to %s', async (_, caller) => {
  expect(nodes(await fieldOf<List<unknown>>(caller, 'groups', GROUPS, { status: 'ENDED' }))).toEqual([]);
});

test('mySeats shows a deputy the seats to take over, with the youths of whom the agency is informed', async () => {
  const deputy = by('p-3011', 'school:skovde', 'CASEWORKER');
  const { data, errors } = await ask(deputy, SEATS);
  expect(errors).toEqual([]);
  const listed = nodes((data as { mySeats: List<{ youth: { id: string } | null }> }).mySeats);
  expect(listed.find(({ youth }) => youth?.id === DEMO_YOUTHS.everything.id)).toEqual({
    id: expect.any(String),
    role: 'CASEWORKER',
    groupId: demoGroupId('everything'),
    youth: { id: DEMO_YOUTHS.everything.id },
    holder: 'p-3001',
    deputy: 'p-3011',
    isHeldByYou: false,
    status: 'OPEN',
    informedAt: expect.any(String),
    revision: expect.any(Number),
    leadAgency: { code: HOME },
    programme: { code: 'skovde-sig' },
  });
  const handed = await fieldOf<List<{ id: string }>>(deputy, 'mySeats', SEATS);
  expect(handed.edges.length).toBe(listed.length);
});

test('mySeats shows neither whom the group is about before the agency is informed, nor seats that have ended', async () => {
  const { data, requestId } = await ask(by('p-3050', 'school:skovde', 'CASEWORKER'), SEATS);
  expect(nodes((data as { mySeats: List<object> }).mySeats)).toEqual([
    expect.objectContaining({ id: seats.uninformed, youth: null, groupId: null, informedAt: null, isHeldByYou: true }),
  ]);
  expect(await readEntries(requestId)).toEqual([{ kind: 'READ', name: 'mySeats', youth: null, permitted: true }]);
});

test.each([
  ['in a role that is not the seat’s', by('p-3011', 'school:skovde', 'MENTOR')],
  ['for another agency', by('p-3011', 'school:orebro', 'CASEWORKER')],
])('mySeats lists nothing %s', async (_, caller) => {
  expect(nodes(await fieldOf<List<unknown>>(caller, 'mySeats', SEATS))).toEqual([]);
});

test('youths lists to an agency’s system the youths of whom a seat of the agency has been informed, ended or not', async () => {
  const { admin } = (await sharedRegistry()).database;
  const { rows } = await admin.query<{ youth: string }>(
    `SELECT DISTINCT g.youth FROM registry.seat s JOIN registry.agency a ON a.id = s.agency AND a.code = 'school:skovde'
     JOIN registry.intervention_group g ON g.id = s.group_id WHERE s.informed_at IS NOT NULL ORDER BY g.youth`,
  );
  const { data, errors, requestId } = await ask(system, YOUTHS);
  expect(errors).toEqual([]);
  const listed = nodes((data as { youths: List<{ id: string }> }).youths).map(({ id }) => id);
  expect(listed).toEqual(rows.map(({ youth }) => youth));
  expect(listed).toContain(DEMO_YOUTHS.everything.id);
  expect(listed).not.toContain(DEMO_YOUTHS.noConsent.id);
  expect((await readEntries(requestId)).map(({ youth }) => youth)).toEqual(listed);
});

test.each([
  ['a system that acts for a person', by('p-3099', 'school:skovde', 'SYSTEM', 'system-school-skovde')],
  ['a caseworker of the agency without a seat', by('p-3098', 'school:skovde', 'CASEWORKER')],
])('youths lists nothing to %s', async (_, caller) => {
  expect(nodes(await fieldOf<List<unknown>>(caller, 'youths', YOUTHS))).toEqual([]);
});

test('managers see seats and numbers, and nobody else does', async () => {
  const manager = by('p-1800', HOME, 'MANAGER');
  const { data, errors } = await ask(manager, COUNTS);
  expect(errors).toEqual([]);
  const { agencyCounts, agencySeats } = data as { agencyCounts: Record<string, number>; agencySeats: unknown[] };
  const { admin } = (await sharedRegistry()).database;
  const { rows } = await admin.query<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM registry.intervention_group g WHERE g.lead_agency = a.id AND g.ended_at < now() - interval '1 day')
         AS "endedGroups",
       (SELECT count(*)::int FROM registry.intervention_group g
         WHERE g.lead_agency = a.id AND g.ended_at IS NULL AND g.opened_at IS NOT NULL) AS "openGroups"
     FROM registry.agency a WHERE a.code = $1`,
    [HOME],
  );
  expect(agencyCounts).toEqual({
    seats: agencySeats.length,
    seatsWaiting: 0,
    registeredYouths: expect.any(Number),
    // The one that is ending among them.
    proposedGroups: 2,
    ...rows[0],
  });
  expect(agencyCounts.endedGroups).toBeGreaterThanOrEqual(2);
  const denied = await ask(CALLERS.coordinator, COUNTS);
  expect(denied.errors.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
});
