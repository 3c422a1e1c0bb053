import type { TestSubgraph } from './in-memory-federation.ts';

/** Things whose fields lie in three subgraphs, under two keys. */
export const catalogue: Record<string, TestSubgraph> = {
  list: {
    typeDefs: `type Query { things: [Thing!]!  maybe: Thing }
      type Thing @key(fields: "id") { id: ID!  again: Thing }`,
    resolvers: {
      Query: { things: () => [{ id: '1' }, { id: '2' }, { id: '1' }], maybe: () => ({ id: '1' }) },
      Thing: { again: ({ id }: { id: string }) => ({ id }) },
    },
  },
  names: {
    typeDefs: `type Thing @key(fields: "id") @key(fields: "code") { id: ID!  code: ID!  name(lang: String): String  strict: String!  parts: [Part] }
      type Part { label: String  bad: String }`,
    resolvers: {
      Thing: {
        __resolveReference: ({ id }: { id: string }) => ({ id, code: `c${id}` }),
        name: ({ id }: { id: string }, { lang }: { lang?: string }) => `name ${id}${lang ?? ''}`,
        strict: ({ id }: { id: string }) => (id === '2' ? null : 'strict'),
        parts: () => [{ label: 'p0' }, { label: 'p1' }],
      },
      Part: {
        bad: () => {
          throw new Error('canary-bad');
        },
      },
    },
  },
  prices: {
    typeDefs: `type Thing @key(fields: "code") { code: ID!  price: Int }`,
    resolvers: { Thing: { __resolveReference: (reference: object) => reference, price: () => 7 } },
  },
};
