import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { authorizeLogin, folderNamed, sealerLogin } from '../../../../chassis/folders.ts';
import { until } from '../../../../test/faults/until.ts';
import { type RandomLog, startRandomLog } from '../../../../test/setup/random-log.ts';
import { reconcile } from '../../operate/reconcile.ts';
import { MANY_YOUTHS, OF_CONDUCT, REPEATED_DENIALS } from '../review/access-review-rules.ts';
import { keepSummed } from './summing.ts';

let log: RandomLog;
beforeAll(async () => {
  log = await startRandomLog();
}, 60_000);
afterAll(() => log.end());

const column = async (sql: string) =>
  (await log.admin.query<{ value: unknown }>(`SELECT x.value FROM (SELECT ${sql}) AS x (value)`)).rows.map(
    ({ value }) => value,
  );
/** The days of right sums, as instants of their beginnings. */
const rightDays = () => column("at::text FROM registry.summed_right WHERE grain = 'D' ORDER BY at");
/** The parts of an interval that sums answer: R is rows. */
const coverOf = (from: string, to: string, coarsest: string) =>
  column(`grain::text || ' ' || to_char(starts_at AT TIME ZONE 'UTC', 'MM-DD HH24:MI')
    FROM registry.summed_cover('${from}', '${to}', '${coarsest}') ORDER BY starts_at`);
/** Writes an entry of an instant, unsealed. */
const writeAt = (at: string) =>
  log.admin.query(
    `INSERT INTO registry.entry (at, kind, permitted, request_id, operation_hash, caller, roles)
     VALUES ($1, 'READ', true, gen_random_uuid(), 'x', 'p-1', 4)`,
    [at],
  );

test('an empty log has nothing to sum', async () => {
  expect(await log.sum()).toEqual([]);
});

test('the process that seals sums settled days, the latest first, and then whole months', async () => {
  await log.write(120);
  expect(await log.sum()).toEqual([]);
  await log.seal();
  expect(await log.sum(2)).toEqual(['2026-11-02', '2026-11-01']);
  const ended = new AbortController();
  const running = keepSummed(log.pool, pino({ level: 'silent' }), ended.signal);
  try {
    await until(
      'three months',
      async () => {
        const [months] = await column("count(*)::int FROM registry.summed_right WHERE grain = 'M'");
        return months === 3 || undefined;
      },
      60_000,
    );
  } finally {
    ended.abort();
    await running;
  }
  expect(await rightDays()).toHaveLength(31 + 30 + 31 + 2);
  expect(await column("count(*)::int FROM registry.summed_right WHERE grain = 'M'")).toEqual([3]);
});

test('sums have all whom a review may find', async () => {
  const [source] = await column("pg_get_functiondef('registry.sum_day'::regproc)");
  expect(source).toContain(`many_youths CONSTANT int := ${MANY_YOUTHS};`);
  expect(source).toContain(`repeated_denials CONSTANT int := ${REPEATED_DENIALS};`);
  expect(source).toContain(`AND ${OF_CONDUCT}\n`);
});

test('an interval is counted from whole months, days and hours of right sums, and else from rows', async () => {
  const [from, to] = ['2026-08-30T20:15:00Z', '2026-11-03T08:00:00Z'];
  expect(await coverOf(from, to, 'M')).toEqual([
    ...['R 08-30 20:15', 'H 08-30 21:00', 'D 08-30 22:00', 'M 08-31 22:00', 'D 10-31 23:00', 'R 11-02 23:00'],
  ]);
  expect(await coverOf(from, to, 'D')).toEqual(['R 08-30 20:15', 'H 08-30 21:00', 'D 08-30 22:00', 'R 11-02 23:00']);
  expect(await coverOf(from, to, 'H')).toEqual(['R 08-30 20:15', 'H 08-30 21:00', 'R 11-02 23:00']);
  expect(await coverOf(from, to, 'P')).toEqual(['P 08-30 20:15', 'R 11-02 23:00']);
  expect(await coverOf('2026-10-25T00:10:00Z', '2026-10-25T00:50:00Z', 'M')).toEqual(['R 10-25 00:10']);
});

test('a day that gets an entry late has no sums from then on, until it is summed anew', async () => {
  const cover = () => coverOf('2026-10-24T22:00:00Z', '2026-10-26T23:00:00Z', 'D');
  expect(await cover()).toEqual(['D 10-24 22:00']);
  await writeAt('2026-10-25T22:30:00Z');
  // Not sealed, and so not summed either.
  expect(await cover()).toEqual(['R 10-24 22:00', 'D 10-25 23:00']);
  expect(await log.sum()).toEqual([]);
  await log.seal();
  expect(await cover()).toEqual(['R 10-24 22:00', 'D 10-25 23:00']);
  expect(await log.sum()).toEqual(['2026-10-25', '2026-10']);
  expect(await cover()).toEqual(['D 10-24 22:00']);
});

