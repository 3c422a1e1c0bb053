import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Hub } from '../../hub/hub.ts';
import type { DemoYouthName, PersonaName } from '../../schema/demo-world.ts';
import { sql, tokenOf } from '../setup/ask.ts';
import { startTestHub } from '../setup/hub.ts';
import {
  type Change,
  consentOf,
  consentSeen,
  denied,
  FOUR,
  fatherOf,
  GROUND,
  grantSeen,
  idOf,
  motherOf,
  NOBODY,
  said,
  seatOf,
  signature,
  statement,
} from './consents.ts';

const OWNER = 'SAMSYN_REGISTRY_OWNER_URL';
const MEMBERS = [
  'social-coordinator',
  'social-mentor',
  'police-officer',
  'school-counsellor',
  'leisure-worker',
] as const;

let hub: Hub;
let end: () => Promise<void>;
type Stories = typeof STORIES;
/** What happened in each story; the stories are of different youths and run at once, since much of them is the fence. */
let told: { readonly [Name in keyof Stories]: Awaited<ReturnType<Stories[Name]>> };

/** The outcome of a change, or the code and field of its errors. */
async function did(persona: PersonaName, mutation: Change, input: object): Promise<unknown> {
  const { outcome, errors } = await said(hub, persona, mutation, input);
  return outcome ?? errors;
}

const deniedTo = (who: PersonaName | { token: string }, youth: DemoYouthName) => denied(hub, who, youth);
const deniedToMembers = (youth: DemoYouthName) => Promise.all(MEMBERS.map((persona) => deniedTo(persona, youth)));
const statusOf = async (persona: PersonaName, youth: DemoYouthName) => (await consentSeen(hub, persona, youth))?.status;
const allFor = (reason: string, own?: string) =>
  Object.fromEntries(FOUR.filter((category) => category !== own).map((category) => [category, reason]));

/** Ends one grant, of school attendance to social services, by what the father says. */
async function grantEnded(youth: DemoYouthName, mutation: 'refuseConsent' | 'withdrawConsent') {
  const ended = ['school.attendance', 'social-services:skovde'] as const;
  const { id: grantId } = await grantSeen(hub, youth, ...ended);
  const given = statement(consentOf(youth), { grantId, guardianId: fatherOf(youth) });
  const outcome = await did('social-mentor', mutation, given);
  const { status: grant } = await grantSeen(hub, youth, ...ended);
  const { status: other } = await grantSeen(hub, youth, 'school.attendance', 'police:nationell');
  const denials = [await deniedTo('social-coordinator', youth), await deniedTo('police-officer', youth)];
  return { outcome, grant, other, consent: await statusOf('social-coordinator', youth), denials };
}

const STORIES = {
  async signed() {
    const youth = 'awaitingSignature';
    const denials = [await deniedToMembers(youth)];
    const given = signature(consentOf(youth), fatherOf(youth));
    const outcomes = [await did('social-coordinator', 'signConsent', given)];
    denials.push(await deniedToMembers(youth));
    const statuses = [await Promise.all(MEMBERS.map((persona) => statusOf(persona, youth)))];
    outcomes.push(await did('social-coordinator', 'signConsent', given));
    const acknowledged = await acknowledgedByAll(youth);
    denials.push(await deniedToMembers(youth));
    statuses.push(await Promise.all(MEMBERS.map((persona) => statusOf(persona, youth))));
    return { outcomes, denials, statuses, acknowledged };
  },
  async waived() {
    const youth = 'noConsent';
    const before = await statusOf('social-coordinator', youth);
    const given = { consentId: consentOf(youth), guardianId: fatherOf(youth), ground: GROUND };
    const outcome = await did('social-coordinator', 'waiveSignature', given);
    const signed = await statusOf('police-officer', youth);
    await acknowledgedByAll(youth);
    return {
      outcome,
      statuses: [before, signed, await statusOf('police-officer', youth)],
      denied: await deniedToMembers(youth),
    };
  },
  async acknowledged() {
    const youth = 'turning18';
    const grant = () => grantSeen(hub, youth, 'police.suspicion', 'social-services:skovde');
    const paperReference = await referenceOf(youth);
    const [denials, grants] = [[await deniedTo('social-coordinator', youth)], [(await grant()).status]];
    const acknowledge = (given: object) =>
      did('police-officer', 'acknowledgeConsent', { consentId: consentOf(youth), ...given });
    const outcomes = [
      await acknowledge({ paperReference: 'CANARY' }),
      await acknowledge({ paperReference }),
      await acknowledge({ paperReference }),
    ];
    denials.push(await deniedTo('social-coordinator', youth));
    grants.push((await grant()).status);
    return { outcomes, denials, grants };
  },
  grantRefused: () => grantEnded('heldPoliceRecord', 'refuseConsent'),
  grantWithdrawn: () => grantEnded('protected', 'withdrawConsent'),
  async refused() {
    const denials = [await deniedTo('police-officer', 'startsTomorrow')];
    const outcome = await did('leisure-worker', 'refuseConsent', statement(consentOf('startsTomorrow')));
    denials.push(await deniedTo('police-officer', 'startsTomorrow'));
    return { outcome, denials, status: await statusOf('social-coordinator', 'startsTomorrow') };
  },
  async noted() {
    const given = statement(consentOf('turning15'), { guardianId: NOBODY });
    const outcome = await did('police-officer', 'withdrawConsent', given);
    return { outcome, denied: await deniedTo('police-officer', 'turning15') };
  },
  async seatEnded() {
    const seatId = await seatOf(hub, 'twoSchools', 'p-2001');
    const outcomes = [
      await did('social-coordinator', 'endSeat', { seatId }),
      await did('social-coordinator', 'endSeat', { seatId }),
    ];
    return { outcomes, denied: await deniedTo('police-officer', 'twoSchools') };
  },
  async ownSeatEnded() {
    const seatId = await seatOf(hub, 'attendanceOnly', 'p-3001');
    const outcome = await did('school-manager', 'endSeat', { seatId });
    return { outcome, denied: await deniedTo('school-counsellor', 'attendanceOnly') };
  },
  async barredFromOne() {
    const given = { subject: 'p-1002', youthId: idOf('everything'), ground: GROUND };
    const outcome = await did('school-manager', 'barCaller', given);
    const denials = [await deniedTo('social-mentor', 'everything'), await deniedTo('social-mentor', 'turning15')];
    return { outcome, denials };
  },
  async systemBarredFromAll() {
    const onBehalf = { token: await tokenOf(hub, 'school-counsellor?act=school-system') };
    const asked = () =>
      Promise.all(
        [onBehalf, 'school-system', 'school-counsellor'].map((who) => deniedTo(who as PersonaName, 'everything')),
      );
    const denials = [await asked()];
    const given = { subject: 'system-school-skovde', ground: GROUND };
    const outcomes = [await did('school-manager', 'barCaller', given)];
    denials.push(await asked());
    outcomes.push(await did('school-manager', 'barCaller', given));
    return { outcomes, denials };
  },
};

