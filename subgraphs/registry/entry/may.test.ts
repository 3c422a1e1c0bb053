import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { named } from '../../../chassis/statement.ts';
import { DEMO_YOUTHS, type DemoYouthName, PERSONAS } from '../../../schema/demo-world.ts';
import { type DemoRegistry, startDemoRegistry } from '../../../test/setup/registry-database.ts';
import { demoGroupId } from '../seed.ts';

const HOME = 'social-services:skovde';
const POLICE = 'police:nationell';
const COORDINATOR = PERSONAS['social-coordinator'].subject;
const OFFICER = PERSONAS['police-officer'].subject;
const [COORDINATES, MENTORS, WORKS, IS_SYSTEM, MANAGES, AUDITS] = [1, 2, 4, 8, 16, 32] as const;

let registry: DemoRegistry;
beforeAll(async () => {
  registry = await startDemoRegistry();
});
afterAll(() => registry.end());
beforeEach(() => registry.admin.query('BEGIN'));
afterEach(() => registry.admin.query('ROLLBACK'));

async function ask<Value>(sql: string, values: object = {}): Promise<Value[]> {
  const { rows } = await registry.admin.query<{ value: Value }>(named(`SELECT ${sql}`, values));
  return rows.map(({ value }) => value);
}

/** The caller whose seats, places and groups are asked for. */
interface By {
  readonly caller: string;
  readonly roles: number;
  readonly agency: string;
}
const coordinator: By = { caller: COORDINATOR, roles: COORDINATES, agency: HOME };
const officer: By = { caller: OFFICER, roles: WORKS, agency: POLICE };

const groupsIn = (what: 'seats_of' | 'places_of' | 'coordinated_by', by: By) =>
  ask<string>(`f.group_id AS value FROM registry.${what}(:caller, :roles, :agency) f`, by);
const youthsLedBy = (by: By) => ask<string>('youth AS value FROM registry.youths_led_by(:caller, :roles, :agency)', by);
const end = (youth: DemoYouthName) =>
  registry.admin.query(
    named('UPDATE registry.intervention_group SET ended_at = registry.clock(), end_reason = :reason WHERE id = :id', {
      id: demoGroupId(youth),
      reason: 'OTHER',
    }),
  );
const seat = (youth: DemoYouthName, holder: string, agency: string) =>
  registry.admin.query(
    named(
      `INSERT INTO registry.seat (group_id, agency, role, holder, informed_at)
       SELECT :group, id, 'COORDINATOR', :holder, registry.clock() FROM registry.agency WHERE code = :agency`,
      { group: demoGroupId(youth), holder, agency },
    ),
  );

describe('C1 a token', () => {
  test.each([
    ['COORDINATOR', COORDINATES],
    ['MENTOR', MENTORS],
    ['CASEWORKER', WORKS],
    ['SYSTEM', IS_SYSTEM],
    ['MANAGER', MANAGES],
  ])('acts as %s, never beside AUDITOR', async (role, bit) => {
    const masks = [bit, 31, 31 - bit, bit | AUDITS, 63, AUDITS, 0];
    expect(
      await ask(
        'registry.acts_as(mask, :role) AS value FROM unnest(:masks::int[]) WITH ORDINALITY u (mask, place) ORDER BY place',
        {
          role,
          masks,
        },
      ),
    ).toEqual([true, true, false, false, false, false, false]);
  });

  test('acts in no unknown role', async () => {
    expect(
      await ask("coalesce(registry.acts_as(31, 'AUDITOR') OR registry.acts_as(31, 'OTHER'), false) AS value"),
    ).toEqual([false]);
  });

  test('audits with AUDITOR alone, the whole log if it is the hub’s; reviews an agency’s part with AUDITOR or MANAGER', async () => {
    const [value] = await ask(
      `jsonb_build_object('audits', ARRAY(SELECT mask FROM unnest(masks) mask WHERE registry.audits(mask)),
        'hub', ARRAY(SELECT mask FROM unnest(masks) mask WHERE registry.audits_hub(mask, 'hub:samsyn')),
        'elsewhere', ARRAY(SELECT mask FROM unnest(masks) mask WHERE registry.audits_hub(mask, '${HOME}')),
        'reviews', ARRAY(SELECT mask FROM unnest(masks) mask WHERE registry.reviews(mask))) AS value
      FROM (VALUES (ARRAY[0, 1, 16, 17, 32, 33, 48])) AS given (masks)`,
    );
    expect(value).toEqual({ audits: [32], hub: [32], elsewhere: [], reviews: [16, 17, 32] });
  });
});

