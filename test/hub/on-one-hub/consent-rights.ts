import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import type { DemoYouthName, PersonaName } from '../../../schema/demo-world.ts';
import { CONSTANT_MESSAGES } from '../../../schema/errors.ts';
import { until } from '../../faults/until.ts';
import { ask, sql } from '../../setup/ask.ts';
import {
  CHANGES,
  type Change,
  change,
  consentOf,
  consentSeen,
  fatherOf,
  GROUND,
  idOf,
  NOBODY,
  type SeenGrant,
  said,
  seatOf,
  signature,
  statement,
} from '../consents.ts';
import { refused } from '../mutate.ts';
import { sharedHub } from './shared-hub.ts';

const OWNER = 'SAMSYN_REGISTRY_OWNER_URL';
const AHEAD = new Date(Date.now() + 3_600_000).toISOString();

let hub: Hub;

beforeAll(async () => {
  hub = await sharedHub();
});

describe('C7 the status of a consent', () => {
  const statuses: Readonly<Partial<Record<DemoYouthName, string>>> = {
    everything: 'EFFECTIVE',
    attendanceOnly: 'EFFECTIVE',
    withdrawn: 'WITHDRAWN',
    expired: 'EXPIRED',
    startsTomorrow: 'SIGNED',
    awaitingSignature: 'PARTLY_SIGNED',
    refused: 'REFUSED',
    turning15: 'EFFECTIVE',
  };

  /** The latest consent of a youth as it stands when nothing of it is shown as ending, as at first where it has ended. */
  const standing = (youth: DemoYouthName) =>
    until(`the end of what ends for ${youth}`, async () => {
      const seen = await consentSeen(hub, 'social-coordinator', youth);
      return [seen, ...(seen?.grants ?? [])].some((each) => each?.status === 'ENDING') ? undefined : seen;
    });

  test.each(Object.entries(statuses))('of %s is %s', async (youth, status) => {
    expect((await standing(youth as DemoYouthName)).status).toBe(status);
  });

  test('of a grant of what the youth must sign waits for the youth', async () => {
    const { grants } = await standing('turning15');
    const waiting = grants.filter(({ status }) => status === 'PARTLY_SIGNED');
    expect([...new Set(waiting.map(({ category }) => category.code))]).toEqual(['school.health']);
  });
});

test('a member sees the grants of the own agency, and the coordinator all', async () => {
  const names = (grants: readonly SeenGrant[] = []) =>
    grants.map(({ source, recipient, category }) => `${source.code} ${category.code} ${recipient.code}`);
  const all = names((await consentSeen(hub, 'social-coordinator', 'everything'))?.grants);
  const members = {
    'social-mentor': 'social-services:skovde',
    'police-officer': 'police:nationell',
    'school-counsellor': 'school:skovde',
    'leisure-worker': 'leisure:skovde',
  } as const;
  // Of 22 categories 21 can be granted, each to three other agencies.
  expect(all.length).toBe(63);
  for (const [persona, agency] of Object.entries(members)) {
    const seen = names((await consentSeen(hub, persona as PersonaName, 'everything'))?.grants);
    expect(seen).toEqual(all.filter((grant) => grant.split(' ').includes(agency)));
  }
});

test('only a coordinator reads the child’s own view, and only members a group', async () => {
  const query = 'query ($id: ID!) { youth(id: $id) { consents { childView } } }';
  const [mentor, coordinator, outsider] = await Promise.all(
    (['social-mentor', 'social-coordinator', 'social-outsider'] as const).map((persona) =>
      ask(hub, persona, query, { id: idOf('turning15') }),
    ),
  );
  const forbidden = (path: (string | number)[]) => [
    { message: CONSTANT_MESSAGES.FORBIDDEN, path, extensions: { code: 'FORBIDDEN' } },
  ];
  expect([mentor, coordinator, outsider].map((answer) => JSON.parse(answer?.text ?? ''))).toEqual([
    {
      data: { youth: { consents: [{ childView: null }] } },
      errors: forbidden(['youth', 'consents', 0, 'childView']),
    },
    { data: { youth: { consents: [{ childView: 'Vill ha hjälp med skolan' }] } } },
    { data: { youth: { consents: null } }, errors: forbidden(['youth', 'consents']) },
  ]);
});

