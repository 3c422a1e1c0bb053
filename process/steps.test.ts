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

test('the steps of a moment are taken in their order', () => {
  expect(takenAt(STEPS, 'late')).toEqual([twice, next]);
});

test('a moment that takes one step has neither none nor several', () => {
  expect(takenOnceAt(STEPS, 'early')()).toBe('begun');
  expect(() => takenOnceAt(STEPS, 'late')).toThrow('One step is taken at the moment late; these have 2.');
  expect(() => takenOnceAt<Moments, 'early'>([], 'early')).toThrow('these have 0.');
});
