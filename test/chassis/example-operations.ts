import { expect } from '@jest/globals';
import { getOperationAST, parse, validate } from 'graphql';
import { Labels } from '../../chassis/decide/labels.ts';
import { touchedBy } from '../../chassis/decide/touched.ts';
import type { Touched } from '../../chassis/decide/units.ts';
import { exampleSchema, youthId } from './example-schema.ts';

/** For tests: a schema of three kinds, with youths, fragments to spread on an interface, and a mutation. */
export const schema = exampleSchema(
  `
  type Query @open(reason: "An example.") { youth(id: ID!): Youth thing(id: ID = "${youthId(1)}"): Thing }
  type Mutation @open(reason: "An example.") {
    forgetTalk(id: ID!): Int @consent(category: "police.talk")
  }
  interface Thing { name: String next: Thing }
  type Box implements Thing @open(reason: "An example.") { name: String next: Thing }
  type Bag implements Thing @consent(category: "police.bag") { name: String next: Thing }
  type Youth @key(fields: "id") {
    id: ID @open(reason: "An example.")
    suspicions: [Suspicion] @consent(category: "police.suspicion")
    talks: [Talk] @consent(category: "police.talk")
    talk(id: ID!): Talk @consent(category: "police.talk")
  }
  type Suspicion @consent(category: "police.suspicion") { date: String }
  type Talk @consent(category: "police.talk") {
    date: String
    place: String @consent(category: "police.talk", whereabouts: true)
  }
  `,
  { Thing: { __resolveType: () => 'Box' } },
);
/** For tests: its labels. */
export const labels = new Labels(schema);
/** For tests: two youths. */
export const [anna, bo] = [youthId(1), youthId(2)];

/** For tests: what the operation in a document touches. */
export function touched(text: string, variables: Record<string, unknown> = {}, of = { schema, labels }): Touched {
  const document = parse(text);
  expect(validate(of.schema, document)).toEqual([]);
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('The example has one operation.');
  return touchedBy(of.schema, of.labels, document, operation, variables);
}

/** For tests: what is asked of each youth: a kind each, with the fields that ask. */
export function unitsIn({ kinds, youths }: Touched): Map<string, string[]> {
  const units = new Map<string, string[]>();
  for (const youth of youths) {
    kinds.forEach(({ category, whereabouts, fields }, place) => {
      if ((youth.kinds & (1n << BigInt(place))) === 0n) return;
      const unit = `${youth.id} ${category}${whereabouts ? ' (w)' : ''}`;
      if (units.has(unit)) throw new Error(`The unit is there twice: ${unit}`);
      units.set(unit, fields);
    });
  }
  return units;
}
