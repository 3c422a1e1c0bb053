import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { buildSchema, isInputObjectType } from 'graphql';
import { askAs, type Claims, refused, type Said, saidBy } from '../mutate.ts';
import { born, Case } from './case.ts';
import { begin, by, made, managerOf, operationOf, registry, sharedPlace } from './place.ts';

const COORDINATOR = by('p-1801', 'social-services:skovde', 'COORDINATOR');
const POLICE = by('p-2811', 'police:nationell', 'CASEWORKER');
const MANAGER = managerOf(POLICE.agency);
const CONFLICT = refused('CONFLICT');

/** Makes a change, and hears the revision too. */
async function change(who: Claims, mutation: string, input: object): Promise<Said & { readonly revision?: number }> {
  const query = operationOf(mutation).replace('{ id outcome }', '{ id outcome revision }');
  return saidBy(await askAs(await sharedPlace(), who, query, { input }));
}

interface Revisions {
  readonly revision: number;
  readonly youthRevision: number;
  readonly seats: readonly { readonly id: string; readonly revision: number; readonly status: string }[];
  readonly consents: readonly { readonly id: string; readonly revision: number }[];
}

/** The revisions of a group as its coordinator reads them. */
async function read(groupId: string): Promise<Revisions> {
  const query = `query ($id: ID!) { group(id: $id) {
    revision youthRevision seats { id revision status } consents { id revision } } }`;
  const { data, errors } = await askAs(await sharedPlace(), COORDINATOR, query, { id: groupId });
  if (data?.group == null) throw new Error(JSON.stringify(errors));
  return data.group;
}

test.concurrent('a change to what has changed since it was read is a conflict, and nothing is written', async () => {
  const life = await Case.proposed(COORDINATOR, 'national-sig', born(16, -60));
  const { groupId, youthId, guardians } = life;
  const first = await read(groupId);
  // The coordinator's own seat; two guardians.
  expect(first).toEqual({
    revision: 2,
    youthRevision: 3,
    seats: [{ id: expect.any(String), revision: 1, status: 'OPEN' }],
    consents: [],
  });

  const invitation = { groupId, agency: POLICE.agency, role: 'CASEWORKER', expectedRevision: first.revision };
  const invited = await change(COORDINATOR, 'addSeat', invitation);
  expect(invited).toEqual({ id: expect.any(String), outcome: 'CREATED', revision: 3 });
  const late = { groupId, expectedRevision: first.revision };
  expect(await change(COORDINATOR, 'openGroup', late)).toEqual(CONFLICT);
  expect(await change(COORDINATOR, 'openGroup', { ...late, expectedRevision: 3 })).toEqual({
    id: groupId,
    outcome: 'CHANGED',
    revision: 4,
  });

  // Of two managers who have read the same, one names the holder; who sends the same again is answered the same.
  const named = { seatId: invited.id, holder: POLICE.sub, expectedRevision: 1, idempotencyKey: 'the first' };
  const other = { ...named, holder: 'p-2812', idempotencyKey: 'the other' };
  const custody = { youthId, guardianId: guardians.father, change: 'ENDS', at: new Date(), expectedRevision: 2 };
  const [both, stale] = await Promise.all([
    Promise.all([named, other].map((input) => change(MANAGER, 'fillSeat', input))),
    change(COORDINATOR, 'recordCustody', custody),
  ]);
  const filled = { id: invited.id, outcome: 'CHANGED', revision: 2 };
  expect(both).toContainEqual(filled);
  expect(both).toContainEqual(CONFLICT);
  expect(stale).toEqual(CONFLICT);

  const winner = both[0]?.outcome === 'CHANGED' ? named : other;
  await begin(MANAGER, 'fillSeat', { seatId: invited.id, holder: 'p-2813' });
  const changing = await read(groupId);
  expect(changing.seats.find(({ id }) => id === invited.id)).toEqual({
    id: invited.id,
    revision: 3,
    status: 'CHANGING',
  });
  expect(changing.youthRevision).toBe(3);
  const consentId = await life.propose('REVISIONS-1', [`${POLICE.agency} police.report ${COORDINATOR.agency}`]);
  await life.sign(consentId, ['mother']);
  const signature = { consentId, toldAt: '2026-01-02T03:04:05Z', method: 'PAPER', evidenceHash: 'cd'.repeat(32) };
  const asYouth = { ...signature, capacity: 'YOUTH', expectedRevision: 1 };
  const [replayed, unsigned, unclosed] = await Promise.all([
    change(MANAGER, 'fillSeat', winner),
    change(COORDINATOR, 'signConsent', asYouth),
    change(COORDINATOR, 'closeGroup', { groupId, reason: 'OTHER', expectedRevision: 4 }),
  ]);
  expect([replayed, unsigned, unclosed]).toEqual([filled, CONFLICT, CONFLICT]);
  expect(await read(groupId)).toEqual({ ...changing, revision: 5, consents: [{ id: consentId, revision: 2 }] });
  const written = await registry(
    `SELECT (SELECT count(*)::int FROM registry.signature s WHERE s.consent = $1) AS signatures,
      (SELECT count(*)::int FROM registry.custody k WHERE k.youth = $2 AND k.ends_at IS NOT NULL) AS ended,
      (SELECT holder FROM registry.seat WHERE id = $3) AS holder`,
    [consentId, youthId, invited.id],
  );
  expect(written).toEqual([{ signatures: 1, ended: 0, holder: 'p-2813' }]);
}, 120_000);

test('C6 every change to what is there may expect its revision, but a refusal or withdrawal, which nothing keeps out', () => {
  const file = new URL('../../../schema/generated/registry.graphql', import.meta.url);
  const schema = buildSchema(readFileSync(file, 'utf8'), { assumeValidSDL: true });
  const fields = Object.values(schema.getMutationType()?.getFields() ?? {});
  const without = fields.filter(({ args }) => {
    const type = schema.getType(String(args[0]?.type).replace('!', ''));
    return isInputObjectType(type) && type.getFields().expectedRevision === undefined;
  });
  // What is new has no revision yet, a review is new each time; an acknowledgement names what it is of by the paper form; a
  // bar is there or not.
  expect(without.map(({ name }) => name).sort()).toEqual([
    'acknowledgeConsent',
    'barCaller',
    'liftBar',
    'recordReview',
    'refuseConsent',
    'registerYouth',
    'withdrawConsent',
  ]);
});

test.concurrent('a group that lasts keeps a coordinator', async () => {
  const life = await Case.proposed(COORDINATOR, 'national-sig', born(16, -61));
  const { seats } = await read(life.groupId);
  const manager = managerOf(COORDINATOR.agency);
  const [byOneself, byManager] = await Promise.all(
    [COORDINATOR, manager].map((who) => change(who, 'endSeat', { seatId: seats[0]?.id })),
  );
  expect([byOneself, byManager]).toEqual([CONFLICT, CONFLICT]);
  const seatId = await made(COORDINATOR, 'addSeat', {
    groupId: life.groupId,
    agency: COORDINATOR.agency,
    role: 'COORDINATOR',
  });
  await begin(manager, 'fillSeat', { seatId, holder: 'p-1802' });
  await begin(COORDINATOR, 'endSeat', { seatId: seats[0]?.id });
}, 60_000);
