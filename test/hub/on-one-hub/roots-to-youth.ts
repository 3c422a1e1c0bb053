import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import { ROOTS_TO_YOUTH } from '../../../schema/compose/checks/roots-to-youth-are-listed.ts';
import { PERSONAS, type PersonaName } from '../../../schema/demo-world.ts';
import { ask, sql } from '../../setup/ask.ts';
import { sharedHub } from './shared-hub.ts';

let hub: Hub;
let ids: Readonly<Record<'group' | 'consent', readonly string[]>>;
beforeAll(async () => {
  hub = await sharedHub();
  ids = { group: await allIds('intervention_group'), consent: await allIds('consent') };
});

/** Asks each root field for the ids of the youths that it leads to; with `ids` once for every thing that there is. */
const ASKED: Readonly<Record<string, { readonly query: string; readonly ids?: 'group' | 'consent' }>> = {
  youths: { query: '{ youths(first: 100) { edges { node { id } } } }' },
  groups: { query: '{ groups(first: 100) { edges { node { youth { id } } } } }' },
  group: { query: 'query ($id: ID!) { group(id: $id) { youth { id } } }', ids: 'group' },
  consent: { query: 'query ($id: ID!) { consent(id: $id) { group { youth { id } } } }', ids: 'consent' },
  mySeats: { query: '{ mySeats(first: 100) { edges { node { youth { id } } } } }' },
  registeredYouths: { query: '{ registeredYouths(first: 100) { edges { node { youth { id } } } } }' },
  consentsNeedingAttention: { query: '{ consentsNeedingAttention(withinDays: 366) { group { youth { id } } } }' },
};

const OWNER = 'SAMSYN_REGISTRY_OWNER_URL';

async function allIds(table: string): Promise<string[]> {
  return (await sql<{ id: string }>(hub, OWNER, `SELECT id FROM registry.${table}`)).map(({ id }) => id);
}

/** The youths of the open groups in which a persona holds a seat, or is a deputy; those registered, where the root yields these. */
async function ownYouths(persona: PersonaName, root: string): Promise<string[]> {
  const isRegistered = ROOTS_TO_YOUTH[root] === 'REGISTRATIONS';
  const rows = await sql<{ youth: string }>(
    hub,
    OWNER,
    isRegistered
      ? `SELECT e.youth FROM registry.entry e JOIN registry.agency a ON a.id = e.agency
         WHERE e.kind = 'CHANGE' AND e.name = 'registerYouth' AND e.permitted AND e.caller = $1 AND a.code = $2`
      : `SELECT DISTINCT g.youth FROM registry.seat s JOIN registry.intervention_group g ON g.id = s.group_id
     JOIN registry.agency a ON a.id = s.agency
     WHERE $1 IN (s.holder, s.deputy) AND a.code = $2 AND s.ended_at IS NULL AND g.ended_at IS NULL`,
    [PERSONAS[persona].subject, PERSONAS[persona].agency],
  );
  return rows.map(({ youth }) => youth);
}

/** The ids of youths in an answer: those under `youth`, and those of `youths`. */
function youthsIn(text: string): string[] {
  return [...text.matchAll(/"(?:youth|node)":\{"id":"([0-9a-f-]{36})"\}/g)].map(([, id = '']) => id);
}

async function yieldedTo(persona: PersonaName, root: string): Promise<string[]> {
  const { query, ids: of } = ASKED[root] ?? { query: '' };
  const variables = of === undefined ? [{}] : ids[of].map((id) => ({ id }));
  const answers = await Promise.all(variables.map((each) => ask(hub, persona, query, each)));
  return [...new Set(answers.flatMap(({ text }) => youthsIn(text)))];
}

/** Has the coordinator register a youth. */
async function register(): Promise<void> {
  const mutation = 'mutation ($input: RegisterYouthInput!) { registerYouth(input: $input) { id } }';
  const { errors } = await ask(hub, 'social-coordinator', mutation, { input: { idempotencyKey: 'roots-to-youth' } });
  expect(errors).toEqual([]);
}

test('every root field that leads to Youth is asked here', () => {
  expect(Object.keys(ASKED).sort()).toEqual(Object.keys(ROOTS_TO_YOUTH).sort());
});

describe.each(Object.keys(ASKED))('Query.%s', (root) => {
  test('yields youths to somebody who has some, and only own ones', async () => {
    if (ROOTS_TO_YOUTH[root] === 'REGISTRATIONS') await register();
    const own = await ownYouths('social-coordinator', root);
    const yielded = await yieldedTo('social-coordinator', root);
    expect(yielded.length).toBeGreaterThan(0);
    expect(yielded.filter((youth) => !own.includes(youth))).toEqual([]);
  });

  test.each<PersonaName>(['police-officer', 'orebro-coordinator'])(
    'yields %s only youths of own seats',
    async (who) => {
      const own = await ownYouths(who, root);
      expect((await yieldedTo(who, root)).filter((youth) => !own.includes(youth))).toEqual([]);
    },
  );

  const others: PersonaName[] = ['police-outsider', 'social-outsider', 'school-manager', 'hub-auditor'];
  // An agency's system lists the youths of the agency's seats.
  test.each(root === 'youths' ? others : [...others, 'school-system' as const])(
    'yields %s, who holds no seat, no youth',
    async (who) => {
      expect(await yieldedTo(who, root)).toEqual([]);
    },
  );
});

test('Query.youths yields to an agency’s system the youths of the agency’s informed seats alone', async () => {
  const rows = await sql<{ youth: string }>(
    hub,
    OWNER,
    `SELECT DISTINCT g.youth FROM registry.seat s JOIN registry.intervention_group g ON g.id = s.group_id
     JOIN registry.agency a ON a.id = s.agency
     WHERE a.code = $1 AND s.informed_at IS NOT NULL AND s.ended_at IS NULL AND g.ended_at IS NULL`,
    [PERSONAS['school-system'].agency],
  );
  const yielded = await yieldedTo('school-system', 'youths');
  expect(yielded.sort()).toEqual(rows.map(({ youth }) => youth).sort());
  expect(yielded.length).toBeGreaterThan(0);
});
