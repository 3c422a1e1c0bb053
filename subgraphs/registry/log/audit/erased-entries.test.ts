import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Caller } from '../../../../schema/caller.ts';
import { audit, erasureIn, TODAY } from '../../../../test/setup/audit-calls.ts';
import { ERASABLE, type OldLog, startOldLog } from '../../../../test/setup/old-log.ts';
import { type RegistrySubgraph, serveRegistry } from '../../../../test/setup/registry-subgraph.ts';

const RAISED_AT = '2026-01-02T03:04:05.000Z';
const WHO = 'canary-of-whom-4d1e';
const NOTE = 'Asked the unit.';
const alarms = [randomUUID(), randomUUID()];
const review = randomUUID();
const INTERVAL = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' };

const ALARMS = `query Alarms($from: DateTime!, $to: DateTime!) {
  alarms(from: $from, to: $to) { edges { node { id kind raisedAt deliveredAt entryErased entry { id caller agency { code } } } } }
}`;
const REVIEWS = `query Reviews($from: DateTime!, $to: DateTime!, $entryId: ID) {
  recordedReviews(from: $from, to: $to, entryId: $entryId) {
    edges { node { id agency { code } entryIds erasedEntryIds outcome note recordedBy } }
  }
}`;

const auditor = (subject: string, agency: string): Caller => ({ subject, actor: null, agency, roles: ['AUDITOR'] });
const HUB = auditor('p-9901', 'hub:samsyn');
const OWN = auditor('p-1901', 'social-services:a');
const OTHER = auditor('p-2901', 'police:b');

let log: OldLog;
let registry: RegistrySubgraph;
/** The entry of the leaf that is erased, and of the leaf that is kept. */
let erased: string;
let kept: string;

async function entryOfLeaf(index: number): Promise<string> {
  const { rows } = await log.pool.query('SELECT registry.unit_id(row_id, 1) AS entry FROM seal.leaf WHERE index = $1', [
    index,
  ]);
  return rows[0]?.entry;
}

beforeAll(async () => {
  log = await startOldLog();
  registry = await serveRegistry(log);
  [erased, kept] = [await entryOfLeaf(ERASABLE[0] ?? -1), await entryOfLeaf(10)];
  await log.as(log.superuserUrl, async (client) => {
    await client.query("INSERT INTO registry.agency (code, name, sector) VALUES ('police:b', 'B', 'police')");
    for (const [n, entry] of [erased, kept].entries())
      await client.query(
        `INSERT INTO registry.alarm (id, kind, occasion, entry, request_id, agency, source, raised_at)
         SELECT $1, 'MANY_YOUTHS', $2, e.id, e.request_id, e.agency, e.source, $3 FROM registry.entry e WHERE e.id = $4`,
        [alarms[n], `${WHO}-${n}`, RAISED_AT, entry],
      );
    await client.query(
      `INSERT INTO registry.review (id, agency, outcome, note, recorded_at, recorded_by)
       SELECT $1, id, 'JUSTIFIED', $2, $3, 'p-1901' FROM registry.agency WHERE code = 'social-services:a'`,
      [review, NOTE, RAISED_AT],
    );
    await client.query('INSERT INTO registry.review_entry SELECT $1, unnest($2::uuid[])', [review, [erased, kept]]);
  });
  const said = await audit(log, 'erase', 'propose', '--until', TODAY, '--ground', 'Gallring', '--by', 'p-first');
  await audit(log, 'erase', 'confirm', erasureIn(said), '--by', 'p-second');
}, 60_000);

afterAll(async () => {
  await registry.end();
  await log.end();
});

async function nodesOf(caller: Caller, query: string, more: object = {}): Promise<unknown[]> {
  const { data, errors } = await registry.ask(caller, query, { ...INTERVAL, ...more });
  expect(errors).toEqual([]);
  const [page] = Object.values(data ?? {}) as { edges: { node: unknown }[] }[];
  return (page?.edges ?? []).map(({ node }) => node);
}

const ofErased = {
  id: alarms[0],
  kind: 'MANY_YOUTHS',
  raisedAt: RAISED_AT,
  deliveredAt: null,
  entryErased: true,
  entry: null,
};
const ofKept = () => ({
  ...ofErased,
  id: alarms[1],
  entryErased: false,
  entry: { id: kept, caller: 'p-1001', agency: { code: 'social-services:a' } },
});

test.each([
  ['the hub’s auditor', HUB],
  ['the auditor of the agency that it is about', OWN],
])('an alarm whose entry was erased is read by %s, without what was erased', async (_, caller) => {
  const read = await nodesOf(caller, ALARMS);
  expect(read).toHaveLength(2);
  expect(read).toEqual(expect.arrayContaining([ofErased, ofKept()]));
});

test('it is read by nobody who could not read it before', async () => {
  expect(await nodesOf(OTHER, ALARMS)).toEqual([]);
  const { errors } = await registry.ask({ ...OWN, roles: ['CASEWORKER'] }, ALARMS, INTERVAL);
  expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN']);
});

test('whom it was about is erased with its entry; of the others it stays', async () => {
  const { rows } = await log.as(log.superuserUrl, (client) =>
    client.query('SELECT occasion FROM registry.alarm ORDER BY occasion LIKE $1', [`${WHO}%`]),
  );
  expect(rows.map(({ occasion }) => occasion)).toEqual([alarms[0], `${WHO}-1`]);
});

test('the outcome of a review outlasts its entries, and says which are erased', async () => {
  const recorded = {
    id: review,
    agency: { code: 'social-services:a' },
    entryIds: [erased, kept].sort(),
    erasedEntryIds: [erased],
    outcome: 'JUSTIFIED',
    note: NOTE,
    recordedBy: 'p-1901',
  };
  expect(await nodesOf(HUB, REVIEWS)).toEqual([recorded]);
  expect(await nodesOf(OWN, REVIEWS, { entryId: erased })).toEqual([recorded]);
  expect(await nodesOf(OTHER, REVIEWS)).toEqual([]);
});
