import { beforeAll, expect, test } from '@jest/globals';
import { DEMO_YOUTHS } from '../../../schema/demo-world.ts';
import { CONSTANT_MESSAGES } from '../../../schema/errors.ts';
import { until } from '../../faults/until.ts';
import { type Answer, sql } from '../../setup/ask.ts';
import { ACCESS_LOG, type Entry, FROM, operation, type Page, TO } from '../log-pages.ts';
import { askAs, type Place } from '../mutate.ts';
import { sharedPlace } from './shared-place.ts';

const COUNSELLOR = { sub: 'p-3001', agency: 'school:skovde', roles: ['CASEWORKER', 'COORDINATOR'] };
const HEAD = { sub: 'p-3001', agency: 'school:skovde', roles: ['CASEWORKER', 'MANAGER'] };
const MANAGER = { sub: 'p-3999', agency: 'school:skovde', roles: ['MANAGER'] };

let place: Place;

beforeAll(async () => {
  place = await sharedPlace();
});

test('a coordinator who does not coordinate the group reads neither the child’s view nor the maturity', async () => {
  const query = 'query ($id: ID!) { youth(id: $id) { consents { childView maturityReason } } }';
  const { text } = await askAs(place, COUNSELLOR, query, { id: DEMO_YOUTHS.turning15.id });
  const forbidden = (field: string) => ({
    message: CONSTANT_MESSAGES.FORBIDDEN,
    path: ['youth', 'consents', 0, field],
    extensions: { code: 'FORBIDDEN' },
  });
  expect(JSON.parse(text)).toEqual({
    errors: [forbidden('childView'), forbidden('maturityReason')],
    data: { youth: { consents: [{ childView: null, maturityReason: null }] } },
  });
});

const YOUTH = DEMO_YOUTHS.protected.id;
const DENIALS = { from: FROM, to: TO, youthId: YOUTH, decision: 'DENY' };
/** What an entry of a denial would tell of why. */
const WHY = ['reason', 'protected', 'source', 'groupId', 'programmeId', 'consentId', 'consentVersion', 'grantId'];
/** Filters that would find it out. */
const FILTERS = [
  { reason: 'PROTECTED' },
  { groupId: `10000000${YOUTH.slice(8)}` },
  { consentId: `20000000${YOUTH.slice(8)}` },
  { source: 'police:nationell' },
];

/** The denials of a request that a reader of the log finds. */
async function denials(by: typeof HEAD, { requestId }: Answer, filter: object = {}): Promise<readonly Entry[]> {
  const { data } = await askAs(place, by, ACCESS_LOG, { filter: { ...DENIALS, ...filter }, first: 200 });
  const { edges } = (data as { accessLog?: Page } | null | undefined)?.accessLog ?? { edges: [] };
  return edges.map(({ node }) => node).filter((entry) => entry.requestId === requestId);
}

test('who reads the log learns nowhere in it why the own requests were denied', async () => {
  const answer = await askAs(place, HEAD, operation('full-view'), { youthId: YOUTH });
  // The log shows what is older than ten seconds.
  const isOld =
    "SELECT bool_and(at < now() - interval '10.5 seconds') AS old FROM registry.entry WHERE request_id = $1";
  await until(
    'the entries are old enough',
    async () => {
      const [row] = await sql<{ old: boolean }>(place.hub, 'SAMSYN_REGISTRY_OWNER_URL', isOld, [answer.requestId]);
      return row?.old === true ? true : undefined;
    },
    20_000,
  );
  const told = await denials(MANAGER, answer);
  const own = await denials(HEAD, answer);
  expect(told.map(({ reason }) => reason)).toContain('PROTECTED');
  expect(own.map(({ id }) => id)).toEqual(told.map(({ id }) => id));
  expect([...new Set(own.flatMap((entry) => WHY.map((field) => entry[field])))]).toEqual([null]);
  const finds = (by: typeof HEAD) =>
    Promise.all(FILTERS.map(async (filter) => (await denials(by, answer, filter)).length > 0));
  expect([await finds(HEAD), await finds(MANAGER)]).toEqual([FILTERS.map(() => false), FILTERS.map(() => true)]);
});
