import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { type RegistryDatabase, startDemoRegistry } from '../../../test/setup/registry-database.ts';
import { demoConsentId } from '../seed.ts';

let registry: RegistryDatabase;

beforeAll(async () => {
  registry = await startDemoRegistry();
});
afterAll(() => registry.end());

/** Runs `work` and rolls its changes back. */
const undone = <T>(work: (client: pg.Client) => Promise<T>) =>
  registry.as(registry.owner, async (client) => {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('ROLLBACK');
    return result;
  });

test('C5 lets a programme ask for the youth’s signature at any age', async () => {
  const consent = demoConsentId('turning15');
  const said = await undone(async (client) => {
    const sufficient = async () =>
      (await client.query('SELECT sufficient FROM registry.consent_standing WHERE consent = $1', [consent])).rows[0];
    const results = [await sufficient()];
    await client.query(`WITH strict AS (
        INSERT INTO registry.programme (code, version, name, kind, signer_policy)
        VALUES ('strict', 1, 'Strict', 'SIG', 'YOUTH_ALWAYS') RETURNING id
      ) UPDATE registry.intervention_group g SET programme = strict.id FROM strict`);
    results.push(await sufficient());
    await client.query(
      `UPDATE registry.consent SET maturity_assessed_at = registry.clock() - interval '1 hour', maturity_assessed_by = 'x',
         maturity_reason = 'x' WHERE id = $1`,
      [consent],
    );
    await client.query(
      `INSERT INTO registry.signature (consent, capacity, told_at, method, evidence_hash, recorded_by)
       VALUES ($1, 'YOUTH', registry.clock(), 'PAPER', 'x', 'x')`,
      [consent],
    );
    return [...results, await sufficient()];
  });
  expect(said.map((row) => row?.sufficient)).toEqual([true, false, true]);
});

/** SQL of today's date in Sweden, where birthdays turn (C8). */
const TODAY = "(registry.clock() AT TIME ZONE 'Europe/Stockholm')::date";

describe('C5 checks a release against the facts as they stand', () => {
  const third = '50000000-0000-4000-8000-000000000001';
  const custody = `INSERT INTO registry.custody (youth, guardian, starts_at)
    SELECT id, '${third}', registry.clock() - interval '8 days' FROM about`;
  const note = `INSERT INTO registry.statement (group_id, kind, guardian, channel, told_at, recorded_at, recorded_by)
    SELECT g.id, 'WITHDRAWAL', '${third}', 'x', registry.clock() - interval '5 days', registry.clock() - interval '5 days', 'x'
    FROM registry.intervention_group g JOIN about ON about.id = g.youth`;
  const born = (date: string) => `UPDATE registry.youth SET birth_date = ${date} FROM about WHERE youth.id = about.id`;

  const withheld = `INSERT INTO registry.log_row (kind, name, part_from, answer_id, answer_why, answer_elapsed_ms, at)
    SELECT 'WITHHELD', e.name, '{1,2}', ARRAY[e.answer], '{DEADLINE}', '{3000}', e.at + interval '1 second'
    FROM registry.entry e JOIN about ON about.id = e.youth`;

  // Attendance and student health, which the youth must sign, were released 9, 7, 3 and 1 days ago.
  test.each([
    ['without a correction', [], ['', '', '', '']],
    ['with a custody that is found to have begun', [custody], ['', 'SUSPENDED', 'SUSPENDED', 'SUSPENDED']],
    ['with a note of who is found to have had custody', [note, custody], ['', 'SUSPENDED', 'WITHDRAWN', 'WITHDRAWN']],
    ['with an unknown birth date', [born('NULL')], Array(4).fill('NOT_SIGNED SUSPENDED')],
    ['unless nothing of it left', [born('NULL'), withheld], Array(4).fill('')],
    [
      'with one by which the youth was too young',
      [born(`${TODAY} - interval '14 years'`)],
      Array(4).fill('NOT_SIGNED '),
    ],
    [
      'with one by which a guardian’s signature has ended',
      [born(`${TODAY} - interval '18 years 2 days'`)],
      ['', '', '', 'EXPIRED'],
    ],
  ])('%s', async (_, corrections, reasons) => {
    const found = await undone(async (client) => {
      await client.query(
        `CREATE TEMPORARY TABLE about ON COMMIT DROP AS SELECT '${DEMO_YOUTHS.everything.id}'::uuid AS id`,
      );
      await client.query(`UPDATE registry.consent SET recorded_at = valid_from`);
      await client.query(
        `INSERT INTO registry.entry (kind, permitted, request_id, operation_hash, caller, roles, at, youth, source, agency,
           category, reason, consent, consent_version, group_id, answer, name)
         SELECT 'DECISION', true, gen_random_uuid(), 'x', 'p-2001', 4, registry.clock() - make_interval(days => days),
           about.id, cg.source, cg.recipient, cg.category, 'CONSENT', c.id, 1, c.group_id,
           gen_random_uuid(), 'school'
         FROM about JOIN registry.intervention_group g ON g.youth = about.id JOIN registry.consent c ON c.group_id = g.id
         JOIN registry.consent_grant cg ON cg.consent = c.id
         JOIN registry.agency r ON r.id = cg.recipient AND r.code = 'police:nationell'
         JOIN registry.category k ON k.id = cg.category AND k.code IN ('school.attendance', 'school.health'),
           unnest('{9,7,3,1}'::int[]) AS days`,
      );
      for (const correction of corrections) await client.query(correction);
      const { rows } = await client.query<{ reasons: string }>(
        `SELECT string_agg(coalesce(q.reason::text, ''), ' ' ORDER BY k.code DESC) AS reasons
         FROM registry.entry e JOIN about ON about.id = e.youth JOIN registry.category k ON k.id = e.category
         LEFT JOIN registry.release_in_question q ON q.id = e.id GROUP BY e.at ORDER BY e.at`,
      );
      return rows.map((row) => row.reasons);
    });
    expect(found).toEqual(reasons.map((reason) => (reason.includes(' ') ? reason : `${reason} ${reason}`)));
  });
});
