import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { sealerLogin } from '../../../../chassis/folders.ts';
import { until } from '../../../../test/faults/until.ts';
import { WRITE_ENTRIES } from '../../../../test/setup/registry-database.ts';
import { ORIGIN, type SealedLog, startSealedLog } from '../../../../test/setup/sealed-log.ts';
import { analyseLog } from './analysing.ts';
import { readSealConfiguration } from './seal-configuration.ts';
import { startSealing } from './sealing.ts';

let log: SealedLog;
beforeAll(async () => {
  log = await startSealedLog();
}, 60_000);
afterAll(() => log.end());

/** Writes entries, and has the database count them, as it does by itself within a second. */
async function write(count: number): Promise<void> {
  await log.as(log.runtime, async (client) => {
    await client.query(WRITE_ENTRIES, [count]);
    await client.query('SELECT pg_stat_force_next_flush()');
  });
}

/** The planner's knowledge of the log as a whole: the number of entries, and of columns. */
async function known(): Promise<{ entries: number; columns: number }> {
  const { rows } = await log.as(log.superuserUrl, (client) =>
    client.query(
      `SELECT c.reltuples::int AS entries, (SELECT count(*)::int FROM pg_statistic s WHERE s.starelid = c.oid AND s.stainherit) AS columns
       FROM pg_class c WHERE c.oid = 'registry.log_row'::regclass`,
    ),
  );
  return rows[0];
}

test('a small log is not analysed', async () => {
  await write(500);
  expect([await analyseLog(log.pool), await known()]).toEqual([false, { entries: -1, columns: 0 }]);
});

test('a log that has grown is analysed as a whole, and not again until it has grown by a tenth', async () => {
  await write(3_500);
  expect(await analyseLog(log.pool)).toBe(true);
  expect(await known()).toEqual({ entries: 4_000, columns: expect.any(Number) });
  expect((await known()).columns).toBeGreaterThan(30);
  await write(1_300);
  expect([await analyseLog(log.pool), (await known()).entries]).toEqual([false, 4_000]);
  await write(200);
  expect([await analyseLog(log.pool), (await known()).entries]).toEqual([true, 5_500]);
});

test('it is done by whoever seals, who may do nothing else to the log for it', async () => {
  for (const login of [log.runtime, log.urls.SAMSYN_REGISTRY_AUDITOR_URL])
    await expect(log.as(login, (client) => client.query('SELECT seal.analyse_log()'))).rejects.toThrow(
      'permission denied',
    );
  await log.as(log.urls[sealerLogin().variable], async (client) => {
    await client.query('BEGIN');
    await expect(client.query('LOCK TABLE registry.log_row IN SHARE UPDATE EXCLUSIVE MODE')).rejects.toThrow(
      'permission denied',
    );
    await client.query('ROLLBACK');
  });
});

test('a partition that is being made is not waited for', async () => {
  await write(2_000);
  await log.as(log.owner, async (client) => {
    await client.query('BEGIN; LOCK TABLE ONLY registry.log_row IN SHARE UPDATE EXCLUSIVE MODE');
    expect(await analyseLog(log.pool)).toBe(false);
    await client.query('ROLLBACK');
  });
});

test('a sealer’s process analyses the log, and seals also while that takes long', async () => {
  const { entries } = await known();
  const configuration = readSealConfiguration({
    [sealerLogin().variable]: log.urls[sealerLogin().variable],
    SAMSYN_LOG_ORIGIN: ORIGIN,
    SAMSYN_LOG_KEY: log.keyPem,
    SAMSYN_LOG_MEMORY: join(log.folder, 'memory'),
  });
  if (configuration === null) throw new Error('The sealer is configured.');
  await log.seal();
  await log.as(log.superuserUrl, async (client) => {
    // The statistics of a table are written under this lock, which lets nothing but reading by.
    await client.query('BEGIN; LOCK TABLE pg_statistic IN SHARE MODE');
    const sealing = await startSealing(configuration, pino({ level: 'silent' }));
    const isAnalysing = `SELECT count(*) > 0 AS it FROM pg_locks WHERE relation = 'pg_statistic'::regclass AND NOT granted`;
    const is = async (question: string) => (await client.query(question)).rows[0].it || undefined;
    await until('the log is analysed', () => is(isAnalysing));
    await log.as(log.runtime, (writer) => writer.query(WRITE_ENTRIES, [10]));
    const isSealed = `SELECT (${isAnalysing}) AND seal.waiting_since(s) IS NULL AS it FROM seal.state s`;
    await until('all is sealed while the log is analysed', () => is(isSealed));
    await client.query('ROLLBACK');
    await sealing.close();
  });
  expect((await known()).entries).toBeGreaterThan(entries);
});
