import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Authorizer } from '../../chassis/decide/authorize.ts';
import { authorizeLogin, folderNamed, runtimeLogin } from '../../chassis/folders.ts';
import { isNotReplicated } from '../../chassis/replicated.ts';
import { createOrm, createPool } from '../../chassis/store/database.ts';
import { entities } from '../../subgraphs/registry/entities.ts';
import { until } from '../faults/until.ts';
import { type RegistryDatabase, startRegistryDatabase, WRITE_ENTRIES } from '../setup/registry-database.ts';

let database: RegistryDatabase;
beforeAll(async () => {
  database = await startRegistryDatabase();
  // A standby that is not there: every commit waits for it.
  await database.as(database.superuserUrl, async (client) => {
    await client.query('SET synchronous_commit = local');
    await client.query("ALTER SYSTEM SET synchronous_standby_names = 'absent'");
    await client.query('SELECT pg_reload_conf()');
  });
}, 60_000);
afterAll(() => database.end());

const REGISTRY = folderNamed('registry');

/** Cancels the wait of the commit that waits for the standby, as an impatient operator does. */
const cancelWait = () =>
  database.as(database.superuserUrl, (client) =>
    until('a commit that waits for the standby', async () => {
      const { rows } = await client.query(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
      );
      return rows.length > 0 ? true : undefined;
    }),
  );

/** Does `work` while its wait is cancelled, and resolves to what it was rejected with. */
async function faultOf(work: Promise<unknown>): Promise<unknown> {
  const settled = work.then(
    () => 'answered',
    (fault: unknown) => fault,
  );
  await cancelWait();
  return settled;
}

const rowsNamed = async (hash: string) =>
  database.as(database.superuserUrl, async (client) => {
    const { rows } = await client.query('SELECT FROM registry.log_row WHERE operation_hash = $1', [hash]);
    return rows.length;
  });

test('C13 a decision whose entry may be on no standby is no answer, although the server reports success', async () => {
  const pool = createPool(database.urls[authorizeLogin(folderNamed('school')).variable] ?? '', 1);
  const hash = randomUUID();
  const fault = await faultOf(
    new Authorizer(pool).decide({
      caller: { subject: 'p-9', actor: null, agency: 'school:skovde', roles: ['CASEWORKER'] },
      operation: { hash, name: null, requestId: randomUUID() },
      action: 'READ',
      answer: randomUUID(),
      kinds: [{ category: 'school.attendance', whereabouts: false, fields: ['attendance'] }],
      youths: [{ id: randomUUID(), assigned: false }],
    }),
  );
  expect(fault).toEqual(
    expect.objectContaining({ message: expect.stringContaining('canceling wait for synchronous') }),
  );
  expect(isNotReplicated(fault)).toBe(true);
  // It took effect on the primary: nothing but the warning tells.
  expect(await rowsNamed(hash)).toBe(1);
  await pool.end();
});

test('C13 so is a statement of the registry that is logged, and the next one is not blamed for it', async () => {
  const pool = createPool(database.runtime, 1);
  expect(isNotReplicated(await faultOf(pool.query(WRITE_ENTRIES, [1])))).toBe(true);
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await pool.end();
});

test('C13 so is a change, whose commit fails', async () => {
  const orm = createOrm(database.urls[runtimeLogin(REGISTRY).variable] ?? '', REGISTRY.schema, entities);
  const change = orm.em.fork().transactional((em) =>
    em.execute(`INSERT INTO registry.log_row (kind, request_id, operation_hash, caller, roles, name, part_from, unit_part, unit_permitted)
      VALUES ('CHANGE', gen_random_uuid(), 'x', 'p-1', 1, 'withdrawConsent', '{1,2}', '{1}', '{true}')`),
  );
  expect(isNotReplicated(await faultOf(change))).toBe(true);
  await orm.close();
});
