import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { bornOn, DEMO_YOUTHS, type DemoYouthName, testIdentityNumber } from '../../../schema/demo-world.ts';
import { sql } from '../../setup/ask.ts';
import { askAs, type Claims, mutate, type Place, refused, saidBy } from '../mutate.ts';
import { sharedPlace } from './shared-place.ts';

const LEISURE = 'leisure:skovde';
const SYSTEM: Claims = { sub: 'system-leisure-skovde', agency: LEISURE, roles: ['SYSTEM'] };
const WORKER: Claims = { sub: 'p-4001', agency: LEISURE, roles: ['CASEWORKER'] };
const NEWS = readFileSync(new URL('../../../schema/operations/news.graphql', import.meta.url), 'utf8');
const LIST = `query ($first: Int, $after: String) { leisureLinks(first: $first, after: $after) {
  edges { cursor node { id youthId personKey linkedAt } } pageInfo { hasNextPage endCursor } } }`;

interface Links {
  readonly edges: readonly {
    readonly cursor: string;
    readonly node: { readonly youthId: string; readonly personKey: string | null } | null;
  }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

/** What the news of a youth carry here. */
interface News {
  readonly cursor: string;
  readonly activity: readonly object[];
}

let place: Place;
beforeAll(async () => {
  place = await sharedPlace();
});

const linksOf = async (by: Claims, variables: object = { first: 200 }) => {
  const answer = await askAs(place, by, LIST, { ...variables });
  const links = (answer.data as { leisureLinks: Links | null } | null)?.leisureLinks ?? null;
  return { ...answer, links, youths: links?.edges.map(({ node }) => node?.youthId) };
};
const stored = async () =>
  (
    await sql<{ youth: string }>(
      place.hub,
      'SAMSYN_LEISURE_OWNER_URL',
      'SELECT youth_id AS youth FROM agency.link WHERE agency = $1 AND ended_at IS NULL ORDER BY id',
      [LEISURE],
    )
  ).map(({ youth }) => youth);
const link = async (youth: DemoYouthName, personKey: string) => {
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' }).format(new Date());
  const identityNumber = testIdentityNumber(bornOn(DEMO_YOUTHS[youth], today));
  return saidBy(
    await mutate(place, WORKER, 'leisureLinkYouth', { youthId: DEMO_YOUTHS[youth].id, identityNumber, personKey }),
  );
};

describe('the links of an agency', () => {
  test('are listed to its system, page by page, and each youth is an entry', async () => {
    const youths = await stored();
    expect(youths.length).toBeGreaterThan(3);
    const all = await linksOf(SYSTEM);
    expect([all.errors, all.youths]).toEqual([[], youths]);
    const first = await linksOf(SYSTEM, { first: 2 });
    const rest = await linksOf(SYSTEM, { first: 200, after: first.links?.pageInfo.endCursor });
    expect([first.youths, rest.youths, first.links?.pageInfo.hasNextPage]).toEqual([
      youths.slice(0, 2),
      youths.slice(2),
      true,
    ]);
    const entries = await sql(
      place.hub,
      'SAMSYN_REGISTRY_OWNER_URL',
      `SELECT e.kind, e.action, e.youth, e.category, e.fields, e.reason, e.caller FROM registry.entry e
       WHERE e.request_id = $1 AND e.kind = 'DECISION' ORDER BY e.youth`,
      [first.requestId],
    );
    const entry = { kind: 'DECISION', action: 1, category: null, fields: 'leisureLinks', reason: 'OWN' };
    expect(entries).toEqual(
      youths
        .slice(0, 2)
        .sort()
        .map((youth) => ({ ...entry, youth, caller: SYSTEM.sub })),
    );
  });

  test('carry the agency’s own key of the person, which is no personal identity number and nobody else’s', async () => {
    expect(await link('everything', 'pupil-77')).toMatchObject({ outcome: 'CHANGED' });
    expect(await link('everything', 'pupil-77')).toMatchObject({ outcome: 'UNCHANGED' });
    expect(await link('protected', 'pupil-77')).toEqual(refused('CONFLICT'));
    expect(await link('protected', testIdentityNumber('2009-01-05', '239'))).toEqual(
      refused('BAD_USER_INPUT', 'input.personKey'),
    );
    const { links } = await linksOf(SYSTEM);
    const keys = links?.edges.map(({ node }) => [node?.youthId, node?.personKey]).filter(([, key]) => key !== null);
    expect(keys).toEqual([[DEMO_YOUTHS.everything.id, 'pupil-77']]);
  });

  test.each([
    ['a caseworker of the agency', WORKER],
    ['its manager', { ...WORKER, roles: ['MANAGER'] }],
  ] as const)('are not listed to %s', async (_, by) => {
    const { errors, links } = await linksOf(by);
    expect([errors.map(({ extensions }) => extensions?.code), links]).toEqual([['FORBIDDEN'], null]);
  });

  test('are listed to no other agency’s system, of the same sector or of another', async () => {
    for (const agency of ['leisure:orebro', 'school:skovde']) {
      const { errors, youths } = await linksOf({ ...SYSTEM, sub: 'system-other', agency });
      const own = agency === 'leisure:orebro' ? [DEMO_YOUTHS.orebro.id] : [];
      expect({ agency, errors, youths }).toEqual({ agency, errors: [], youths: own });
    }
  });

  test('C18 show nothing of a youth from whose records the system is barred', async () => {
    const barred: Claims = { ...SYSTEM, sub: 'system-barred' };
    await sql(
      place.hub,
      'SAMSYN_REGISTRY_OWNER_URL',
      `INSERT INTO registry.bar (agency, subject, youth, ground, recorded_by)
       SELECT a.id, $1, $2, 'A ground that is long enough', 'p-4900' FROM registry.agency a WHERE a.code = $3`,
      [barred.sub, DEMO_YOUTHS.everything.id, LEISURE],
    );
    const youths = await stored();
    const { youths: listed, links } = await linksOf(barred);
    expect(listed).toEqual(youths.map((youth) => (youth === DEMO_YOUTHS.everything.id ? undefined : youth)));
    // Nor does a cursor name the youth.
    const cursors = links?.edges.map(({ cursor }) => Buffer.from(cursor, 'base64url').toString('hex'));
    expect(cursors).toHaveLength(youths.length);
    expect(cursors).not.toContain(DEMO_YOUTHS.everything.id.replaceAll('-', ''));
  });

  test('are not listed to a system whose budget is spent, which learns when to ask again', async () => {
    const spent: Claims = { ...SYSTEM, sub: 'system-spent' };
    await sql(
      place.hub,
      'SAMSYN_REGISTRY_OWNER_URL',
      `INSERT INTO registry.lease (hour, sector, agency, caller, units)
       SELECT date_trunc('hour', registry.clock(), 'UTC') + n * interval '1 hour', 'leisure', $2, $1, 500000 FROM generate_series(0, 1) n`,
      [spent.sub, spent.agency],
    );
    const { errors, links, headers } = await linksOf(spent);
    expect([errors.map(({ extensions }) => extensions?.code), links]).toEqual([['RATE_LIMITED'], null]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('are counted for its managers alone', async () => {
    const count = (roles: readonly string[]) => askAs(place, { ...WORKER, roles }, '{ leisureLinkCount }');
    expect((await count(['MANAGER'])).data).toEqual({ leisureLinkCount: (await stored()).length });
    expect((await count(['CASEWORKER'])).errors.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN']);
  });
});

test('the news reach an agency’s system by its list of youths', async () => {
  const { data, errors } = await askAs(place, SYSTEM, NEWS, { first: 5 });
  // The own sector's are read; those of others a system reads only on behalf of a person.
  expect(errors.filter(({ path }) => path?.includes('leisureNews'))).toEqual([]);
  expect([...new Set(errors.map(({ extensions }) => extensions?.code))]).toEqual(['CONSENT_REQUIRED']);
  // An answer's data has no type of its own: this is what NEWS selects.
  const { edges } = (data as unknown as { youths: { edges: { node: { id: string; leisureNews: News } }[] } }).youths;
  const told = edges.flatMap(({ node }) => (node.leisureNews.activity.length > 0 ? [node.id] : []));
  expect(told).toContain(DEMO_YOUTHS.everything.id);
  expect(edges.every(({ node }) => typeof node.leisureNews.cursor === 'string')).toBe(true);
});
