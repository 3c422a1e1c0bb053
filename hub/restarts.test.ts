import { expect, test } from '@jest/globals';
import { StartError } from '../process/start-error.ts';
import { Restarts, startAgain } from './restarts.ts';

test('starts a process at once, and at most five times in any minute', () => {
  const restarts = new Restarts();
  const at = [0, 1_000, 2_000, 3_000, 4_000, 5_000, 61_000, 200_000];
  const starts = at.map((now) => now + restarts.waitFor('school', now));
  expect(starts).toEqual([0, 1_000, 2_000, 3_000, 4_000, 60_000, 61_000, 200_000]);
  for (const [index, start] of starts.entries()) {
    expect(starts.filter((other) => other <= start && other > start - 60_000).length).toBeLessThanOrEqual(5);
    expect(start).toBeGreaterThanOrEqual(at[index] ?? 0);
  }
});

test('counts each process apart', () => {
  const restarts = new Restarts();
  for (let start = 0; start < 5; start += 1) restarts.waitFor('school', 0);
  expect([restarts.waitFor('police', 10), restarts.waitFor('school', 10)]).toEqual([0, 59_990]);
});

test('says which process ended and tries until it is up', async () => {
  const said: string[] = [];
  const waited: number[] = [];
  let failures = 6;
  await startAgain('school', '/logs/school.log', new Restarts(), {
    restart: async () => {
      failures -= 1;
      if (failures >= 0) throw new StartError('school did not start: its database is away.');
    },
    tell: (text) => said.push(text),
    pause: async (ms) => waited.push(ms),
  });
  expect(said[0]).toBe('The process school ended unexpectedly; its log is /logs/school.log. Starting it again.');
  expect(said.at(-1)).toBe('The process school is up again.');
  expect(said.filter((text) => text === 'school did not start: its database is away.')).toHaveLength(6);
  expect(waited).toHaveLength(2);
  expect(said.filter((text) => /^school has been started 5 times within a minute/.test(text))).toHaveLength(2);
});
