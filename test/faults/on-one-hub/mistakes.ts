import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import { DEMO_YOUTHS, type PersonaName } from '../../../schema/demo-world.ts';
import { demoConsentId } from '../../../subgraphs/registry/seed.ts';
import { keyed } from '../../hub/mutate.ts';
import { ask, sql } from '../../setup/ask.ts';
import { identityNumberOf, leaksInLogs, logFiles } from '../logs.ts';
import { sharedHub } from './shared-hub.ts';

/** The number of the youth `everything`, which the school has linked. */
const TAKEN = identityNumberOf('everything');
const KNOWN = DEMO_YOUTHS.everything.id;

let hub: Hub;

beforeAll(async () => {
  hub = await sharedHub();
  await sql(hub, 'SAMSYN_SCHOOL_OWNER_URL', 'UPDATE agency.link SET ended_at = now() WHERE youth_id = $1', [
    DEMO_YOUTHS.expired.id,
  ]);
}, 120_000);

interface Mistake {
  readonly what: string;
  readonly by: PersonaName;
  readonly operation: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly code: string;
}

const changing = (what: string, by: PersonaName, name: string, input: object, code: string): Mistake => ({
  what: `${what} (${name})`,
  by,
  operation: `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) { done: ${name}(input: $input) { id } }`,
  variables: { input: keyed(name, input) },
  code,
});
const asking = (what: string, by: PersonaName, field: string, code: string): Mistake => ({
  what,
  by,
  operation: `query ($id: ID!) { ${field} }`,
  variables: { id: TAKEN },
  code,
});
const REPORT = { date: '2026-01-05', text: 'typed (everything-zz)', textCleared: false };

/** What people mistype: what the database itself would refuse, quoting it, and numbers where ids belong. */
const MISTAKES: readonly Mistake[] = [
  changing(
    'the number of a person who is linked to another youth',
    'school-counsellor',
    'schoolLinkYouth',
    { youthId: DEMO_YOUTHS.expired.id, identityNumber: TAKEN },
    'CONFLICT',
  ),
  changing(
    'a number for a record',
    'school-counsellor',
    'schoolHoldRecord',
    { recordId: TAKEN, held: true },
    'BAD_USER_INPUT',
  ),
  changing(
    'a number for a record',
    'school-counsellor',
    'schoolClearText',
    { recordId: TAKEN, cleared: true },
    'BAD_USER_INPUT',
  ),
  changing('a number for a record', 'school-counsellor', 'withdrawSchoolReport', { id: TAKEN }, 'BAD_USER_INPUT'),
  changing('a number for a youth', 'school-counsellor', 'schoolUnlinkYouth', { youthId: TAKEN }, 'BAD_USER_INPUT'),
  changing(
    'a number for a youth',
    'school-counsellor',
    'recordSchoolReport',
    { youthId: TAKEN, ...REPORT },
    'BAD_USER_INPUT',
  ),
  changing(
    'a number for a commitment',
    'school-counsellor',
    'recordSchoolReport',
    { youthId: KNOWN, commitmentId: TAKEN, ...REPORT },
    'BAD_USER_INPUT',
  ),
  changing(
    'a text that no database takes',
    'school-counsellor',
    'recordSchoolReport',
    { youthId: KNOWN, ...REPORT, text: `${REPORT.text}\u0000` },
    'BAD_USER_INPUT',
  ),
  {
    ...changing('a time ahead', 'police-officer', 'withdrawConsent', {}, 'BAD_USER_INPUT'),
    operation: 'mutation ($input: StatementInput!) { done: withdrawConsent(input: $input) { id } }',
    variables: {
      input: { consentId: demoConsentId('everything'), toldAt: '2999-01-02T03:04:05Z', channel: '(everything-zz)' },
    },
  },
  changing('a number for a seat', 'social-coordinator', 'endSeat', { seatId: TAKEN }, 'BAD_USER_INPUT'),
  changing(
    'a number for a youth',
    'school-manager',
    'barCaller',
    { subject: 'p-1', youthId: TAKEN, ground: 'because (everything-zz)' },
    'BAD_USER_INPUT',
  ),
  changing(
    'a number for a youth',
    'school-manager',
    'schoolAssignYouth',
    { youthId: TAKEN, subject: 'p-1' },
    'BAD_USER_INPUT',
  ),
  asking('a number for a youth', 'police-officer', 'youth(id: $id) { suspicions { id } }', 'BAD_USER_INPUT'),
  asking('a number for a group', 'police-officer', 'group(id: $id) { id }', 'FORBIDDEN'),
  asking('a number for a consent', 'police-officer', 'consent(id: $id) { id }', 'FORBIDDEN'),
  asking(
    'a number for a youth in the log',
    'hub-auditor',
    'accessLog(filter: { youthId: $id, from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z" }) { edges { node { id } } }',
    'BAD_USER_INPUT',
  ),
];

test.each(MISTAKES)('$what is refused: $code', async ({ by, operation, variables, code }) => {
  const { errors } = await ask(hub, by, operation, variables);
  expect(errors.map(({ extensions }) => extensions?.code)).toEqual([code]);
});

test('nothing that was typed in the wrong place is in a log', async () => {
  // What two callers at once run into: the database itself refuses, with the number in the statement and in the row.
  const twice = `INSERT INTO agency.link (id, youth_id, agency, identity_number, linked_by, linked_at)
    VALUES (gen_random_uuid(), gen_random_uuid(), 'school:skovde', '${TAKEN}', 'p-1', now())`;
  await expect(sql(hub, 'SAMSYN_SCHOOL_DATABASE_URL', twice)).rejects.toMatchObject({ code: '23505' });
  expect(logFiles(hub).some((file) => readFileSync(file, 'utf8').includes('link_one_live_per_person'))).toBe(true);
  expect(leaksInLogs(hub, ['zz)'])).toEqual([]);
});
