import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import { DEMO_YOUTHS, testIdentityNumber } from '../../../schema/demo-world.ts';
import { CONSTANT_MESSAGES, DENIALS } from '../../../schema/errors.ts';
import { type Answer, askWith, sql } from '../../setup/ask.ts';
import { startTestIssuer, type TestIssuer } from '../../setup/issuer.ts';
import { sharedPlace } from './shared-place.ts';

const YOUTH = DEMO_YOUTHS.everything.id;
const VIEW = 'query ($id: ID!) { youth(id: $id) { attendance { id } } }';
const OFFICER = { sub: 'p-2001', agency: 'police:nationell', roles: ['CASEWORKER'] };
const COORDINATOR = { sub: 'p-1001', agency: 'social-services:skovde', roles: ['COORDINATOR'] };
const NOW = Math.floor(Date.now() / 1000);

let issuer: TestIssuer;
let stranger: TestIssuer;
let hub: Hub;

beforeAll(async () => {
  stranger = await startTestIssuer();
  ({ hub, issuer } = await sharedPlace());
});
afterAll(() => stranger.end());

const askBy = async (claims: Readonly<Record<string, unknown>>, query = VIEW): Promise<Answer> =>
  askWith(hub, await issuer.token(claims), query, query === VIEW ? { id: YOUTH } : {});

const entriesOf = ({ requestId }: Answer) =>
  sql(
    hub,
    'SAMSYN_REGISTRY_OWNER_URL',
    `SELECT e.permitted, e.reason, a.code AS agency, e.unknown_agency AS unknown, e.roles, e.caller, e.actor
     FROM registry.entry e LEFT JOIN registry.agency a ON a.id = e.agency WHERE e.request_id = $1`,
    [requestId],
  );

const UNAUTHENTICATED = {
  errors: [{ message: CONSTANT_MESSAGES.UNAUTHENTICATED, extensions: { code: 'UNAUTHENTICATED' } }],
};
const denied = (message: string) => ({
  errors: [
    {
      message,
      path: ['youth', 'attendance'],
      extensions: { code: 'CONSENT_REQUIRED', category: 'school.attendance' },
    },
  ],
  data: { youth: { attendance: null } },
});
const DENIED = denied(CONSTANT_MESSAGES.CONSENT_REQUIRED);
const COORDINATOR_DENIED = denied(DENIALS.toCoordinator);

describe('C1 a request is refused, and decides nothing, whose token', () => {
  const claims: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    'has expired': { ...OFFICER, iat: NOW - 900, exp: NOW - 300 },
    'has no end': { ...OFFICER, exp: undefined },
    'is not valid yet': { ...OFFICER, nbf: NOW + 300 },
    'is for another audience': { ...OFFICER, aud: 'another' },
    'is of another issuer': { ...OFFICER, iss: 'https://another.example' },
    'has no subject': { ...OFFICER, sub: undefined },
    'has a personal identity number as its subject': { ...OFFICER, sub: testIdentityNumber('2010-03-14') },
    'names no agency': { ...OFFICER, agency: undefined },
    'names two agencies': { ...OFFICER, agency: ['police:nationell', 'school:skovde'] },
    'names something that is no agency code': { ...OFFICER, agency: 'police' },
    'names no role': { ...OFFICER, roles: [] },
    'names unknown roles only': { ...OFFICER, roles: ['ADMIN', 'caseworker'] },
    'names AUDITOR and another role': { ...OFFICER, roles: ['AUDITOR', 'CASEWORKER'] },
    'acts for somebody without saying who': { ...OFFICER, act: {} },
  };

  test.each(Object.keys(claims))('%s', async (name) => {
    const answer = await askBy(claims[name] ?? {});
    expect({ status: answer.status, body: JSON.parse(answer.text) }).toEqual({ status: 401, body: UNAUTHENTICATED });
    expect(await entriesOf(answer)).toEqual([]);
  });

  test('is missing, is no token, or is signed by another key', async () => {
    const tokens = [null, 'CANARY', await stranger.token({ ...OFFICER, iss: issuer.url })];
    const answers = await Promise.all(tokens.map((token) => askWith(hub, token, VIEW, { id: YOUTH })));
    expect(answers.map(({ status, text }) => ({ status, body: JSON.parse(text) }))).toEqual(
      tokens.map(() => ({ status: 401, body: UNAUTHENTICATED })),
    );
  });
});

