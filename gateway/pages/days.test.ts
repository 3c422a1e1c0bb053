import { describe, expect, test } from '@jest/globals';
import { dayAfter, startOf } from './days.ts';

describe('a day in Sweden', () => {
  test.each([
    ['2026-01-15', '2026-01-14T23:00:00.000Z'],
    ['2026-07-15', '2026-07-14T22:00:00.000Z'],
    ['2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['2026-03-30', '2026-03-29T22:00:00.000Z'],
    ['2026-10-25', '2026-10-24T22:00:00.000Z'],
    ['2026-10-26', '2026-10-25T23:00:00.000Z'],
    ['2024-02-29', '2024-02-28T23:00:00.000Z'],
  ])('begins at midnight in Sweden: %s', (day, instant) => {
    expect(startOf(day)).toBe(instant);
  });

  test.each(['2026-02-29', '2026-04-31', '2026-00-10', '2026-1-1', '20260101', '', 'today'])('is not %p', (text) => {
    expect(startOf(text)).toBeNull();
  });

  test.each([
    ['2026-12-31', '2027-01-01'],
    ['2026-02-28', '2026-03-01'],
    ['2026-10-25', '2026-10-26'],
  ])('precedes the next one: %s, %s', (day, next) => {
    expect(dayAfter(day)).toBe(next);
  });
});
