import { expect, test } from '@jest/globals';
import { sql } from '../../setup/ask.ts';
import { sharedPlace } from './shared-place.ts';
import { decided } from './writes.ts';

test('every write is an entry', async () => {
  const entries = await sql<(typeof decided)[number]>(
    (await sharedPlace()).hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `SELECT e.request_id AS request, e.caller, a.code AS agency, e.fields, e.permitted
     FROM registry.entry e JOIN registry.agency a ON a.id = e.agency
     WHERE e.action = 2 AND e.request_id = ANY ($1::uuid[])`,
    [decided.map(({ request }) => request)],
  );
  const byRequest = (a: { request: string }, b: { request: string }) => (a.request < b.request ? -1 : 1);
  expect(decided.length).toBeGreaterThan(200);
  expect(entries.sort(byRequest)).toEqual(decided.sort(byRequest));
});
