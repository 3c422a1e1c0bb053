import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import type { Hub } from '../../../hub/hub.ts';
import { DEMO_YOUTHS, type PersonaName, testIdentityNumber } from '../../../schema/demo-world.ts';
import { ERROR_CODES, type ErrorCode } from '../../../schema/errors.ts';
import { ask, sql, tokenOf } from '../../setup/ask.ts';
import { signal } from '../subgraph.ts';
import { until } from '../until.ts';
import { wire } from '../wire.ts';
import { sharedHub } from './shared-hub.ts';

const YOUTH = DEMO_YOUTHS.everything.id;
const ATTENDANCE = `{ youth(id: "${YOUTH}") { attendance { from } } }`;

let hub: Hub;
/** The codes of the body that drips: it takes as long as the deadline, beside the other tests. */
let dripped: Promise<readonly unknown[]>;

beforeAll(async () => {
  hub = await sharedHub();
  dripped = dripping();
}, 120_000);

/** Causes a code, and resolves with the codes of the answer. */
type Cause = () => Promise<readonly unknown[]>;

const asking =
  (by: PersonaName | null, query: string, variables: Readonly<Record<string, unknown>> = {}): Cause =>
  async () => {
    const { errors } = await ask(hub, by, query, variables);
    return errors.map(({ extensions }) => extensions?.code);
  };

/** Asks between two statements of an owner: what the first takes away the second gives back. */
const without =
  (variable: string, takenAway: string, givenBack: string, cause: Cause): Cause =>
  async () => {
    await sql(hub, variable, takenAway);
    try {
      return await cause();
    } finally {
      await sql(hub, variable, givenBack);
    }
  };

/** Sends many operations at once that the gateway does not know, each of which takes it a while. */
const flooding: Cause = async () => {
  const fields = 'subject agency roles actor';
  const operation = (index: number) =>
    `{ ${Array.from({ length: 20 }, (_, field) => `a${index}_${field}: me { ${fields} }`).join(' ')} }`;
  const answers = Array.from({ length: 400 }, (_, index) => ask(hub, 'police-officer', operation(index)));
  const codes = (await Promise.all(answers)).flatMap(({ errors }) => errors.map(({ extensions }) => extensions?.code));
  return codes.includes('RATE_LIMITED') ? ['RATE_LIMITED'] : codes;
};

/** Sends a body that does not arrive whole. */
const dripping: Cause = async () => {
  const { host, pathname } = new URL(hub.url);
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `Host: ${host}`,
    'Content-Type: application/json',
    `Authorization: Bearer ${await tokenOf(hub, 'police-officer')}`,
    'Content-Length: 100',
  ];
  const connection = wire(hub.url, `${head.join('\r\n')}\r\n\r\n{"query":`);
  await connection.gone;
  const { errors } = JSON.parse(connection.text().split('\r\n\r\n')[1] ?? '') as { errors: { extensions: object }[] };
  return errors.map(({ extensions }) => Reflect.get(extensions, 'code'));
};

const stopped: Cause = async () => {
  signal(hub, ['leisure'], 'SIGSTOP');
  try {
    return await asking('leisure-worker', `{ youth(id: "${YOUTH}") { activities { from } } }`)();
  } finally {
    signal(hub, ['leisure'], 'SIGCONT');
  }
};

/** The demo's gateway has its issuer's keys already: gateway/app-refusals.test.ts has this code answered over HTTP. */
const ELSEWHERE = 'IDENTITY_PROVIDER_UNAVAILABLE';
type CausedHere = Exclude<ErrorCode, typeof ELSEWHERE>;

const CAUSES: Readonly<Record<CausedHere, Cause>> = {
  UNAUTHENTICATED: asking(null, '{ me { subject } }'),
  FORBIDDEN: asking('police-officer', `{ group(id: "${randomUUID()}") { id } }`),
  CONSENT_REQUIRED: asking('police-outsider', ATTENDANCE),
  BAD_USER_INPUT: asking('social-coordinator', 'query ($n: Int) { youths(first: $n) { edges { cursor } } }', {
    n: null,
  }),
  CONFLICT: asking(
    'school-counsellor',
    'mutation ($input: SchoolLinkYouthInput!) { schoolLinkYouth(input: $input) { id } }',
    { input: { youthId: YOUTH, identityNumber: testIdentityNumber('2009-01-05', '239') } },
  ),
  GRAPHQL_PARSE_FAILED: asking('police-officer', '{ me { '),
  GRAPHQL_VALIDATION_FAILED: asking('police-officer', '{ nobody }'),
  BAD_REQUEST: asking('police-officer', 'query A { me { subject } } query B { me { subject } }'),
  LIMIT_EXCEEDED: asking('police-officer', `{ ${'... { '.repeat(50)} me { subject } ${'}'.repeat(50)} }`),
  RATE_LIMITED: flooding,
  SUBGRAPH_UNAVAILABLE: stopped,
  LOG_UNAVAILABLE: without(
    'SAMSYN_REGISTRY_OWNER_URL',
    'REVOKE EXECUTE ON FUNCTION registry.authorize FROM samsyn_sector',
    'GRANT EXECUTE ON FUNCTION registry.authorize TO samsyn_sector',
    asking('social-coordinator', ATTENDANCE),
  ),
  DEADLINE_EXCEEDED: () => dripped,
  INTERNAL_SERVER_ERROR: without(
    'SAMSYN_SCHOOL_OWNER_URL',
    'ALTER TABLE agency.attendance RENAME TO away',
    'ALTER TABLE agency.away RENAME TO attendance',
    asking('social-coordinator', ATTENDANCE),
  ),
};

test.each(ERROR_CODES.filter((code): code is CausedHere => code !== ELSEWHERE))(
  '%s is caused over HTTP',
  async (code) => {
    expect(await CAUSES[code]()).toEqual([code]);
  },
);

test('the hub answers as before', async () => {
  const codes = await until('a whole answer', async () => {
    const found = await asking('social-coordinator', ATTENDANCE)();
    return found.length === 0 ? found : undefined;
  });
  expect(codes).toEqual([]);
});
