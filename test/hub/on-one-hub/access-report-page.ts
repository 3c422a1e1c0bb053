import { beforeAll, expect, test } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import { DEMO_YOUTHS, type PersonaName } from '../../../schema/demo-world.ts';
import { operationHash } from '../../../schema/operation-hash.ts';
import { ask, sql, tokenOf } from '../../setup/ask.ts';
import { NOBODY } from '../consents.ts';
import { operation, untilShown } from '../log-pages.ts';
import { sharedHub } from './shared-hub.ts';

const OWNER = 'SAMSYN_REGISTRY_OWNER_URL';
const YOUTH = DEMO_YOUTHS.attendanceOnly.id;

let hub: Hub;
let read: string;
beforeAll(async () => {
  hub = await sharedHub();
  const { requestId } = await ask(hub, 'social-coordinator', operation('attendance'), { youthId: YOUTH });
  await untilShown(hub, requestId);
  read = requestId;
});

async function extract(persona: PersonaName | null, youthId: string, query = '') {
  const headers: Record<string, string> =
    persona === null ? {} : { authorization: `Bearer ${await tokenOf(hub, persona)}` };
  const response = await fetch(new URL(`/access-report/${youthId}${query}`, hub.url), { headers });
  return {
    status: response.status,
    text: await response.text(),
    requestId: response.headers.get('samsyn-request-id') ?? '',
  };
}

test('the extract of a youth tells of what was just read, with the number that the log gave it', async () => {
  const [entry] = await sql<{ number: string }>(
    hub,
    OWNER,
    `SELECT l.index::text AS number FROM registry.entry e JOIN seal.leaf l ON l.row_id = e.row_id
     JOIN registry.category k ON k.id = e.category
     WHERE e.request_id = $1 AND k.code = 'school.attendance' AND e.permitted`,
    [read],
  );
  for (const persona of ['social-coordinator', 'hub-auditor'] as const) {
    const { status, text } = await extract(persona, YOUTH, '?language=en');
    const words = text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
    expect([status, words]).toEqual([200, expect.stringContaining('Consent, version 1 (Skövde SIG) Was shown')]);
    expect(words).toMatch(
      new RegExp(
        `School attendance from Skövde kommun, grundskolan, no\\. [\\d, ]*\\b${entry?.number}\\b[\\d, ]* in the log`,
      ),
    );
    expect(words).not.toMatch(/p-1001|[0-9a-f]{8}-[0-9a-f]{4}/);
  }
});

test('others get the same bytes, whether there is such a youth or not', async () => {
  const refused = await Promise.all([
    ...(['social-mentor', 'police-officer', 'school-manager', 'school-outsider', 'orebro-coordinator'] as const).map(
      (persona) => extract(persona, YOUTH),
    ),
    extract('social-coordinator', NOBODY),
    extract('social-coordinator', DEMO_YOUTHS.orebro.id),
  ]);
  expect(new Set(refused.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(refused[0]?.status).toBe(403);
  expect((await extract(null, YOUTH)).status).toBe(401);
});

test('an extract leaves the entry that the operation leaves, made or refused', async () => {
  const [made, refused] = [await extract('social-coordinator', YOUTH), await extract('school-manager', YOUTH)];
  const entries = await sql(
    hub,
    OWNER,
    `SELECT kind, permitted, caller, name, youth, operation_name, operation_hash FROM registry.entry
     WHERE request_id = ANY ($1::uuid[]) ORDER BY id`,
    [[made.requestId, refused.requestId]],
  );
  const entry = {
    kind: 'READ',
    name: 'accessReport',
    youth: YOUTH,
    operation_name: 'access-report',
    operation_hash: operationHash(operation('access-report')),
  };
  expect(entries).toEqual([
    { ...entry, permitted: true, caller: 'p-1001' },
    { ...entry, permitted: false, caller: 'p-3900' },
  ]);
});
