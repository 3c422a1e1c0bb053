import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { audit as auditOf } from '../../../test/setup/audit-calls.ts';
import { KEPT_LONGER, OLD, type OldLog, startOldLog } from '../../../test/setup/old-log.ts';
import { WRITE_ENTRIES } from '../../../test/setup/registry-database.ts';
import { registryCommand } from './registry-command.ts';

let log: OldLog;

beforeAll(async () => {
  log = await startOldLog();
}, 60_000);
afterAll(() => log.end());

const as = (variable: string, statement: string) => log.as(log.urls[variable], (client) => client.query(statement));

test('writes on an entry its retention: its programme’s, or the hub’s if that is longer', async () => {
  const { rows } = await log.pool.query<{ years: number }>(
    'SELECT CASE WHEN r.caller IS NULL THEN 5 ELSE r.part_years[1] END AS years FROM seal.leaf l JOIN registry.log_row r ON r.id = l.row_id ORDER BY l.index LIMIT 18',
  );
  expect(rows.map(({ years }) => years)).toEqual(OLD.map(({ of }) => (of === KEPT_LONGER ? 7 : 5)));
});

test('keeps personal identity numbers in an operator’s text out of the log, wherever they stand', async () => {
  const said: string[] = [];
  const sink = { write: (text: string) => said.push(text) };
  const by = (subject: string, reason: string) =>
    registryCommand(['retention', '--years', '7', '--by', subject, '--reason', reason], {
      env: log.urls,
      stdout: sink,
      stderr: sink,
    });
  expect([await by('p-op', 'asked for by 811218-9876'), await by('of 811218-9876', 'x')]).toEqual([1, 1]);
  expect(said.join('')).toContain('nothing looks like a personal identity number');
  const { code, text } = await auditOf(
    log,
    ...['erase', 'propose', '--until', '2026-01-01', '--ground', 'about 811218-9876', '--by', 'p-1'],
  );
  expect([code, text]).toEqual([2, expect.stringContaining('nothing looks like a personal identity number')]);
  const { rows } = await log.pool.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM registry.log_row r WHERE to_jsonb(r)::text LIKE '%811218%'",
  );
  expect(rows).toEqual([{ n: 0 }]);
});

test('lets a hub keep entries longer from now on, never shorter, and leaves older entries as they are', async () => {
  const sink = { write: () => true };
  const set = (years: string) =>
    registryCommand(['retention', '--years', years, '--by', 'p-op', '--reason', 'x'], {
      env: log.urls,
      stdout: sink,
      stderr: sink,
    });
  const latest = async () => {
    await log.as(log.runtime, (client) => client.query(WRITE_ENTRIES, [1]));
    const { rows } = await log.pool.query(
      "SELECT array_agg(DISTINCT retention_years ORDER BY retention_years) AS years FROM registry.entry WHERE name = 'group'",
    );
    return rows[0]?.years;
  };
  expect(await latest()).toEqual([5]);
  expect([await set('4'), await set('9')]).toEqual([1, 0]);
  expect(await latest()).toEqual([5, 9]);
  expect(await set('5')).toBe(0);
  expect(await latest()).toEqual([5, 9]);
  await expect(as('SAMSYN_REGISTRY_OWNER_URL', 'UPDATE seal.state SET retention_years = 4')).rejects.toThrow(
    'check constraint',
  );
  await expect(as('SAMSYN_REGISTRY_SEALER_URL', 'UPDATE seal.state SET retention_years = 9')).rejects.toThrow(
    'permission denied',
  );
});
