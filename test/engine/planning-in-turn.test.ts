import { ApolloServer } from '@apollo/server';
import { expect, test } from '@jest/globals';
import { createEngine } from '../../gateway/engine/engine.ts';
import { type Entrant, entrantUntil } from '../../gateway/waiting-operations.ts';
import { InMemoryFederation } from './in-memory-federation.ts';
import { planHere } from './planning-here.ts';

const federation = new InMemoryFederation({
  a: { typeDefs: 'type Query { n: Int } type Mutation { withdraw: Int }', resolvers: {} },
});

/** A text that has a plan for each combination of the values of eight variables. */
const NAMES = Array.from({ length: 8 }, (_, index) => `v${index}`);
const VARIANTS = `query (${NAMES.map((name) => `$${name}: Boolean!`).join(' ')}) {
  n ${NAMES.map((name) => `${name}: n @skip(if: $${name})`).join(' ')}
}`;

test('one caller’s variants of one text hold up nobody’s new operation, and refuse no withdrawal', async () => {
  const engine = createEngine<Entrant>({
    supergraph: federation.supergraph,
    planner: planHere,
    transport: federation.transport,
    entrant: (entrant) => entrant,
  });
  const server = new ApolloServer<Entrant>({ gateway: engine });
  await server.start();
  const order: string[] = [];
  const ask = async (name: string, query: string, contextValue: Entrant, variables = {}) => {
    const { body } = await server.executeOperation({ query, variables }, { contextValue });
    order.push(name);
    return body.kind === 'single' ? body.singleResult.errors?.[0]?.extensions?.code : undefined;
  };
  const { signal } = new AbortController();
  try {
    const flood = Array.from({ length: 256 }, (_, variant) => {
      const values = Object.fromEntries(NAMES.map((name, bit) => [name, ((variant >> bit) & 1) === 1]));
      return ask('variant', VARIANTS, entrantUntil(signal, { caller: 'a', isUrgent: false }), values);
    });
    const others = [
      ask('reading', '{ mine: n }', entrantUntil(signal, { caller: 'b', isUrgent: false })),
      ask('withdrawal', 'mutation { withdraw }', entrantUntil(signal, { caller: 'b', isUrgent: true })),
    ];
    expect(await Promise.all(others)).toEqual([undefined, undefined]);
    expect(order.filter((name) => name === 'variant').length).toBeLessThan(200);
    expect((await Promise.all(flood)).filter((code) => code === 'RATE_LIMITED')).toHaveLength(55);
  } finally {
    await server.stop();
  }
});