test('sums that another process is making are left to it', async () => {
  await writeAt('2026-10-01T12:00:00Z');
  await log.seal();
  await log.admin.query('BEGIN; SELECT pg_advisory_xact_lock(registry.sums_lock())');
  expect(await log.sum()).toEqual([]);
  await log.admin.query('COMMIT');
  expect(await log.sum()).toEqual(['2026-10-01', '2026-10']);
});

test('sums of a day do not count if a late entry of it is sealed while it is being summed', async () => {
  await writeAt('2026-09-10T12:00:00Z');
  await log.seal();
  await log.as(log.urls[sealerLogin().variable], async (summer) => {
    // It reads what there was before the entry.
    await summer.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM registry.entry');
    await writeAt('2026-09-10T13:00:00Z');
    expect((await log.seal()).did).toBe('NOTHING');
    expect((await summer.query('SELECT registry.sum_next() AS summed')).rows).toEqual([{ summed: '2026-09-10' }]);
    await summer.query('COMMIT');
  });
  expect(await coverOf('2026-09-09T22:00:00Z', '2026-09-10T22:00:00Z', 'D')).toEqual(['R 09-09 22:00']);
  expect(await log.sum()).toEqual(['2026-09-10', '2026-09']);
});

test('a day that is dropped takes its month with it, and nothing of it stays', async () => {
  await log.admin.query("SELECT registry.drop_sums('{2026-10-25T22:59:00Z}')");
  const left = `count(*)::int FROM registry.log_sum WHERE grain = 'M' AND at = '2026-09-30T22:00:00Z'
    OR grain <> 'M' AND at >= '2026-10-24T22:00:00Z' AND at < '2026-10-25T23:00:00Z'`;
  expect(await column(left)).toEqual([0]);
  expect(await log.sum()).toEqual(['2026-10-25', '2026-10']);
});

test('nobody writes sums, only who seals has them made, and who may not read the log does not read them', async () => {
  const logins = {
    registry: log.runtime,
    sector: log.urls[authorizeLogin(folderNamed('school')).variable],
    sealer: log.urls[sealerLogin().variable],
    auditor: log.urls.SAMSYN_REGISTRY_AUDITOR_URL,
    eraser: log.urls.SAMSYN_REGISTRY_ERASER_URL,
    confirmer: log.urls.SAMSYN_REGISTRY_ERASURE_CONFIRMER_URL,
  };
  const may: string[] = [];
  for (const [who, url] of Object.entries(logins)) {
    for (const attempt of [
      'SELECT FROM registry.log_sum',
      'SELECT FROM registry.summed_right',
      "SELECT FROM registry.summed_cover(now(), now(), 'M')",
      'DELETE FROM registry.log_sum',
      'UPDATE registry.log_sum SET entries = 1',
      "INSERT INTO registry.log_sum (cube, grain, at, entries) VALUES ('K', 'H', now(), 1)",
      'UPDATE registry.summed_period SET leaf = 1',
      'DELETE FROM registry.late_day',
      'SELECT registry.sum_next()',
      'SELECT registry.sum_day(now(), now())',
      "SELECT registry.mark_late('{}', 0)",
      "SELECT registry.drop_sums('{}')",
      'SELECT registry.forget_sums()',
    ]) {
      await log
        .as(url, (client) => client.query(attempt))
        .then(
          () => may.push(`${who}: ${attempt}`),
          (cause: Error) => expect(cause.message).toMatch('permission denied'),
        );
    }
  }
  expect(may).toEqual([
    'registry: SELECT FROM registry.log_sum',
    'registry: SELECT FROM registry.summed_right',
    "registry: SELECT FROM registry.summed_cover(now(), now(), 'M')",
    'sealer: SELECT registry.sum_next()',
    "sealer: SELECT registry.mark_late('{}', 0)",
    'auditor: SELECT FROM registry.log_sum',
    'auditor: SELECT FROM registry.summed_right',
  ]);
});

test('a halted log is counted by rows, and one that was reconciled is summed anew', async () => {
  await log.admin.query("UPDATE seal.state SET halted_at = now(), halted_why = 'OTHER_SERVER'");
  expect(await coverOf('2026-09-01T00:00:00Z', '2026-09-02T00:00:00Z', 'D')).toEqual(['R 09-01 00:00']);
  await reconcile(log.admin, 'p-1', 'a test');
  expect(await column('count(*)::int FROM registry.log_sum')).toEqual([0]);
  expect(await log.sum()).toEqual([]);
  await log.seal();
  expect(await log.sum(1)).toEqual(['2026-11-02']);
});
