import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type pg from 'pg';
import { type RegistryDatabase, startDemoRegistry } from '../../../test/setup/registry-database.ts';
import { demoConsentId } from '../seed.ts';

let registry: RegistryDatabase;
beforeAll(async () => {
  registry = await startDemoRegistry();
});
afterAll(() => registry.end());

test('refuses a grant outside its source’s sector, of a category that may not be granted, or with a period but no date', async () => {
  await registry.as(registry.owner, async (client) => {
    const given = (source: string, category: string, from: string | null) =>
      client.query(
        `INSERT INTO registry.consent_grant (consent, source, recipient, category, data_from)
         SELECT $1, s.id, r.id, k.id, $4 FROM registry.agency s, registry.agency r, registry.category k
         WHERE s.code = $2 AND r.code = 'police:nationell' AND k.code = $3`,
        [demoConsentId('attendanceOnly'), source, category, from],
      );
    const ofItsSector = "A grant must name a category of its source agency's sector that may be granted.";
    await expect(given('school:skovde', 'leisure.activity', null)).rejects.toThrow(ofItsSector);
    await expect(given('social-services:skovde', 'social-services.guardians', null)).rejects.toThrow(ofItsSector);
    await expect(given('school:skovde', 'school.health', '2026-01-01')).rejects.toThrow(
      'A grant must have no data period in a category without a date that it applies to.',
    );
    expect((await given('school:skovde', 'school.health', null)).rowCount).toBe(1);
    expect((await given('school:skovde', 'school.incident', '2026-01-01')).rowCount).toBe(1);
  });
});

test('C5 takes a time of signing a little in the future as the time of recording, and refuses one further ahead', async () => {
  await registry.as(registry.owner, async (client) => {
    const withdrawn = (ahead: string) =>
      client.query<{ early: boolean }>(
        `INSERT INTO registry.statement (group_id, kind, channel, told_at, recorded_by)
         SELECT c.group_id, 'WITHDRAWAL', 'phone', registry.clock() + $2::interval, 'p-1001'
         FROM registry.consent c WHERE c.id = $1 RETURNING told_at <= recorded_at AS early`,
        [demoConsentId('expired'), ahead],
      );
    expect((await withdrawn('30 seconds')).rows).toEqual([{ early: true }]);
    await expect(withdrawn('90 seconds')).rejects.toThrow('statement_told');
  });
});

test('C7 does not report a refused grant as withdrawn', async () => {
  await registry.as(registry.owner, async (client) => {
    const consent = demoConsentId('startsTomorrow');
    await client.query(
      `INSERT INTO registry.statement (group_id, kind, source, recipient, category, channel, told_at, recorded_by)
       SELECT c.group_id, 'REFUSAL', g.source, g.recipient, g.category, 'phone', registry.clock(), 'p-1001'
       FROM registry.consent c JOIN registry.consent_grant g ON g.consent = c.id WHERE c.id = $1 LIMIT 1`,
      [consent],
    );
    const { rows } = await client.query(
      `SELECT cardinality(refused_grants) AS refused, withdrawn_grants AS withdrawn, final
       FROM registry.consent_standing WHERE consent = $1`,
      [consent],
    );
    expect(rows).toEqual([{ refused: 1, withdrawn: null, final: false }]);
  });
});

test('C7 completes the consent with the second of two simultaneous signatures, and ends the former version only then', async () => {
  const before = demoConsentId('everything');
  const renewal = await registry.as(registry.owner, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `INSERT INTO registry.consent (group_id, version, valid_from, valid_until, purpose, paper_reference,
         information_given, language, recorded_by)
       SELECT group_id, version + 1, registry.clock() - interval '1 day', valid_until, purpose, paper_reference,
         information_given, language, recorded_by
       FROM registry.consent WHERE id = $1 RETURNING id`,
      [before],
    );
    return rows[0]?.id;
  });
  await registry.as(registry.owner, (first) =>
    registry.as(registry.owner, async (second) => {
      const { rows } = await second.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await first.query('BEGIN');
      await sign(first, renewal, [YOUTH, ONE_GUARDIAN]);
      const waiting = sign(second, renewal, [OTHER_GUARDIAN]);
      await blocked(first, rows[0]?.pid);
      await first.query('COMMIT');
      await waiting;
    }),
  );
  await registry.as(registry.owner, async (client) => {
    const { rows } = await client.query(
      `SELECT s.predecessor, s.superseded_at = c.fully_signed_at AS when_signed, c.fully_signed_at > c.valid_from AS late
       FROM registry.consent c LEFT JOIN registry.supersession s ON s.successor = c.id WHERE c.id = $1`,
      [renewal],
    );
    expect(rows).toEqual([{ predecessor: before, when_signed: true, late: true }]);
  });
});

const YOUTH = 0;
const ONE_GUARDIAN = 1;
const OTHER_GUARDIAN = 2;

async function sign(client: pg.Client, consent: string | undefined, signers: readonly number[]): Promise<void> {
  await client.query(
    `INSERT INTO registry.signature (consent, guardian, capacity, told_at, method, evidence_hash, recorded_by)
     SELECT c.id, signer.guardian, CASE WHEN signer.guardian IS NULL THEN 'YOUTH' ELSE 'GUARDIAN_WITH_CUSTODY' END,
       registry.clock(), 'PAPER', repeat('0', 64), 'p-1001'
     FROM registry.consent c JOIN registry.intervention_group g ON g.id = c.group_id
     CROSS JOIN LATERAL (
       SELECT NULL::uuid AS guardian, 0 AS number
       UNION ALL SELECT k.guardian, row_number() OVER (ORDER BY k.guardian) FROM registry.custody k WHERE k.youth = g.youth
     ) signer
     WHERE c.id = $1 AND signer.number = ANY ($2)`,
    [consent, signers],
  );
}

/** Resolves when the session of this process waits for another's lock. */
async function blocked(client: pg.Client, pid: number | undefined): Promise<void> {
  for (;;) {
    const { rows } = await client.query('SELECT FROM unnest(pg_blocking_pids($1))', [pid]);
    if (rows.length > 0) return;
  }
}
