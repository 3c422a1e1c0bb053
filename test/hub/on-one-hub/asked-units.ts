import { beforeAll, expect, test } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import { ask, sql } from '../../setup/ask.ts';
import { idOf } from '../consents.ts';
import { sharedHub } from './shared-hub.ts';

let hub: Hub;
beforeAll(async () => {
  hub = await sharedHub();
});

/** The units that were decided for a request. */
const unitsOf = (requestId: string) =>
  sql<{ youth: string; category: string; fields: string }>(
    hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `SELECT DISTINCT e.youth, c.code AS category, e.fields FROM registry.entry e JOIN registry.category c ON c.id = e.category
     WHERE e.request_id = $1 AND e.kind = 'DECISION' ORDER BY e.youth, c.code`,
    [requestId],
  );

const [one, other] = [idOf('everything'), idOf('turning15')];

test('of two youths of whom different things are asked, the log has of each what was asked of that youth', async () => {
  const { data, requestId } = await ask(
    hub,
    'social-coordinator',
    'query ($one: ID!, $other: ID!) { a: youth(id: $one) { attendance { id } } b: youth(id: $other) { studentHealth { id } } }',
    { one, other },
  );
  expect(data).toEqual({ a: { attendance: expect.any(Array) }, b: { studentHealth: null } });
  expect(await unitsOf(requestId)).toEqual([
    { youth: one, category: 'school.attendance', fields: expect.stringMatching(/\battendance\b/) },
    { youth: other, category: 'school.health', fields: expect.stringMatching(/\bstudentHealth\b/) },
  ]);
});

test('of a youth who is asked about twice it has what was asked together', async () => {
  const { requestId } = await ask(
    hub,
    'social-coordinator',
    'query ($one: ID!, $other: ID!) { a: youth(id: $one) { attendance { id } } b: youth(id: $one) { studentHealth { id } } c: youth(id: $other) { attendance { id minutesPresent } } }',
    { one, other },
  );
  const units = await unitsOf(requestId);
  expect(units.map(({ youth, category }) => `${youth} ${category}`)).toEqual([
    `${one} school.attendance`,
    `${one} school.health`,
    `${other} school.attendance`,
  ]);
  expect(units.map(({ fields }) => fields.includes('minutesPresent'))).toEqual([false, false, true]);
});
