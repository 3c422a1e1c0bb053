import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildSchema, execute, parse } from 'graphql';
import { tries } from '../../../test/setup/depth.ts';
import type { JsonObject } from '../json.ts';
import { Operation } from '../prepare/operation.ts';
import { operationOf } from '../prepare/selections.ts';
import { Types } from '../prepare/types.ts';
import { project } from './project.ts';

const SDL = `
  type Query { thing: Thing  strict: Thing!  list: [Thing!]  lists: [[Thing]!]!  any: [Any] }
  type Thing { id: ID!  name: String  next: Thing  must: Thing!  tags: [String!]  grid: [[Int!]!]  level: Level }
  type Other { id: ID!  other: Int! }
  union Any = Thing | Other
  enum Level { LOW HIGH }`;
const schema = buildSchema(SDL);
const types = new Types(parse(SDL));
const leafy = '{ __typename i: id name tags grid level }';
const QUERY = `{
  thing { ...T } list { ...T next { ...T } } lists ${leafy}
  any { k: __typename ... on Thing { id x: name } ... on Other { x: other } }
  again: thing { must { id } }
}
fragment T on Thing { ... on Thing { name } i: id must ${leafy} }`;

function projected(query: string, data: JsonObject) {
  const document = parse(query);
  const operation = new Operation(schema, types, document, operationOf(document), {});
  const { data: result, faults } = project(operation.shape, data, {
    located: [],
    unlocated: [],
    losses: new Map(),
  });
  return { data: result, paths: faults.toErrors().map(({ path }) => path?.join('.')) };
}

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 5, nil: null });
const { thing } = fc.letrec<{ thing: JsonObject | null }>((tie) => ({
  thing: fc.option(
    fc.record({
      __typename: fc.constant('Thing'),
      id: maybe(fc.string()),
      name: maybe(fc.string()),
      next: tie('thing'),
      must: tie('thing'),
      tags: maybe(fc.array(maybe(fc.string()), { maxLength: 3 })),
      grid: maybe(fc.array(maybe(fc.array(maybe(fc.integer({ max: 9 })), { maxLength: 2 })), { maxLength: 2 })),
      level: maybe(fc.constantFrom('LOW', 'HIGH', 'SECRET')),
    }),
    { freq: 4, depthSize: 'small', maxDepth: 4, nil: null },
  ),
}));
const other = fc.record({ __typename: fc.constant('Other'), id: fc.string(), other: maybe(fc.integer()) });
const world = fc.record({
  thing,
  list: maybe(fc.array(thing, { maxLength: 3 })),
  lists: maybe(fc.array(maybe(fc.array(thing, { maxLength: 2 })), { maxLength: 2 })),
  any: maybe(fc.array(fc.oneof(thing, other), { maxLength: 3 })),
});

/** The data as the subgraphs would have delivered it, under response keys. */
function keyed(value: unknown, root = false): unknown {
  if (Array.isArray(value)) return value.map((item) => keyed(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, keyed(item)] as const);
  const object: JsonObject = Object.fromEntries(entries);
  if (root) return { ...object, again: keyed((value as JsonObject).thing) };
  return {
    ...object,
    i: object.id,
    k: object.__typename,
    // `x` asks for different things of the two types, each under an alias of its own.
    _client_0: object.name,
    _client_1: object.other,
  };
}

describe('projection', () => {
  test('propagates nulls exactly as graphql-js does, for any data', async () => {
    const property = fc.asyncProperty(world, async (rootValue) => {
      const expected = await execute({ schema, document: parse(QUERY), rootValue });
      const actual = projected(QUERY, keyed(rootValue, true) as JsonObject);
      expect(JSON.stringify(actual.data)).toBe(JSON.stringify(expected.data));
      expect(actual.paths.length > 0).toBe((expected.errors?.length ?? 0) > 0);
    });
    await fc.assert(property, { numRuns: tries(400, 10_000) });
  });

  test('gives null and one error for a value that is not of the type in the schema', () => {
    const data = { list: { no: 'list' }, thing: 'no object', any: [{ __typename: 'Hidden', id: 'canary' }] };
    expect(projected('{ list { id } thing { id } any { ... on Thing { id } } }', data)).toEqual({
      data: { list: null, thing: null, any: [null] },
      paths: ['any.0', 'list', 'thing'],
    });
    expect(projected('{ thing { name } }', { thing: { name: { deep: 'canary' } } })).toEqual({
      data: { thing: { name: null } },
      paths: ['thing.name'],
    });
  });

  test('finds the type under an alias of __typename', () => {
    expect(
      projected('{ any { t: __typename ... on Other { other } } }', { any: [{ t: 'Other', other: 1 }] }).data,
    ).toEqual({
      any: [{ t: 'Other', other: 1 }],
    });
  });
});
