import { describe, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import type { JsonObject } from '../json.ts';
import { applyRewrites, rewritesOf } from '../plan/rewrite.ts';
import type { Representing } from '../plan/steps.ts';
import { Types } from '../prepare/types.ts';
import { represent } from './represent.ts';

const types = new Types(
  parse(
    'interface Pet { id: ID } type Dog implements Pet { id: ID } type Cat implements Pet { id: ID } union Any = Dog',
  ),
);

const how = (given: Partial<Representing>): Representing => ({
  paths: [[{ Field: 'pets' }, '@']],
  requires: [
    {
      kind: 'InlineFragment',
      typeCondition: 'Pet',
      selections: [
        { kind: 'Field', name: '__typename' },
        { kind: 'Field', name: 'id' },
      ],
    },
  ],
  inputRewrites: [],
  ...given,
});

const dog = (id: unknown): JsonObject => ({ __typename: 'Dog', id, extra: 'canary' });

describe('representing', () => {
  test('takes each entity once and knows all places it belongs to', () => {
    const data = { pets: [dog('1'), dog('2'), null, dog('1')], pet: dog('2') };
    const found = represent(data, how({ paths: [[{ Field: 'pets' }, '@'], [{ Field: 'pet' }]] }), types);
    expect(found.values).toEqual([
      { __typename: 'Dog', id: '1' },
      { __typename: 'Dog', id: '2' },
    ]);
    expect(found.targets.map((targets) => targets.map(({ path }) => path))).toEqual([
      [
        ['pets', 0],
        ['pets', 3],
      ],
      [['pets', 1], ['pet']],
    ]);
  });

  test('leaves out other types, and entities whose keys are null', () => {
    const data = { pets: [{ __typename: 'Stone', id: '1' }, dog(null), { __typename: 'Cat', id: '3' }] };
    const path = [{ Field: 'pets' }, '@' as const, { TypeCondition: ['Dog', 'Cat'] }];
    expect(represent(data, how({ paths: [path] }), types).values).toEqual([{ __typename: 'Cat', id: '3' }]);
  });

  test('names the key that an entity lacks', () => {
    const pet = { __typename: 'Dog' };
    expect(represent({ pets: [pet] }, how({}), types)).toEqual({
      values: [],
      targets: [],
      unidentified: [{ target: { object: pet, path: ['pets', 0] }, holder: pet, key: 'id' }],
    });
  });

  test('goes into required objects and lists, under the names that the subgraph knows', () => {
    const requires: Representing['requires'] = [
      { kind: 'Field', name: '_internal_qp_alias_0', alias: 'price' },
      { kind: 'Field', name: 'parts', selections: [{ kind: 'Field', name: 'id' }] },
    ];
    const pet = { __typename: 'Dog', _internal_qp_alias_0: 7, price: 8, parts: [[{ id: 1, no: 'canary' }], null] };
    expect(represent({ pets: [pet] }, how({ requires }), types).values).toEqual([
      { __typename: 'Dog', price: 7, parts: [[{ id: 1 }], null] },
    ]);
  });

  test('names the interface to a subgraph that knows no more', () => {
    const inputRewrites = rewritesOf([
      { ValueSetter: { path: [{ TypenameEquals: ['Pet'] }, { Key: '__typename' }], setValueTo: 'Pet' } },
    ]);
    const data = { pets: [dog('1')] };
    expect(represent(data, how({ inputRewrites }), types).values).toEqual([{ __typename: 'Pet', id: '1' }]);
    expect(data.pets[0]?.__typename).toBe('Dog');
  });
});

describe('rewriting', () => {
  test('renames a key on the types it is meant for, at every item, and nowhere else', () => {
    const data = { pets: [{ __typename: 'Dog', a: 1 }, { __typename: 'Cat', a: 2 }, { __typename: 'Dog' }, null] };
    const path = [{ Key: 'pets' }, { TypenameEquals: ['Dog'] }, { Key: 'a' }];
    applyRewrites(data, rewritesOf([{ KeyRenamer: { path, renameKeyTo: 'b' } }]), types);
    expect(data.pets).toEqual([{ __typename: 'Dog', b: 1 }, { __typename: 'Cat', a: 2 }, { __typename: 'Dog' }, null]);
  });
});
