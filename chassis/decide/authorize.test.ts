import { describe, expect, test } from '@jest/globals';
import { youthId } from '../../test/chassis/example-schema.ts';
import { settled, startAuthorizer } from '../../test/setup/held-authorizer.ts';
import { roleMask } from './authorize.ts';

const row = (request: number, n: number) => ({
  request,
  youth: youthId(n),
  category: 'police.talk',
  whereabouts: false,
  source: 'police:nationell',
  data_from: '2026-01-01',
  data_to: null,
  permit_key: `key-${n}`,
  time_left_ms: 60_000,
});

const permitted = (n: number) => ({
  youth: youthId(n),
  category: 'police.talk',
  whereabouts: false,
  source: 'police:nationell',
  dataFrom: '2026-01-01',
  dataTo: null,
  key: `key-${n}`,
  timeLeftMs: 60_000,
});

const requests = (...numbers: number[]) => numbers.map((n) => `request-${n}`);

/** Two statements under way, for request 1 and for request 2: the most that there may be. */
async function busy() {
  const started = startAuthorizer();
  const first = started.decide(1);
  await settled();
  const second = started.decide(2);
  await settled();
  return { ...started, first, second };
}

describe('a flush', () => {
  test('decides together what arrived together', async () => {
    const { flushes, decide } = startAuthorizer();
    decide(1);
    decide(2);
    decide(3);
    await settled();

    expect(flushes.map(({ requestIds }) => requestIds)).toEqual([requests(1, 2, 3)]);
  });

  test('holds at most 64 questions', async () => {
    const { flushes, decide, flush } = startAuthorizer();
    const all = Array.from({ length: 150 }, (_, n) => decide(n));
    await settled();
    const sizes = () => flushes.map(({ requestIds }) => (requestIds as string[]).length);

    expect(sizes()).toEqual([64, 64]);
    flush(0).answer([]);
    await settled();
    expect(sizes()).toEqual([64, 64, 22]);
    for (const each of flushes) each.answer([]);
    expect(await Promise.all(all)).toEqual(all.map(() => []));
  });

  test('never takes in a question that arrived after it was sent; that one waits for the next flush', async () => {
    const { flushes, decide, flush } = await busy();
    decide(3);
    decide(4);
    await settled();

    expect(flushes.map(({ requestIds }) => requestIds)).toEqual([requests(1), requests(2)]);
    flush(1).answer([]);
    await settled();
    expect(flushes.map(({ requestIds }) => requestIds)).toEqual([requests(1), requests(2), requests(3, 4)]);
  });

  test('is sent for every question, even a repeated one, since decisions are not remembered', async () => {
    const { flushes, decide, flush } = startAuthorizer();
    const first = decide(1);
    await settled();
    flush(0).answer([row(1, 1)]);
    expect(await first).toEqual([permitted(1)]);
    const again = decide(1);
    await settled();
    flush(1).answer([]);

    expect(await again).toEqual([]);
    expect(flushes.map(({ requestIds }) => requestIds)).toEqual([requests(1), requests(1)]);
  });
});

describe('an answer', () => {
  test('goes to the request that asked, whatever the order of the rows', async () => {
    const { decide, flush } = startAuthorizer();
    const all = [decide(1), decide(2), decide(3)];
    await settled();
    flush(0).answer([row(3, 33), row(1, 11), row(3, 34)]);

    expect(await Promise.all(all)).toEqual([[permitted(11)], [], [permitted(33), permitted(34)]]);
  });

  test('reaches nobody if nobody made the request', async () => {
    const { decide, flush } = startAuthorizer();
    const only = decide(1);
    await settled();
    flush(0).answer([row(0, 10), row(2, 12)]);

    expect(await only).toEqual([]);
  });

  test('keeps only those waiting who asked in it, if it is missing', async () => {
    const { decide, flush, first, second } = await busy();
    const third = decide(3);
    flush(1).answer([row(1, 2)]);
    expect(await second).toEqual([permitted(2)]);
    await settled();
    flush(2).answer([row(1, 3)]);
    expect(await third).toEqual([permitted(3)]);

    flush(0).answer([row(1, 1)]);
    expect(await first).toEqual([permitted(1)]);
  });
});

describe('a flush that fails', () => {
  const cause = new Error('the log is full');

  test('rejects every question of its own, and no other', async () => {
    const { decide, flush, first, second } = await busy();
    const own = [decide(3), decide(4), decide(5)];
    flush(0).answer([row(1, 1)]);
    await settled();
    const later = decide(6);
    flush(2).fail(cause);

    expect(await Promise.allSettled(own)).toEqual(own.map(() => ({ status: 'rejected', reason: cause })));
    await settled();
    flush(1).answer([row(1, 2)]);
    flush(3).answer([row(1, 6)]);
    expect(await Promise.all([first, second, later])).toEqual([[permitted(1)], [permitted(2)], [permitted(6)]]);
  });

  test('does not stop later flushes, even if many fail', async () => {
    const { decide, flush } = startAuthorizer();
    for (let n = 0; n < 4; n += 1) {
      const failed = expect(decide(n)).rejects.toBe(cause);
      await settled();
      flush(n).fail(cause);
      await failed;
    }
    const next = decide(4);
    await settled();
    flush(4).answer([row(1, 4)]);

    expect(await next).toEqual([permitted(4)]);
  });
});

test('sends all questions in arrays, kinds and youths flattened with the number of their request', async () => {
  const { decide, flush } = startAuthorizer();
  decide(1, {
    kinds: [
      { category: 'police.talk', whereabouts: false, fields: ['date', 'talks'] },
      { category: 'police.talk', whereabouts: true, fields: ['place'] },
    ],
  });
  decide(2, {
    caller: { subject: 'p-1', actor: 'system-1', agency: 'school:skovde', roles: ['CASEWORKER', 'MANAGER'] },
    operation: { hash: 'cd', name: 'Talks', requestId: 'request-2' },
    action: 'LINK',
    youths: [
      { id: youthId(2), assigned: true },
      { id: youthId(3), assigned: false, kinds: 2n },
    ],
  });
  await settled();

  expect(flush(0).values).toEqual([
    ['request-1', 'request-2'],
    ['p-2001', 'p-1'],
    [null, 'system-1'],
    ['police:nationell', 'school:skovde'],
    [4, 20],
    [1, 3],
    ['ab', 'cd'],
    [null, 'Talks'],
    [1, 1, 2],
    ['police.talk', 'police.talk', 'police.talk'],
    [false, true, false],
    ['date,talks', 'place', 'talks'],
    [1, 2, 2],
    [youthId(1), youthId(2), youthId(3)],
    [false, true, false],
    [-1n, -1n, 2n],
    ['answer-1', 'answer-2'],
    '[]',
  ]);
});

test('writes the mask of roles as the registry reads it', () => {
  expect(
    (['COORDINATOR', 'MENTOR', 'CASEWORKER', 'SYSTEM', 'MANAGER', 'AUDITOR'] as const).map((role) => roleMask([role])),
  ).toEqual([1, 2, 4, 8, 16, 32]);
  expect(roleMask([])).toBe(0);
  expect(roleMask(['MENTOR', 'MENTOR', 'AUDITOR'])).toBe(34);
});
