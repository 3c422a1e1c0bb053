import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { demoConsentId } from '../../../subgraphs/registry/seed.ts';
import { ask, CALLERS, sharedRegistry } from './shared-registry.ts';

const YOUTH = DEMO_YOUTHS.attendanceOnly.id;
const CONSENT = demoConsentId('attendanceOnly');
const FATHER = `40000000${YOUTH.slice(8)}`;
const STRANGER = randomUUID();
const GROUND = 'Has not been found for three months.';
const TOLD = `query Told($id: ID!) {
  consent(id: $id) {
    waivers { guardianId ground }
    statements {
      kind guardianId source { code } recipient { code } category { code } onlyThisVersion channel effect
    }
  }
}`;

/** Records something in the group of the consent, so many seconds ago. */
async function tell(kind: string, channel: string, secondsAgo: number, more: { guardian?: string; grant?: boolean }) {
  const { admin } = (await sharedRegistry()).database;
  await admin.query(
    `INSERT INTO registry.statement (group_id, kind, guardian, source, recipient, category, channel, told_at, recorded_at,
       recorded_by)
     SELECT c.group_id, $2, $3, cg.source, cg.recipient, cg.category, $4, registry.clock() - make_interval(secs => $5),
       registry.clock() - make_interval(secs => $5), 'p-1001'
     FROM registry.consent c LEFT JOIN registry.consent_grant cg ON cg.consent = c.id AND $6
     WHERE c.id = $1`,
    [CONSENT, kind, more.guardian ?? null, channel, secondsAgo, more.grant ?? false],
  );
}

beforeAll(async () => {
  const { admin } = (await sharedRegistry()).database;
  await admin.query("UPDATE registry.consent SET recorded_at = recorded_at - interval '1 day' WHERE id = $1", [
    CONSENT,
  ]);
  await admin.query(
    "INSERT INTO registry.waiver (consent, guardian, ground, recorded_by) VALUES ($1, $2, $3, 'p-1001')",
    [CONSENT, FATHER, GROUND],
  );
  await tell('REFUSAL', 'letter', 90, { guardian: STRANGER });
  await tell('WITHDRAWAL', 'phone', 60, { grant: true });
});

test('the coordinator reads what was waived and said of a consent, and what it did to it', async () => {
  await tell('WITHDRAWAL', 'meeting', 0, { guardian: FATHER });
  await tell('WITHDRAWAL', 'visit', 0, {});
  const { data, errors, requestId } = await ask(CALLERS.coordinator, TOLD, { id: CONSENT });
  const whole = { source: null, recipient: null, category: null, onlyThisVersion: false };
  expect([data, errors]).toEqual([
    {
      consent: {
        waivers: [{ guardianId: FATHER, ground: GROUND }],
        statements: [
          { kind: 'REFUSAL', guardianId: STRANGER, ...whole, channel: 'letter', effect: 'NOTED' },
          {
            ...whole,
            kind: 'WITHDRAWAL',
            guardianId: null,
            source: { code: 'school:skovde' },
            recipient: { code: 'social-services:skovde' },
            category: { code: 'school.attendance' },
            channel: 'phone',
            effect: 'ENDED',
          },
          // An end that was just recorded: what was released before may still be on its way.
          { kind: 'WITHDRAWAL', guardianId: FATHER, ...whole, channel: 'meeting', effect: 'ENDING' },
          { kind: 'WITHDRAWAL', guardianId: null, ...whole, channel: 'visit', effect: 'NOTED' },
        ],
      },
    },
    [],
  ]);
  const { admin } = (await sharedRegistry()).database;
  const { rows } = await admin.query('SELECT kind, name, thing, youth FROM registry.entry WHERE request_id = $1', [
    requestId,
  ]);
  expect(rows).toEqual([{ kind: 'READ', name: 'consent', thing: CONSENT, youth: YOUTH }]);
});

test('other members, and others altogether, read none of it', async () => {
  const forbidden = (path: (string | number)[]) => ({
    message: expect.any(String),
    path,
    extensions: { code: 'FORBIDDEN' },
  });
  const seen = await Promise.all(
    [CALLERS.mentor, CALLERS.seated, CALLERS.coordinatorElsewhere].map((caller) => ask(caller, TOLD, { id: CONSENT })),
  );
  const below = {
    data: { consent: { waivers: null, statements: null } },
    errors: [forbidden(['consent', 'waivers']), forbidden(['consent', 'statements'])],
  };
  expect(seen.map(({ data, errors }) => ({ data, errors }))).toEqual([
    below,
    below,
    { data: { consent: null }, errors: [forbidden(['consent'])] },
  ]);
});

test('what was said before a version is none of its', async () => {
  const { admin } = (await sharedRegistry()).database;
  const { rows } = await admin.query<{ id: string }>(
    `INSERT INTO registry.consent (group_id, version, valid_from, valid_until, purpose, paper_reference, information_given,
       language, recorded_by)
     SELECT group_id, 2, now(), now() + interval '1 month', 'x', 'x', 'x', 'sv', 'p-1001' FROM registry.consent WHERE id = $1
     RETURNING id`,
    [CONSENT],
  );
  const { data } = await ask(CALLERS.coordinator, TOLD, { id: rows[0]?.id });
  expect(data).toEqual({ consent: { waivers: [], statements: [] } });
});