/** Who may not make each change to the demo's youth with every grant. */
const STRANGERS: Readonly<Record<Change, readonly PersonaName[]>> = {
  signConsent: [
    'social-mentor',
    'police-officer',
    'orebro-coordinator',
    'school-system',
    'school-manager',
    'hub-auditor',
  ],
  waiveSignature: ['social-mentor', 'school-counsellor', 'orebro-coordinator', 'school-manager'],
  acknowledgeConsent: ['police-outsider', 'orebro-coordinator', 'school-manager', 'school-system', 'school-auditor'],
  refuseConsent: ['social-outsider', 'orebro-coordinator', 'school-manager', 'school-system', 'hub-auditor'],
  withdrawConsent: ['police-outsider', 'orebro-coordinator', 'school-manager', 'school-system', 'hub-auditor'],
  endSeat: ['social-mentor', 'police-officer', 'school-manager', 'orebro-coordinator', 'hub-auditor'],
  barCaller: ['social-coordinator', 'police-officer', 'school-system', 'school-auditor'],
  liftBar: ['social-coordinator', 'school-counsellor', 'school-system', 'school-auditor'],
};

function inputOf(
  mutation: Change,
  ids: Readonly<Record<'consentId' | 'seatId' | 'youthId' | 'barId', string>>,
): object {
  const { consentId, seatId, youthId, barId } = ids;
  const inputs: Readonly<Record<Change, object>> = {
    signConsent: signature(consentId, fatherOf('everything')),
    waiveSignature: { consentId, guardianId: fatherOf('everything'), ground: GROUND },
    acknowledgeConsent: { consentId, paperReference: 'SAMTYCKE-001' },
    refuseConsent: statement(consentId),
    withdrawConsent: statement(consentId),
    endSeat: { seatId },
    barCaller: { subject: 'p-2001', youthId, ground: GROUND },
    liftBar: { barId },
  };
  return inputs[mutation];
}

/** A bar of the school's on somebody who asks nothing. */
async function schoolsBar(): Promise<string> {
  const insert = `INSERT INTO registry.bar (agency, subject, ground, recorded_by)
    SELECT id, 'p-0', $1, 'p-3900' FROM registry.agency WHERE code = 'school:skovde' RETURNING id`;
  const [bar] = await sql<{ id: string }>(hub, OWNER, insert, [GROUND]);
  return bar?.id ?? '';
}

test.each(CHANGES)('%s is forbidden to others in the same bytes whether the thing exists', async (mutation) => {
  const there = {
    consentId: consentOf('everything'),
    seatId: await seatOf(hub, 'everything', 'p-2001'),
    youthId: idOf('everything'),
    barId: await schoolsBar(),
  };
  const nowhere = { consentId: NOBODY, seatId: NOBODY, youthId: NOBODY, barId: NOBODY };
  const facts = () =>
    sql(
      hub,
      OWNER,
      `SELECT (SELECT count(*) FROM registry.signature) + (SELECT count(*) FROM registry.waiver)
      + (SELECT count(*) FROM registry.statement) + (SELECT count(*) FROM registry.bar)
      + (SELECT count(*) FROM registry.bar WHERE lifted_at IS NOT NULL)
      + (SELECT count(*) FROM registry.seat WHERE ended_at IS NOT NULL) AS facts`,
    );
  const before = await facts();
  const answers = await Promise.all(
    STRANGERS[mutation].flatMap((persona) =>
      [there, nowhere].map((ids) => change(hub, persona, mutation, inputOf(mutation, ids))),
    ),
  );
  expect([...new Set(answers.map(({ text }) => text.trim()))]).toEqual([
    JSON.stringify({
      errors: [{ message: CONSTANT_MESSAGES.FORBIDDEN, path: [mutation], extensions: { code: 'FORBIDDEN' } }],
      data: { [mutation]: null },
    }),
  ]);
  expect(await facts()).toEqual(before);
});

test('who has the role and not the seat is in the log as having tried', async () => {
  const { requestId } = await change(hub, 'police-outsider', 'withdrawConsent', statement(consentOf('everything')));
  const query = `SELECT kind, permitted, caller, name, thing, youth, consent FROM registry.entry WHERE request_id = $1`;
  expect(await sql(hub, OWNER, query, [requestId])).toEqual([
    {
      kind: 'CHANGE',
      permitted: false,
      caller: 'p-2009',
      name: 'withdrawConsent',
      thing: consentOf('everything'),
      youth: null,
      consent: null,
    },
  ]);
});

