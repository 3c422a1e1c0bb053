import { expect, test } from '@jest/globals';
import { type Step, takenAt, takenOnceAt } from './steps.ts';

interface Moments {
  early: () => string;
  late: (n: number) => number;
}

const twice = (n: number) => 2 * n;
const next = (n: number) => n + 1;
const STEPS: readonly Step<Moments>[] = [
  { name: 'double', at: 'late', take: twice },
  { name: 'begin', at: 'early', take: () => 'begun' },
  { name: 'count', at: 'late', take: next },
];

test('takes the steps of a moment in order', () => {
  expect(takenAt(STEPS, 'late')).toEqual([twice, next]);
});

test('demands exactly one step at a moment that takes one', () => {
  expect(takenOnceAt(STEPS, 'early')()).toBe('begun');
  expect(() => takenOnceAt(STEPS, 'late')).toThrow('Expected one step at the moment late; got 2. List exactly one.');
  expect(() => takenOnceAt<Moments, 'early'>([], 'early')).toThrow(
    'Expected one step at the moment early; got 0. List exactly one.',
  );
});
