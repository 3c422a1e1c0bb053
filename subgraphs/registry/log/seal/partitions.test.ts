import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pino from 'pino';
import { type SealedLog, startSealedLog } from '../../../../test/setup/sealed-log.ts';
import { makePartitions } from './partitions.ts';

let log: SealedLog;
beforeAll(async () => {
  log = await startSealedLog();
}, 60_000);
afterAll(() => log.end());

const NOW = new Date();
/** The partition of a month, counted from this one. */
function month(ahead: number): string {
  const at = new Date(Date.UTC(NOW.getUTCFullYear(), NOW.getUTCMonth() + ahead));
  return `log_row_${at.toISOString().slice(0, 7).replace('-', '_')}`;
}
const AHEAD = [...[0, 1, 2, 3].map(month), 'log_row_default'];

async function partitions(): Promise<string[]> {
  const { rows } = await log.pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'registry.log_row'::regclass ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

/** The lines that the sealer's process wrote. */
async function upkeep(): Promise<unknown[]> {
  const said: unknown[] = [];
  const logger = pino({ base: null, timestamp: false }, { write: (line) => said.push(JSON.parse(line)) });
  await makePartitions(log.pool, logger);
  return said;
}

const writeAt = (at: string) =>
  log.as(log.owner, (client) =>
    client.query(
      `INSERT INTO registry.entry (at, kind, permitted, request_id, operation_hash, caller, roles)
       VALUES ($1, 'READ', true, gen_random_uuid(), 'x', 'p-1001', 1)`,
      [at],
    ),
  );

test('partitions are there three months ahead, and stay so without migrations', async () => {
  expect(await partitions()).toEqual(AHEAD);
  await log.as(log.owner, (client) => client.query(`DROP TABLE registry.${month(3)}`));
  expect(await upkeep()).toEqual([]);
  expect(await partitions()).toEqual(AHEAD);
});

test('two sealers that make partitions at once make each of them once', async () => {
  await log.as(log.owner, (client) => client.query(`DROP TABLE registry.${month(1)}, registry.${month(2)}`));
  expect(await Promise.all([upkeep(), upkeep()])).toEqual([[], []]);
  expect(await partitions()).toEqual(AHEAD);
});

test('an entry that no partition is made for is written and sealed all the same, and said to be there', async () => {
  await writeAt('2063-04-05');
  expect(await upkeep()).toEqual([
    {
      level: 50,
      alarm: 'ENTRY_OUTSIDE_PARTITIONS',
      entries: 1,
      msg: expect.stringContaining('entries of the access log have instants that no partition is made for'),
    },
  ]);
  expect(await log.seal()).toEqual({ did: 'NOTHING' });
  const { rows } = await log.pool.query('SELECT size::int AS sealed FROM seal.state');
  expect(rows).toEqual([{ sealed: 1 }]);
});

test('a month of which the net holds entries gets no partition, which would hide them', async () => {
  await log.as(log.owner, (client) => client.query("SELECT registry.make_partition('2063-04-01')"));
  expect(await partitions()).not.toContain('log_row_2063_04');
});

test('who makes a partition gives up rather than keep decisions waiting', async () => {
  await log.as(log.owner, (reader) =>
    log.as(log.owner, async (maker) => {
      await reader.query('BEGIN');
      await reader.query('SELECT FROM registry.log_row');
      await expect(maker.query("SELECT registry.make_partition('2040-01-01')")).rejects.toThrow('lock timeout');
      await reader.query('ROLLBACK');
    }),
  );
});

test('a partition is kept as the log is, by whatever name it is called', async () => {
  await log.as(log.owner, async (client) => {
    for (const partition of await partitions())
      for (const attempt of [`DELETE FROM registry.${partition}`, `TRUNCATE registry.${partition}`])
        await expect(client.query(attempt)).rejects.toThrow('The access log is only appended to.');
  });
  for (const login of [log.runtime, log.urls.SAMSYN_REGISTRY_SEALER_URL, log.urls.SAMSYN_REGISTRY_AUDITOR_URL])
    await log.as(login, async (client) => {
      const own = `registry.${month(0)}`;
      for (const attempt of [`SELECT FROM ${own}`, `INSERT INTO ${own} DEFAULT VALUES`, `DELETE FROM ${own}`])
        await expect(client.query(attempt)).rejects.toThrow('permission denied');
    });
});

test('rows that wait for their seal are found without a look at partitions of the past', async () => {
  await log.seal();
  const { rows } = await log.pool.query<{ waits: boolean; since: string }>(
    `SELECT seal.waiting_since(s) IS NOT NULL AS waits, (now() - waits_from)::text AS since FROM seal.state s`,
  );
  expect([rows[0]?.waits, rows[0]?.since.startsWith('1 day')]).toEqual([false, true]);
  // Even if the clock was ahead then.
  await log.as(log.superuserUrl, (client) =>
    client.query("UPDATE seal.state SET waits_from = now() + interval '9 days'"),
  );
  await writeAt(new Date().toISOString());
  const waiting = await log.pool.query('SELECT seal.waiting_since(s) IS NOT NULL AS waits FROM seal.state s');
  expect(waiting.rows).toEqual([{ waits: true }]);
});
