import { expect, test } from '@jest/globals';
import { buildSchema, type OperationDefinitionNode, parse } from 'graphql';
import { growth } from '../../../test/setup/cpu-time.ts';
import { coerceVariables } from './variables.ts';

const schema = buildSchema(`
  enum Level { LOW HIGH }
  input Grant { source: ID! recipient: ID! category: ID! level: Level days: [Int!] }
  type Query { read(grants: [Grant!]!, also: [Grant!]): ID }
`);
const [operation] = parse('query ($grants: [Grant!]!, $also: [Grant!]) { read(grants: $grants, also: $also) }')
  .definitions as [OperationDefinitionNode];

test('reports 50 of a hundred thousand places that do not fit, each once, and at once', () => {
  const coercedOf = (places: number) => {
    const grants = Array.from({ length: places }, () => ({}));
    return coerceVariables(schema, operation, { grants, also: grants });
  };
  const coerced = coercedOf(100_000);
  // Comparing each place with those before it would take sixteen times as long.
  expect(growth(coercedOf, [25_000, 100_000])).toBeLessThan(9);
  const fields = 'errors' in coerced ? coerced.errors.map(({ extensions }) => extensions.field) : [];
  expect(fields.slice(0, 4)).toEqual(['grants.0.source', 'grants.0.recipient', 'grants.0.category', 'grants.1.source']);
  expect(new Set(fields).size).toBe(50);
  expect(fields).toHaveLength(50);
});

test('names what the place takes, an enum’s values among that, and never what was sent', () => {
  const grant = { source: 's', recipient: 'r', category: 'c' };
  const also = [
    { ...grant, level: 'canary' },
    { ...grant, days: [1, 'canary'] },
    { ...grant, canary: 1 },
    { source: 's', recipient: 'r' },
  ];
  const coerced = coerceVariables(schema, operation, { grants: [], also });
  const told = 'errors' in coerced ? coerced.errors.map(({ message, extensions }) => [extensions.field, message]) : [];
  const expected = (taken: string) =>
    `The variable "$also" must be a valid [Grant!]: ${taken}. Correct it and send the operation again.`;
  expect(told).toEqual([
    ['also.0.level', expected('also.0.level takes one of LOW, HIGH')],
    ['also.1.days.1', expected('also.1.days.1 takes Int!')],
    ['also.2', expected('also.2 takes Grant!')],
    ['also.3.category', expected('also.3.category takes ID!')],
  ]);
});
