import { expect, test } from '@jest/globals';
import { preparedIfUsual } from './prepared-statement.ts';

test('a statement is prepared when it has been used some times, always under one name', () => {
  const text = 'SELECT 1';
  const taken = Array.from({ length: 6 }, () => preparedIfUsual(text));
  expect(taken.slice(0, 3)).toEqual([{ text }, { text }, { text }]);
  expect(taken.slice(3)).toEqual([taken[3], taken[3], taken[3]]);
  expect(taken[3]?.name).toMatch(/^usual \d+$/);
});

test('statements that are used once are never prepared, and others keep their names apart', () => {
  const once = Array.from({ length: 2_000 }, (_, n) => preparedIfUsual(`SELECT ${n + 10}`));
  expect(once.every(({ name }) => name === undefined)).toBe(true);
  const use = (text: string) => Array.from({ length: 4 }, () => preparedIfUsual(text)).at(-1)?.name;
  expect(use('SELECT 2')).not.toBe(use('SELECT 3'));
});

test('no more are prepared than a connection should keep', () => {
  const names = Array.from({ length: 300 }, (_, n) => {
    const used = Array.from({ length: 4 }, () => preparedIfUsual(`SELECT ${n}::bigint`));
    return used.at(-1)?.name;
  });
  const prepared = new Set(names.filter((name) => name !== undefined));
  expect(prepared.size).toBeGreaterThan(150);
  expect(prepared.size).toBeLessThanOrEqual(200);
});
