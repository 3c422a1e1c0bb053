import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  buildClientSchema,
  type GraphQLSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  parse,
  validate,
} from 'graphql';
import type { Hub } from '../../../hub/hub.ts';
import { bornOn, DEMO_YOUTHS, type PersonaName, testIdentityNumber } from '../../../schema/demo-world.ts';
import { operationHash } from '../../../schema/operation-hash.ts';
import { type Answer, ask, sql } from '../../setup/ask.ts';
import { consentOf, statement } from '../consents.ts';
import { FROM, operation, TO } from '../log-pages.ts';
import { sharedHub } from './shared-hub.ts';

const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' }).format(new Date());
const youthId = DEMO_YOUTHS.everything.id;
const identityNumber = testIdentityNumber(bornOn(DEMO_YOUTHS.everything, today));
const RECORD = { youthId, date: '2026-01-10' };

const HOUR_AGO = new Date(Date.now() - 3_600_000).toISOString();
/**
 * An entry that is old enough to be shown, to be reviewed, and to be left out of an extract. Its id is of now: an entry that
 * seemed to wait for its seal since long ago would halt all decisions.
 */
const REVIEWED = `${Date.now().toString(16).padStart(12, '0').replace(/^.{8}/, '$&-')}-7000-8000-000000000001`;

interface Meant {
  readonly persona: PersonaName;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** The root field, and of a mutation what it should do. */
  readonly field: string;
  readonly outcome?: string;
  /** Is what it reads free of personal data? Then nothing is decided, and nothing logged. */
  readonly open?: true;
}

/** Whom each published operation is meant for, with variables that work in the demo world. */
const OPERATIONS: Readonly<Record<string, Meant>> = {
  'access-log': { persona: 'hub-auditor', variables: { filter: { from: FROM, to: TO } }, field: 'accessLog' },
  'access-report': { persona: 'social-coordinator', variables: { youthId }, field: 'accessReport' },
  'access-review': {
    persona: 'hub-auditor',
    variables: { kind: 'NO_SEAT', filter: { from: FROM, to: TO } },
    field: 'accessReview',
  },
  'access-summary': {
    persona: 'school-manager',
    variables: { filter: { from: FROM, to: TO }, groupBy: ['CATEGORY', 'DECISION', 'DAY'] },
    field: 'accessSummary',
  },
  readable: { persona: 'police-officer', variables: { youthId }, field: 'youth' },
  alarms: { persona: 'hub-auditor', variables: { from: FROM, to: TO }, field: 'alarms' },
  attendance: { persona: 'social-coordinator', variables: { youthId, from: '2020-01-01' }, field: 'youth' },
  bars: { persona: 'school-manager', field: 'bars' },
  'consent-form': {
    persona: 'social-coordinator',
    variables: { consentId: consentOf('everything') },
    field: 'consent',
  },
  'consent-matrix': { persona: 'social-coordinator', variables: { youthId }, field: 'youth' },
  'decide-telling': {
    persona: 'hub-auditor',
    variables: { input: { entryId: REVIEWED, decision: 'LEAVE_OUT', ground: 'OSL 18 kap. 1 §, en utredning.' } },
    field: 'decideTelling',
    outcome: 'CHANGED',
  },
  'full-view': { persona: 'social-coordinator', variables: { youthId }, field: 'youth' },
  group: { persona: 'leisure-worker', variables: { youthId }, field: 'youth' },
  'information-categories': { persona: 'police-officer', field: 'informationCategories', open: true },
  'link-youth': {
    persona: 'school-counsellor',
    variables: { input: { youthId, identityNumber } },
    field: 'schoolLinkYouth',
    outcome: 'UNCHANGED',
  },
  'my-youths': { persona: 'orebro-coordinator', field: 'youths' },
  'overdue-commitments': { persona: 'orebro-coordinator', field: 'youths' },
  news: { persona: 'orebro-coordinator', field: 'youths' },
  'record-review': {
    persona: 'hub-auditor',
    variables: {
      input: {
        entryIds: [REVIEWED],
        outcome: 'JUSTIFIED',
        note: 'It was read for the follow-up.',
        idempotencyKey: 'a review',
      },
    },
    field: 'recordReview',
    outcome: 'CREATED',
  },
  'record-school-report': {
    persona: 'school-counsellor',
    variables: { input: { ...RECORD, text: 'The plan is followed.', textCleared: true, idempotencyKey: 'a report' } },
    field: 'recordSchoolReport',
    outcome: 'CREATED',
  },
  'record-suspicion': {
    persona: 'police-officer',
    variables: { input: { ...RECORD, offenceGroup: 'THEFT', status: 'REPORTED', idempotencyKey: 'a suspicion' } },
    field: 'recordSuspicion',
    outcome: 'CREATED',
  },
  'recorded-reviews': { persona: 'school-auditor', variables: { from: FROM, to: TO }, field: 'recordedReviews' },
  'review-sample': {
    persona: 'school-auditor',
    variables: { from: FROM, to: HOUR_AGO, size: 5 },
    field: 'reviewSample',
  },
  'who-am-i': { persona: 'school-manager', field: 'me', open: true },
  'withdraw-consent': {
    persona: 'social-mentor',
    variables: { input: statement(consentOf('turning18')) },
    field: 'withdrawConsent',
    outcome: 'CREATED',
  },
};
const NAMES = Object.keys(OPERATIONS);

