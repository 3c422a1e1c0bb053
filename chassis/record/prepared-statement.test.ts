import { expect, test } from '@jest/globals';
import { preparedIfUsual } from './prepared-statement.ts';

test('prepares a statement that has been used some times, always under one name', () => {
  const taken = Array.from({ length: 6 }, (_, a) => preparedIfUsual('SELECT :a::int', { a }));
  expect(taken.slice(0, 3)).toEqual([0, 1, 2].map((a) => ({ text: 'SELECT $1::int', values: [a] })));
  const name = expect.stringMatching(/^usual \d+$/);
  expect(taken.slice(3)).toEqual([3, 4, 5].map((a) => ({ text: 'SELECT $1::int', values: [a], name })));
  expect(new Set(taken.slice(3).map((each) => each.name)).size).toBe(1);
});

test('never prepares statements that are used once, and keeps the names of others apart', () => {
  const once = Array.from({ length: 2_000 }, (_, n) => preparedIfUsual(`SELECT ${n + 10}`, {}));
  expect(once.every(({ name }) => name === undefined)).toBe(true);
  const use = (text: string) => Array.from({ length: 4 }, () => preparedIfUsual(text, {})).at(-1)?.name;
  expect(use('SELECT 2')).not.toBe(use('SELECT 3'));
});

test('prepares no more than a connection should keep', () => {
  const names = Array.from({ length: 300 }, (_, n) => {
    const used = Array.from({ length: 4 }, () => preparedIfUsual(`SELECT ${n}::bigint`, {}));
    return used.at(-1)?.name;
  });
  const prepared = new Set(names.filter((name) => name !== undefined));
  expect(prepared.size).toBeGreaterThan(150);
  expect(prepared.size).toBeLessThanOrEqual(200);
});