describe('an entry of the log', () => {
  test.each([
    ['whose caller the reader is', 'p-1', null, true],
    ['whose caller the reader’s system is', 'system', null, true],
    ['for which the reader acted', 'p-2', 'p-1', true],
    ['of somebody else', 'p-2', 'other', false],
    ['of somebody else, without a system', 'p-2', null, false],
  ])('knows the reader’s own entries: %s', async (_, caller, actor, isOwn) => {
    const names = ['p-1', 'system'];
    expect(await ask('registry.is_own_entry(:caller, :actor, :names) AS value', { caller, actor, names })).toEqual([
      isOwn,
    ]);
  });

  test.each([
    ['of another agency, without a scope', null, 'b', 'c', false, true],
    ['that the agency asked', 'a', 'a', 'c', false, true],
    ['of what the agency is source of', 'a', 'b', 'a', true, true],
    ['of what the agency is source of, when it would tell why', 'a', 'b', 'a', false, false],
    ['between others', 'a', 'b', 'c', true, false],
    ['of an agency that nobody knows', 'a', null, 'c', true, null],
  ])('knows the entries in scope: %s', async (_, scope, agency, source, told, isRead) => {
    const entry = { scope, agency, source, told };
    expect(await ask('registry.is_in_scope(:scope, :agency, :source, :told) AS value', entry)).toEqual([isRead]);
  });
});

describe('C4 a place in a group', () => {
  test('is held by its holder, in a role of the token, for its agency', async () => {
    const places = await groupsIn('places_of', coordinator);
    expect(places).toContain(demoGroupId('everything'));
    expect(places).not.toContain(demoGroupId('orebro'));
    expect(await groupsIn('seats_of', { ...coordinator, roles: 63 - AUDITS })).toEqual(
      await groupsIn('seats_of', coordinator),
    );
    for (const by of [
      { ...coordinator, caller: 'p-1011' },
      { ...coordinator, caller: OFFICER },
      { ...coordinator, roles: 63 - AUDITS - COORDINATES },
      { ...coordinator, roles: COORDINATES | AUDITS },
      { ...coordinator, agency: POLICE },
    ]) {
      expect([by, await groupsIn('seats_of', by), await groupsIn('places_of', by)]).toEqual([by, [], []]);
    }
  });

  test('makes a member once the agency is informed and while the group lasts; the seat is held before and after', async () => {
    const group = demoGroupId('noConsent');
    expect(await groupsIn('seats_of', officer)).toContain(group);
    expect(await groupsIn('places_of', officer)).not.toContain(group);
    expect(await groupsIn('places_of', coordinator)).toContain(group);
    await end('noConsent');
    expect(await groupsIn('places_of', coordinator)).not.toContain(group);
    expect(await groupsIn('coordinated_by', coordinator)).not.toContain(group);
    expect(await groupsIn('seats_of', coordinator)).toContain(group);
  });

  test('coordinates the group in the agency that leads it, and by a coordinator’s seat only', async () => {
    expect((await groupsIn('coordinated_by', coordinator)).toSorted()).toEqual(
      (await groupsIn('places_of', coordinator)).toSorted(),
    );
    const mentor: By = { caller: PERSONAS['social-mentor'].subject, roles: MENTORS, agency: HOME };
    expect(await groupsIn('places_of', mentor)).toContain(demoGroupId('everything'));
    expect(await groupsIn('coordinated_by', mentor)).toEqual([]);
    await seat('everything', OFFICER, POLICE);
    const guest = { ...officer, roles: COORDINATES };
    expect(await groupsIn('places_of', guest)).toEqual([demoGroupId('everything')]);
    expect(await groupsIn('coordinated_by', guest)).toEqual([]);
  });
});

