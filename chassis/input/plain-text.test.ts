import { expect, test } from '@jest/globals';
import { holdsIdentityNumber } from './plain-text.ts';

test.each([
  '201001012382',
  'Om 20100101-2382 i skolan',
  '100101-2382',
  '100101+2382',
  '100101 2382',
  'pnr1001012382x',
  // A coordination number: the day and 60.
  '701063-2391',
])('finds a personal identity number in %j', (text) => {
  expect(holdsIdentityNumber(text)).toBe(true);
});

test.each([
  '',
  '201001012383',
  '20101301-2382',
  '00201001012382',
  '2026-11-24 16:55:26.123456+00',
  // Parts of random ids and hashes that look like a number.
  '019fa479-edd0-774d-b163-201001012382',
  `ab201001012382${'cd'.repeat(9)}`,
])('finds none in %j', (text) => {
  expect(holdsIdentityNumber(text)).toBe(false);
});