let hub: Hub;
let api: GraphQLSchema;
let answers: ReadonlyMap<string, Answer>;

beforeAll(async () => {
  hub = await sharedHub();
  const { text } = await ask(hub, 'hub-auditor', getIntrospectionQuery());
  api = buildClientSchema((JSON.parse(text) as { data: IntrospectionQuery }).data);
  await sql(
    hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `INSERT INTO registry.log_row (id, at, kind, request_id, operation_hash, caller, roles, action, part_youth, part_from,
       unit_part, unit_permitted)
     VALUES (registry.row_of($1), '2024-06-09', 'DECISION', gen_random_uuid(), 'x', 'p-0000', 1, 1, ARRAY[gen_random_uuid()],
       '{1,2}', '{1}', '{true}')`,
    [REVIEWED],
  );
  answers = new Map(
    await Promise.all(
      Object.entries(OPERATIONS).map(
        async ([name, { persona, variables }]) => [name, await ask(hub, persona, operation(name), variables)] as const,
      ),
    ),
  );
});

const answerOf = (name: string): Answer => {
  const answer = answers.get(name);
  if (answer === undefined) throw new Error(`${name} has not been asked.`);
  return answer;
};

test('every published operation is tried here', () => {
  const files = readdirSync(new URL('../../../schema/operations', import.meta.url)).filter((file) =>
    file.endsWith('.graphql'),
  );
  expect(files.sort()).toEqual(NAMES.map((name) => `${name}.graphql`).sort());
});

describe.each(NAMES)('%s', (name) => {
  test('fits the schema that clients see', () => {
    expect(validate(api, parse(operation(name)))).toEqual([]);
  });

  test('works for whom it is meant', () => {
    const { data, errors } = answerOf(name);
    const { field, outcome } = OPERATIONS[name] ?? { field: '' };
    const answered = (data ?? {}) as Readonly<Record<string, { outcome?: string } | null>>;
    expect({ errors, fields: Object.keys(answered), outcome: answered[field]?.outcome }).toEqual({
      errors: [],
      fields: [field],
      outcome,
    });
    expect(answered[field]).not.toBeNull();
  });

  test('has its name and hash in the log', async () => {
    const entries = await sql(
      hub,
      'SAMSYN_REGISTRY_OWNER_URL',
      'SELECT DISTINCT operation_name, operation_hash FROM registry.entry WHERE request_id = $1',
      [answerOf(name).requestId],
    );
    expect(entries).toEqual(
      OPERATIONS[name]?.open === true ? [] : [{ operation_name: name, operation_hash: operationHash(operation(name)) }],
    );
  });
});

test('an operation that asks for one thing more has no name in the log', async () => {
  const { requestId } = await ask(
    hub,
    'social-coordinator',
    operation('attendance').replace('minutesPresent', 'minutesPresent recordedAt'),
    { youthId },
  );
  const query = 'SELECT DISTINCT operation_name FROM registry.entry WHERE request_id = $1';
  expect(await sql(hub, 'SAMSYN_REGISTRY_OWNER_URL', query, [requestId])).toEqual([{ operation_name: null }]);
});