test('what is permitted and then fails is in the log as having been tried', async () => {
  const given = signature(consentOf('withdrawn'), fatherOf('withdrawn'));
  const { requestId, errors } = await change(hub, 'social-coordinator', 'signConsent', given);
  expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['CONFLICT']);
  const query = `SELECT kind, permitted, caller, name, thing, youth FROM registry.entry WHERE request_id = $1`;
  expect(await sql(hub, OWNER, query, [requestId])).toEqual([
    {
      kind: 'CHANGE',
      permitted: true,
      caller: 'p-1001',
      name: 'signConsent',
      thing: consentOf('withdrawn'),
      youth: idOf('withdrawn'),
    },
  ]);
});

test('C8 a client’s clock that is a little ahead keeps no statement out', async () => {
  const ahead = (ms: number) => new Date(Date.now() + ms).toISOString();
  const given = { ...statement(consentOf('twoSchools')), guardianId: NOBODY };
  const [noted, tooFar] = await Promise.all(
    [ahead(45_000), ahead(120_000)].map((toldAt) =>
      said(hub, 'social-coordinator', 'withdrawConsent', { ...given, toldAt }),
    ),
  );
  expect([noted?.outcome, tooFar]).toEqual(['NOTED', refused('BAD_USER_INPUT', 'input.toldAt')]);
  const query = 'SELECT told_at = recorded_at AS now, counts FROM registry.statement WHERE id = $1';
  expect(await sql(hub, OWNER, query, [noted?.id])).toEqual([{ now: true, counts: false }]);
});

test('what cannot be signed is refused with the field at fault, and nothing is recorded', async () => {
  const consentId = consentOf('awaitingSignature');
  const right = signature(consentId, fatherOf('awaitingSignature'));
  const sign = (input: object) => said(hub, 'social-coordinator', 'signConsent', { ...right, ...input });
  const say = (input: object) =>
    said(hub, 'social-coordinator', 'withdrawConsent', { ...statement(consentId), ...input });
  const [other] = (await consentSeen(hub, 'social-coordinator', 'everything'))?.grants ?? [];
  const signatures = () => sql(hub, OWNER, 'SELECT * FROM registry.signature ORDER BY id');
  const before = await signatures();
  expect(
    await Promise.all([
      sign({ toldAt: AHEAD }),
      sign({ capacity: 'YOUTH' }),
      sign({ guardianId: undefined }),
      sign({ guardianId: NOBODY }),
      sign({ evidenceHash: 'CANARY' }),
      sign({ consentId: 'CANARY' }),
      sign({ method: undefined }),
      sign({ toldAt: '2026-02-30T00:00:00Z' }),
      sign(signature(consentOf('withdrawn'), fatherOf('withdrawn'))),
      say({ toldAt: AHEAD }),
      say({ grantId: other?.id }),
      say({ channel: '' }),
      said(hub, 'social-coordinator', 'waiveSignature', { consentId, guardianId: NOBODY, ground: GROUND }),
      said(hub, 'social-coordinator', 'waiveSignature', { consentId, guardianId: right.guardianId, ground: 'short' }),
      said(hub, 'school-manager', 'barCaller', { subject: '', ground: GROUND }),
      said(hub, 'school-manager', 'barCaller', { subject: 'p-2001', ground: GROUND, youthId: 'CANARY' }),
      said(hub, 'school-manager', 'endSeat', { seatId: 'CANARY' }),
    ]),
  ).toEqual([
    refused('BAD_USER_INPUT', 'input.toldAt'),
    refused('BAD_USER_INPUT', 'input.capacity'),
    refused('BAD_USER_INPUT', 'input.capacity'),
    refused('BAD_USER_INPUT', 'input.guardianId'),
    refused('BAD_USER_INPUT', 'input.evidenceHash'),
    refused('BAD_USER_INPUT', 'input.consentId'),
    refused('BAD_USER_INPUT', 'input.method'),
    refused('BAD_USER_INPUT', 'input.toldAt'),
    refused('CONFLICT'),
    refused('BAD_USER_INPUT', 'input.toldAt'),
    refused('BAD_USER_INPUT', 'input.grantId'),
    refused('BAD_USER_INPUT', 'input.channel'),
    refused('BAD_USER_INPUT', 'input.guardianId'),
    refused('BAD_USER_INPUT', 'input.ground'),
    refused('BAD_USER_INPUT', 'input.subject'),
    refused('BAD_USER_INPUT', 'input.youthId'),
    refused('BAD_USER_INPUT', 'input.seatId'),
  ]);
  expect(await signatures()).toEqual(before);
});
