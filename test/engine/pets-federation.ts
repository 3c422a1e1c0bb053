import { GraphQLError } from 'graphql';
import type { TestSubgraph } from './in-memory-federation.ts';

const fail = () => {
  throw new GraphQLError('broken');
};
const person = (id: string) => ({ __typename: 'Person', id });
const dog = (id: string) => ({ __typename: 'Dog', id });
const cat = (id: string) => ({ __typename: 'Cat', id });

type Reference = { readonly id: string };

const people: TestSubgraph = {
  typeDefs: `
    type Query { people: [Person!]!  person(id: ID!): Person  anybody: Person  search(kind: Kind = ALL): [Result]  beings: [Being!] }
    enum Kind { ALL PEOPLE PETS }
    union Result = Person | Dog
    interface Being { id: ID!  name: String }
    type Person implements Being @key(fields: "id") {
      id: ID!  name: String  greeting(to: String = "you", style: Style): String  friends: [Person!]  best: Person
      address: Address  broken: String  strict: String!  style: Style
    }
    type Address { street: String  town: Town @shareable  lines: [[String]] }
    type Town { name: String  size: Int }
    enum Style { SHORT LONG }
    type Dog implements Being @key(fields: "id") { id: ID!  name: String }
    type Cat implements Being @key(fields: "id") { id: ID!  name: String  lives: Int }
  `.replace('type Town {', 'type Town @shareable {'),
  resolvers: {
    Query: {
      people: () => ['1', '2', '1', '3'].map(person),
      person: (_: unknown, { id }: Reference) => (id === '4' ? null : person(id)),
      anybody: () => person('2'),
      search: (_: unknown, { kind }: { kind: string }) =>
        kind === 'PEOPLE' ? [person('1'), null] : kind === 'PETS' ? [dog('1'), dog('2')] : [person('2'), dog('1')],
      // The dog that fails is first: in a list of several types the oracle counts only those that it asks about.
      beings: () => [dog('2'), person('1'), cat('1')],
    },
    Person: {
      name: ({ id }: Reference) => `person ${id}`,
      greeting: ({ id }: Reference, { to, style }: Record<string, string>) => `${id} to ${to} ${style ?? ''}`,
      friends: ({ id }: Reference) => (id === '3' ? null : ['3', '2', '3'].map(person)),
      best: ({ id }: Reference) => (id === '2' ? null : person('2')),
      address: ({ id }: Reference) => ({
        street: `street ${id}`,
        lines: [['a', null], []],
        town: { name: 't', size: 3 },
      }),
      broken: fail,
      strict: ({ id }: Reference) => (id === '3' ? fail() : 'strict'),
      style: ({ id }: Reference) => (id === '1' ? 'LONG' : null),
    },
    Dog: { name: ({ id }: Reference) => `dog ${id}` },
    Cat: { name: ({ id }: Reference) => `cat ${id}`, lives: () => 9 },
  },
};

const pets: TestSubgraph = {
  typeDefs: `
    type Query { dogs(first: Int = 1): [Dog]  first: Dog }
    type Person @key(fields: "id") { id: ID!  pets: [Pet!]  favourite: Pet  dogs: [Dog] }
    union Pet = Dog | Cat
    type Dog @key(fields: "id") { id: ID!  owner: Person  breed: Breed!  barks(times: Int! = 2): [String!]!  weight: Float }
    type Cat @key(fields: "id") { id: ID!  owner: Person  mood: Mood  weight: Float! }
    type Breed { name: String!  origin: Origin } type Origin { name: String }
    enum Mood { GOOD BAD }
  `,
  resolvers: {
    Query: {
      dogs: (_: unknown, { first }: { first: number }) => [dog('1'), null, dog('2')].slice(0, first),
      first: () => dog('1'),
    },
    Person: {
      pets: ({ id }: Reference) => (id === '2' ? [] : [dog(id), cat(id)]),
      favourite: ({ id }: Reference) => (id === '1' ? cat('1') : null),
      dogs: () => [dog('1'), null],
    },
    Dog: {
      owner: ({ id }: Reference) => person(id),
      breed: ({ id }: Reference) => ({ name: `breed ${id}`, origin: id === '2' ? null : { name: 'origin' } }),
      barks: (_: unknown, { times }: { times: number }) => Array(times).fill('woof'),
      weight: ({ id }: Reference) => (id === '2' ? fail() : 1.5),
    },
    Cat: { owner: () => person('1'), mood: () => 'GOOD', weight: () => 0.25 },
  },
};

const scores: TestSubgraph = {
  typeDefs: `
    type Query { top: [Person!]!  town: Town }
    type Town @shareable { name: String  size: Int }
    type Person @key(fields: "id") { id: ID!  name: String @external  score: Int  rank(of: Int!): Int  label: String @requires(fields: "name") }
    type Dog @key(fields: "id") { id: ID!  weight: Float @external  heavy: Boolean @requires(fields: "weight")  fans: [Person!]! }
  `,
  resolvers: {
    Query: { top: () => ['3', '1'].map(person), town: () => ({ name: 'town', size: 1 }) },
    Person: {
      score: ({ id }: Reference) => (id === '3' ? fail() : Number(id) * 10),
      rank: ({ id }: Reference, { of }: { of: number }) => Number(id) + of,
      label: ({ name }: { name: string }) => `label of ${name}`,
    },
    Dog: { heavy: ({ weight }: { weight: number }) => weight > 1, fans: () => ['1', '2'].map(person) },
  },
};

/** Three subgraphs with what federation has: keys, required fields, unions, interfaces, lists, nulls and errors everywhere. */
export const PETS: Readonly<Record<string, TestSubgraph>> = { people, pets, scores };