describe('a youth’s facts are recorded', () => {
  const youth = DEMO_YOUTHS.everything.id;
  // A youth without a group.
  const without = DEMO_YOUTHS.policeOnly.id;
  const other: By = { ...coordinator, caller: 'p-other' };

  test('by the group’s coordinator, or by any coordinator of the lead agency until there is a group', async () => {
    expect(await youthsLedBy(coordinator)).toEqual(expect.arrayContaining([youth, without]));
    expect(await youthsLedBy(other)).toEqual([without]);
    await seat('withdrawn', other.caller, HOME);
    expect((await youthsLedBy(other)).toSorted()).toEqual([DEMO_YOUTHS.withdrawn.id, without]);
  });

  test('by any coordinator of the lead agency when no group lasts', async () => {
    await end('everything');
    expect((await youthsLedBy(other)).toSorted()).toEqual([youth, without]);
  });

  test('in no other role, and for no other agency', async () => {
    await end('everything');
    for (const by of [
      { ...coordinator, roles: 63 - AUDITS - COORDINATES },
      { ...coordinator, roles: COORDINATES | AUDITS },
      { ...coordinator, agency: POLICE },
    ]) {
      expect([by, await youthsLedBy(by)]).toEqual([by, []]);
    }
  });
});

test('C18 puts a bar in the hands of its agency’s managers, but not of those whom it keeps out', async () => {
  await registry.admin.query(
    `INSERT INTO registry.bar (agency, subject, ground, recorded_by)
     SELECT id, 'p-barred', 'A ground that is long enough', 'p-manager' FROM registry.agency WHERE code = '${HOME}'`,
  );
  const inHands = (by: object) =>
    ask('subject AS value FROM registry.bars_in_hands_of(:caller, :actor, :roles, :agency)', {
      ...{ caller: 'p-manager', actor: null, roles: MANAGES, agency: HOME },
      ...by,
    });
  expect(await inHands({})).toEqual(['p-barred']);
  expect(await inHands({ actor: 'system' })).toEqual(['p-barred']);
  for (const by of [
    { caller: 'p-barred' },
    { actor: 'p-barred' },
    { roles: 63 - AUDITS - MANAGES },
    { roles: MANAGES | AUDITS },
    { agency: POLICE },
  ]) {
    expect([by, await inHands(by)]).toEqual([by, []]);
  }
});

const FUNCTIONS = [
  ...['acts_as', 'audits', 'audits_hub', 'bars_in_hands_of', 'coordinated_by', 'is_in_scope', 'is_own_entry'],
  ...['places_of', 'reviews', 'seats_of', 'youths_led_by'],
];

test('lets only the registry’s process ask who may, with its own rights', async () => {
  const rights = await ask(
    `jsonb_build_array(p.proname, p.prosecdef, p.proconfig, ARRAY(
       SELECT a.grantee::regrole::text FROM aclexplode(p.proacl) a WHERE a.grantee <> p.proowner ORDER BY 1
     )) AS value
     FROM pg_proc p WHERE p.pronamespace = 'registry'::regnamespace AND p.proname = ANY (:names) ORDER BY p.proname`,
    { names: FUNCTIONS },
  );
  expect(rights).toEqual(FUNCTIONS.toSorted().map((name) => [name, false, null, ['samsyn_registry']]));
});

test('lets PostgreSQL join the functions into the statement that asks', async () => {
  const plan = await registry.admin.query<{ 'QUERY PLAN': string }>(
    named(
      `EXPLAIN SELECT FROM registry.youths_led_by(:caller, :roles, :agency) y
         JOIN registry.coordinated_by(:caller, :roles, :agency) c USING (youth)
         JOIN registry.bars_in_hands_of(:caller, NULL, :roles, :agency) b USING (youth)
       WHERE registry.reviews(:roles) AND registry.is_own_entry(b.subject, NULL, ARRAY[:caller])`,
      { ...coordinator, roles: COORDINATES | MANAGES },
    ),
  );
  const text = plan.rows.map((row) => row['QUERY PLAN']).join('\n');
  expect(text).toContain('seat');
  for (const name of FUNCTIONS) expect(text).not.toContain(name);
});