test('a hub with its own provider runs without the demo issuer', () => {
  expect([...hub.processes.keys()].filter((name) => name.includes('issuer'))).toEqual([]);
  expect(hub.processes.has('gateway')).toBe(true);
  expect(() => hub.issuerUrl).toThrow('demo-issuer has not been started');
});

test('C1 an agency that the registry does not know gets no data, and the log says why', async () => {
  const answer = await askBy({ ...COORDINATOR, agency: 'social-services:canary' });
  expect(JSON.parse(answer.text)).toEqual(COORDINATOR_DENIED);
  expect(await entriesOf(answer)).toEqual([
    {
      permitted: false,
      reason: 'ROLE',
      agency: null,
      unknown: 'social-services:canary',
      roles: 1,
      caller: 'p-1001',
      actor: null,
    },
  ]);
});

test('C1 unknown roles beside a known one are ignored', async () => {
  const answer = await askBy({ ...COORDINATOR, roles: ['ADMIN', 'COORDINATOR', 'SUPERUSER'] }, '{ me { roles } }');
  expect(JSON.parse(answer.text)).toEqual({ data: { me: { roles: ['COORDINATOR'] } } });
});

test.each(['MANAGER', 'AUDITOR'])('C1 %s reads nothing about a youth', async (role) => {
  const answer = await askBy({ ...COORDINATOR, roles: [role] });
  expect(JSON.parse(answer.text)).toEqual(DENIED);
  expect(await entriesOf(answer)).toMatchObject([{ permitted: false, reason: 'ROLE' }]);
});

test('C1 MANAGER beside a reading role takes none of it', async () => {
  const answer = await askBy({ ...COORDINATOR, roles: ['MANAGER', 'COORDINATOR'] });
  expect([answer.errors, JSON.stringify(answer.data).match(/"id"/g)?.length]).toEqual([[], 2]);
});

test('C4 a seat of another role, subject or agency is not the caller’s', async () => {
  const others = [
    { ...COORDINATOR, roles: ['MENTOR'] },
    { ...COORDINATOR, sub: 'p-1009' },
    { ...COORDINATOR, agency: 'social-services:orebro' },
  ];
  const answers = await Promise.all(others.map((claims) => askBy(claims)));
  expect(answers.map(({ text }) => JSON.parse(text))).toEqual([DENIED, COORDINATOR_DENIED, COORDINATOR_DENIED]);
});

test('me tells what the hub took from the token', async () => {
  const answer = await askBy({ ...COORDINATOR, act: { sub: 'system-9' } }, '{ me { subject actor agency roles } }');
  expect(JSON.parse(answer.text)).toEqual({
    data: { me: { subject: 'p-1001', actor: 'system-9', agency: 'social-services:skovde', roles: ['COORDINATOR'] } },
  });
});

test('nobody may store an answer, and each has a number of its own', async () => {
  const answers = await Promise.all([askBy(COORDINATOR), askBy(COORDINATOR), askWith(hub, null, VIEW, { id: YOUTH })]);
  expect(answers.map(({ headers }) => headers.get('cache-control'))).toEqual(['no-store', 'no-store', 'no-store']);
  const numbers = answers.map(({ headers }) => headers.get('samsyn-request-id'));
  expect(numbers).toEqual(numbers.map(() => expect.stringMatching(/^[0-9a-f-]{36}$/)));
  expect(new Set(numbers).size).toBe(3);
});

test('the demo answers introspection, descriptions and labels included', async () => {
  const query =
    '{ __type(name: "Youth") { description fields { name description } } __schema { description directives { name } } }';
  const { data, errors } = await askBy(OFFICER, query);
  const { __type, __schema } = data as {
    __type?: { fields: object[] };
    __schema?: { description: string; directives: { name: string }[] };
  };
  expect(errors).toEqual([]);
  expect(__type?.fields.length).toBeGreaterThan(20);
  expect(__schema?.description).toContain('The order of a case:');
  expect(__schema?.directives.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['consent', 'restricted', 'open', 'fenced']),
  );
});
