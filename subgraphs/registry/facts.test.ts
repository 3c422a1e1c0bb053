import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { OWNER, startRegistry, type TestRegistry } from '../../test/setup/registry.ts';
import { demoConsentId } from './seed.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.end());

test('a grant is of a category of its source’s sector that may be granted, with a data period only where there is a date', async () => {
  await registry.as(OWNER, async (client) => {
    const given = (source: string, category: string, from: string | null) =>
      client.query(
        `INSERT INTO registry.consent_grant (consent, source, recipient, category, data_from)
         SELECT $1, s.id, r.id, k.id, $4 FROM registry.agency s, registry.agency r, registry.category k
         WHERE s.code = $2 AND r.code = 'police:nationell' AND k.code = $3`,
        [demoConsentId('attendanceOnly'), source, category, from],
      );
    const ofItsSector = "A grant names a category of its source agency's sector that may be granted.";
    await expect(given('school:skovde', 'leisure.activity', null)).rejects.toThrow(ofItsSector);
    await expect(given('social-services:skovde', 'social-services.guardians', null)).rejects.toThrow(ofItsSector);
    await expect(given('school:skovde', 'school.enrolment', '2026-01-01')).rejects.toThrow(
      'A grant has a data period only in a category with a date that it applies to.',
    );
    expect((await given('school:skovde', 'school.enrolment', null)).rowCount).toBe(1);
    expect((await given('school:skovde', 'school.incident', '2026-01-01')).rowCount).toBe(1);
  });
});

test('what was told by a clock a little ahead was told when it is recorded; further ahead it is refused', async () => {
  await registry.as(OWNER, async (client) => {
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

test('a grant that was refused is not told as withdrawn', async () => {
  await registry.as(OWNER, async (client) => {
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
