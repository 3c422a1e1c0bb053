import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import type { JsonObject } from '../json.ts';
import { Types } from '../prepare/types.ts';
import { merge } from './merge.ts';

const types = new Types(parse('interface Named { name: String } type Dog implements Named { name: String }'));

function merged(known: JsonObject, answer: JsonObject): JsonObject {
  merge(known, answer, types);
  return known;
}

describe('merging an answer', () => {
  test('goes into objects and items', () => {
    expect(merged({ a: { b: 1 }, l: [{ x: 1 }, null] }, { a: { c: 2 }, l: [{ y: 2 }, { y: 3 }] })).toEqual({
      a: { b: 1, c: 2 },
      l: [{ x: 1, y: 2 }, { y: 3 }],
    });
  });

  test('never takes a value away for null, and takes a value for null', () => {
    expect(merged({ a: { b: 1 }, c: null, d: 1 }, { a: null, c: { e: 1 }, d: null, f: null })).toEqual({
      a: { b: 1 },
      c: { e: 1 },
      d: 1,
      f: null,
    });
  });

  test('keeps an object type’s name when an interface’s comes, and takes it the other way', () => {
    expect(merged({ __typename: 'Dog' }, { __typename: 'Named' })).toEqual({ __typename: 'Dog' });
    expect(merged({ __typename: 'Named' }, { __typename: 'Dog' })).toEqual({ __typename: 'Dog' });
  });

  test('keeps what stands, its type, and the length of a list', () => {
    const known = () => ({ id: 1, owner: { __typename: 'Dog', id: 1 }, list: [{ id: 1 }], none: [] });
    const answer = { id: 2, owner: { __typename: 'Cat', id: 2 }, list: [{ id: 2 }, { id: 3 }], none: [{ id: 4 }] };
    expect(merged(known(), answer)).toEqual(known());
    expect(merged(known(), { id: {}, owner: 'x', list: 'x', none: {} })).toEqual(known());
  });

  test('leaves the objects without common parts when it copies', () => {
    const answer = { owner: { tags: [{ id: 1 }] } };
    const [one, other]: [JsonObject, JsonObject] = [{}, {}];
    merge(one, answer, types, true);
    merge(other, answer, types);
    merge(one, { owner: { tags: [{ id: 2 }] } }, types);
    expect(other).toEqual({ owner: { tags: [{ id: 1 }] } });
  });

  test('drops __proto__', () => {
    const known = merged({ a: {} }, JSON.parse('{"__proto__":{"x":1},"a":{"__proto__":{"x":1}}}'));
    expect(JSON.stringify(known)).toBe('{"a":{}}');
    expect((known as { x?: number }).x).toBeUndefined();
  });
});
