import { expect, test } from '@jest/globals';
import { Kind, parse } from 'graphql';
import { exampleContext, exampleSchema } from '../../test/chassis/example-schema.ts';
import { Labels } from './labels.ts';
import { refuseCompany } from './refuse-company.ts';

const schema = exampleSchema(`
  type Query @open(reason: "An example.") { a: Int }
  type Mutation @open(reason: "An example.") { withdraw: Int @fenced  record: Int }
`);
const context = exampleContext(new Labels(schema));

function refusing(text: string): () => void {
  const [operation] = parse(text).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new TypeError('An operation comes first.');
  return () => refuseCompany(context, { schema, operation });
}

test.each([
  'mutation { withdraw }',
  'mutation { record }',
  'mutation { a: record b: record }',
  '{ a b: a }',
  'query { ...F } fragment F on Query { a }',
])('lets through operations in which nothing waits for another field: %s', (text) => {
  expect(refusing(text)).not.toThrow();
});

test.each([
  'mutation { withdraw record }',
  'mutation { record withdraw }',
  'mutation { a: withdraw b: withdraw }',
  'mutation { ...F } fragment F on Mutation { withdraw }',
  'mutation { ... { withdraw } }',
  'mutation { record ... { withdraw } }',
  'mutation { record __typename }',
])('C14 refuses a mutation that ends a permission in company, or behind a fragment: %s', (text) => {
  expect(refusing(text)).toThrow('A mutation that can end a permission must be the only field of its operation.');
});