/** Every source acknowledges; for the lead agency the mentor does, since the coordinator recorded the signatures. */
async function acknowledgedByAll(youth: DemoYouthName): Promise<unknown[]> {
  const given = { consentId: consentOf(youth), paperReference: await referenceOf(youth) };
  return Promise.all(MEMBERS.map((persona) => did(persona, 'acknowledgeConsent', given)));
}

async function referenceOf(youth: DemoYouthName): Promise<string> {
  const rows = await sql<{ paper_reference: string }>(
    hub,
    OWNER,
    'SELECT paper_reference FROM registry.consent WHERE id = $1',
    [consentOf(youth)],
  );
  return rows[0]?.paper_reference ?? '';
}

/** What the demo world has not: a source that has yet to acknowledge, and a consent that one guardian has yet to sign. */
async function prepare(): Promise<void> {
  await sql(
    hub,
    OWNER,
    `UPDATE registry.consent_grant SET acknowledged_at = NULL, acknowledged_by = NULL
     WHERE consent = $1 AND source = (SELECT id FROM registry.agency WHERE code = 'police:nationell')`,
    [consentOf('turning18')],
  );
  const [from, to] = [consentOf('everything'), consentOf('noConsent')];
  await sql(
    hub,
    OWNER,
    `INSERT INTO registry.consent (id, group_id, version, valid_from, valid_until, purpose, paper_reference,
       information_given, language, recorded_by)
     SELECT $2, (SELECT id FROM registry.intervention_group WHERE youth = $3), 1, valid_from, valid_until, purpose,
       paper_reference, information_given, language, recorded_by FROM registry.consent WHERE id = $1`,
    [from, to, idOf('noConsent')],
  );
  await sql(
    hub,
    OWNER,
    `INSERT INTO registry.consent_grant (consent, source, recipient, category)
     SELECT $2, source, recipient, category FROM registry.consent_grant WHERE consent = $1`,
    [from, to],
  );
  await sql(
    hub,
    OWNER,
    `INSERT INTO registry.signature (consent, guardian, capacity, told_at, method, evidence_hash, recorded_by)
     SELECT $2, CASE WHEN guardian IS NOT NULL THEN $4::uuid END, capacity, told_at, method, evidence_hash, recorded_by
     FROM registry.signature WHERE consent = $1 AND guardian IS DISTINCT FROM $3`,
    [from, to, fatherOf('everything'), motherOf('noConsent')],
  );
}

beforeAll(async () => {
  ({ hub, end } = await startTestHub());
  await prepare();
  // The first operations of a process take longer than many at once afterwards.
  await Promise.all([deniedToMembers('everything'), consentSeen(hub, 'social-coordinator', 'everything')]);
  const names = Object.keys(STORIES) as (keyof Stories)[];
  const ended = await Promise.all(names.map(async (name) => [name, await STORIES[name]()] as const));
  told = Object.fromEntries(ended) as typeof told;
});
afterAll(() => end());

