import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { isScalarType, isSpecifiedScalarType, parse, validate } from 'graphql';
import { SCALARS } from '../../../schema/scalars.ts';
import { validationMessage } from '../../answer/validation-messages.ts';
import { apiSchemaOf } from './api-schema.ts';

const SUPERGRAPH = new URL('../../../schema/generated/supergraph.graphql', import.meta.url);
const schema = apiSchemaOf(parse(readFileSync(SUPERGRAPH, 'utf8')));
const faultsOf = (query: string) => validate(schema, parse(query)).map(({ message }) => message);

test('every scalar of the supergraph is one of the contract, which the gateway checks', () => {
  const scalars = Object.values(schema.getTypeMap()).filter(
    (type) => isScalarType(type) && !isSpecifiedScalarType(type),
  );
  expect(scalars.map(({ name }) => name).sort()).toEqual(SCALARS.map(({ name }) => name).sort());
});

test.each(['1', '"01"', '"-1"', '"9007199254740992"', '"x"', 'true', '{}'])(
  'a TreeSize of %s is rejected before a subgraph is asked',
  (size) => {
    const faults = faultsOf(`{ consistencyProof(from: "1", to: ${size}) { from } }`);
    expect(faults.map(validationMessage)).toEqual([
      'Expected a value of type TreeSize!. Compare the place that locations names with the published schema.',
    ]);
  },
);

test('a literal that is none of an enum’s values is answered with these, and with no suggestion', () => {
  for (const literal of ['ACTIV', '"ACTIVE"', '7']) {
    const [fault = ''] = faultsOf(`{ groups(status: ${literal}) { edges { cursor } } }`);
    expect(validationMessage(fault)).toMatch(
      /^Expected a value of the enum GroupStatus: [A-Z_]+(, [A-Z_]+)+\. Compare/,
    );
    expect(fault).not.toContain('Did you mean');
  }
});
