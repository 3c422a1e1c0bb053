import { expect, test } from '@jest/globals';
import { cursorAt, momentAfter } from './page.ts';

const ID = '77777777-7777-4777-8777-777777777777';
const at = (micros: bigint) => momentAfter(cursorAt({ micros: String(micros), id: ID }));
const FIRST = BigInt(Date.parse('0001-01-01T00:00:00Z')) * 1_000n;
const LAST = BigInt(Date.parse('9999-12-31T23:59:59.999Z')) * 1_000n + 999n;

test.each([FIRST, 0n, LAST])('a cursor at %s microseconds is a place', (micros) => {
  expect(at(micros)).toEqual({ micros: String(micros), id: ID.replaceAll('-', '') });
});

test.each([FIRST - 1n, LAST + 1n, 2n ** 63n - 1n, -(2n ** 63n)])(
  'a cursor at %s microseconds, which no entry can have, is refused before the database adds it up',
  (micros) => {
    expect(() => at(micros)).toThrow(
      expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT', field: 'after' } }),
    );
  },
);