test('C5 the last required signature informs every member, and each source then opens what it grants', () => {
  expect(told.signed).toEqual({
    outcomes: ['CREATED', 'UNCHANGED'],
    denials: [
      [
        allFor('NOT_SIGNED', 'social-services.identity'),
        allFor('NOT_SIGNED', 'social-services.identity'),
        { ...allFor('NO_SEAT'), 'police.suspicion': 'NOT_ASSIGNED' },
        { ...allFor('NO_SEAT'), 'school.attendance': 'NOT_ASSIGNED' },
        { ...allFor('NO_SEAT'), 'leisure.activity': 'NOT_ASSIGNED' },
      ],
      [
        allFor('NOT_ACKNOWLEDGED', 'social-services.identity'),
        allFor('NOT_ACKNOWLEDGED', 'social-services.identity'),
        allFor('NOT_ACKNOWLEDGED', 'police.suspicion'),
        allFor('NOT_ACKNOWLEDGED', 'school.attendance'),
        allFor('NOT_ACKNOWLEDGED', 'leisure.activity'),
      ],
      MEMBERS.map(() => ({})),
    ],
    statuses: [MEMBERS.map(() => 'SIGNED'), MEMBERS.map(() => 'EFFECTIVE')],
    // The coordinator recorded a signature, so the mentor acknowledges for social services.
    acknowledged: [[{ code: 'CONFLICT' }], 'CHANGED', 'CHANGED', 'CHANGED', 'CHANGED'],
  });
});

test('C5 a waiver stands in for one guardian’s signature', () => {
  expect(told.waived).toEqual({
    outcome: 'CREATED',
    statuses: ['PARTLY_SIGNED', 'SIGNED', 'EFFECTIVE'],
    denied: MEMBERS.map(() => ({})),
  });
});

test('C5 a grant opens when its source has compared the paper form, and not before', () => {
  expect(told.acknowledged).toEqual({
    outcomes: [[{ code: 'BAD_USER_INPUT', field: 'input.paperReference' }], 'CHANGED', 'UNCHANGED'],
    denials: [{ 'police.suspicion': 'NOT_ACKNOWLEDGED' }, {}],
    grants: ['SIGNED', 'EFFECTIVE'],
  });
});

test.each([
  ['grantRefused', 'REFUSED'],
  ['grantWithdrawn', 'WITHDRAWN'],
] as const)('C6 %s: it ends at once, alone, and is shown as ending', (story, reason) => {
  expect(told[story]).toEqual({
    outcome: 'CREATED',
    grant: 'ENDING',
    other: 'EFFECTIVE',
    consent: 'EFFECTIVE',
    denials: [{ 'school.attendance': reason }, {}],
  });
});

test('C6 what is refused as a whole before it begins never begins', () => {
  expect(told.refused).toEqual({
    outcome: 'CREATED',
    denials: [allFor('NOT_YET_VALID', 'police.suspicion'), allFor('REFUSED', 'police.suspicion')],
    status: 'ENDING',
  });
});

test('C6 what somebody without custody says is kept as a note and ends nothing', () => {
  expect(told.noted).toEqual({ outcome: 'NOTED', denied: {} });
});

test('C3 who has lost the seat reads neither across the line nor the own agency’s records', () => {
  expect(told.seatEnded).toEqual({
    outcomes: ['CHANGED', 'UNCHANGED'],
    denied: { ...allFor('NO_SEAT'), 'police.suspicion': 'NOT_ASSIGNED' },
  });
});

test('a manager ends a seat of the own agency', () => {
  expect(told.ownSeatEnded).toEqual({
    outcome: 'CHANGED',
    denied: { ...allFor('NO_SEAT'), 'school.attendance': 'NOT_ASSIGNED' },
  });
});

test('C18 a bar from one youth’s records denies these alone', () => {
  expect(told.barredFromOne).toEqual({ outcome: 'CREATED', denials: [{ 'school.attendance': 'BARRED' }, {}] });
});

test('C4 a system crosses a line for a seat holder and not alone, and a bar on it denies first', () => {
  expect(told.systemBarredFromAll).toEqual({
    outcomes: ['CREATED', 'UNCHANGED'],
    denials: [
      [{}, allFor('NO_SEAT', 'school.attendance'), {}],
      [{ 'school.attendance': 'BARRED' }, { ...allFor('NO_SEAT'), 'school.attendance': 'BARRED' }, {}],
    ],
  });
});

test('the log names the person and the system that acted', async () => {
  const rows = await sql(
    hub,
    OWNER,
    `SELECT DISTINCT e.caller, e.actor, e.reason, e.permitted FROM registry.entry e
     JOIN registry.category c ON c.id = e.category WHERE e.actor IS NOT NULL AND c.code = 'police.suspicion'`,
  );
  expect(rows).toEqual([{ caller: 'p-3001', actor: 'system-school-skovde', reason: 'CONSENT', permitted: true }]);
});
