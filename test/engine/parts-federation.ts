import type { TestSubgraph } from './in-memory-federation.ts';

type Reference = { readonly id: string };

/** Things of two types, each with a part of which another subgraph knows more. */
export const PARTS: Readonly<Record<string, TestSubgraph>> = {
  things: {
    typeDefs: `type Query { hits: [Hit]  ping: String } union Hit = Film | Text
      type Film { part: Part } type Text { part: Part } type Part @key(fields: "id") { id: ID! }`,
    resolvers: {
      Query: {
        ping: () => 'pong',
        hits: () => [
          { __typename: 'Film', part: { id: '1' } },
          { __typename: 'Text', part: { id: '2' } },
        ],
      },
    },
  },
  notes: {
    typeDefs: 'type Part @key(fields: "id") { id: ID!  title: String  note(n: Int): String }',
    resolvers: {
      Part: {
        __resolveReference: (reference: object) => reference,
        title: ({ id }: Reference) => `t${id}`,
        note: ({ id }: Reference, { n }: { n: number }) => `n${id}${n}`,
      },
    },
  },
};

/**
 * Ends the planner's process when it is planned as it is: it asks one field with different arguments of parts that the
 * planner joins into one fetch.
 */
export const ENDS_THE_PLANNER = '{ hits { ... on Film { part { note(n: 1) } } ... on Text { part { note(n: 2) } } } }';
