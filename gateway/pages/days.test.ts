import { describe, expect, test } from '@jest/globals';
import { clockOf, dayAfter, firstDay, lastDay, startOf } from './days.ts';

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

describe('an instant is printed as what it is', () => {
  test.each([
    ['2026-10-24T23:30:00Z', '01:30', '01:30'],
    ['2026-10-25T00:30:00Z', '02:30 (sommartid)', '02:30 (summer time)'],
    ['2026-10-25T01:30:00Z', '02:30 (vintertid)', '02:30 (winter time)'],
    ['2026-10-25T02:00:00Z', '03:00', '03:00'],
    ['2026-03-29T01:00:00Z', '03:00', '03:00'],
  ])('%s on the clocks in Sweden', (instant, swedish, english) => {
    expect([clockOf(instant, 'sv'), clockOf(instant, 'en')]).toEqual([swedish, english]);
  });

  test('the bounds of an interval are days where they are at midnight, and else have their time', () => {
    expect([firstDay('2026-10-25T23:00:00Z', 'sv'), lastDay('2026-10-25T23:00:00Z', 'sv')]).toEqual([
      { day: '26 oktober 2026', time: null },
      { day: '25 oktober 2026', time: null },
    ]);
    expect([firstDay('2026-10-25T00:30:00Z', 'en'), lastDay('2026-10-25T01:30:00Z', 'en')]).toEqual([
      { day: '25 October 2026', time: '02:30 (summer time)' },
      { day: '25 October 2026', time: '02:30 (winter time)' },
    ]);
  });
});
