import { describe, expect, test } from '@jest/globals';
import { InTurn } from './in-turn.ts';
import { type Leave, NoPlace, Places } from './places.ts';

describe('a queue in turn', () => {
  test('serves the first of each caller, then the second of each', () => {
    const queue = new InTurn<string>();
    for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) queue.push(item.charAt(0), item);
    expect(Array.from({ length: 7 }, () => queue.shift())).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', undefined]);
    expect(queue.size).toBe(0);
  });

  test('passes over a caller who may not, and keeps that caller’s turn', () => {
    const queue = new InTurn<string>();
    for (const item of ['a1', 'b1', 'b2']) queue.push(item.charAt(0), item);
    expect(queue.shift((caller) => caller !== 'a')).toBe('b1');
    expect([queue.shift(), queue.shift()]).toEqual(['a1', 'b2']);
  });

  test('lets an item go before its turn, once', () => {
    const queue = new InTurn<string>();
    for (const item of ['a1', 'a2']) queue.push('a', item);
    expect([queue.remove('a', 'a1'), queue.remove('a', 'a1'), queue.sizeOf('a')]).toEqual([true, false, 1]);
    expect([queue.shift(), queue.size]).toEqual(['a2', 0]);
  });

  test('drops the latest item of whoever has the most', () => {
    const queue = new InTurn<string>();
    for (const item of ['b1', 'a1', 'a2', 'a3']) queue.push(item.charAt(0), item);
    expect([queue.pop(), queue.size]).toEqual(['a3', 3]);
  });
});

describe('places', () => {
  /** Notes who got a place, in order, with how to give it back. */
  function entering(places: Places) {
    const entered: string[] = [];
    const leaves = new Map<string, Leave>();
    const note = (name: string, leave: Leave) => {
      entered.push(name);
      leaves.set(name, leave);
    };
    const enter = (name: string) => {
      const place = places.enter(name.charAt(0));
      if (place instanceof Promise) void place.then((leave) => note(name, leave));
      else note(name, place);
    };
    const leave = async (name: string) => {
      leaves.get(name)?.();
      await new Promise(setImmediate);
      return entered.splice(0);
    };
    return { entered, enter, leave };
  }

  test('are a share for one caller, however many are free', () => {
    const { entered, enter } = entering(new Places({ places: 9, share: 2 }));
    for (const name of ['a1', 'a2', 'a3', 'b1']) enter(name);
    expect(entered).toEqual(['a1', 'a2', 'b1']);
  });

  test('go to those who wait in turn, and to nobody beyond the own share', async () => {
    const { entered, enter, leave } = entering(new Places({ places: 3, share: 2 }));
    for (const name of ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'b3', 'c1']) enter(name);
    expect(entered.splice(0)).toEqual(['a1', 'a2', 'b1']);
    expect(await leave('b1')).toEqual(['b2']);
    expect(await leave('a1')).toEqual(['a3']);
    expect(await leave('a1')).toEqual([]);
    expect(await leave('a2')).toEqual(['c1']);
    expect(await leave('c1')).toEqual(['b3']);
    expect(await leave('b2')).toEqual(['a4']);
  });

  test('are of no use when the time is up or the client is gone, and then go to the next', async () => {
    const places = new Places({ places: 1, share: 1 });
    const leave = await places.enter('a');
    const gone = new AbortController();
    const given = Promise.allSettled([places.enter('b', { limitMs: 1 }), places.enter('c', { gone: gone.signal })]);
    const next = places.enter('d');
    gone.abort();
    expect(await given).toEqual(Array(2).fill({ status: 'rejected', reason: expect.any(NoPlace) }));
    await expect(places.enter('e', { gone: gone.signal })).rejects.toThrow(NoPlace);
    leave();
    expect(await next).toBeInstanceOf(Function);
  });
});
