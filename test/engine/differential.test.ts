import { ApolloServer } from '@apollo/server';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Kind, parse, print, type SelectionNode, separateOperations, visit } from 'graphql';
import { tries } from '../setup/depth.ts';
import { type Answer, InMemoryFederation } from './in-memory-federation.ts';
import { PETS } from './pets-federation.ts';
import { operationFrom } from './random-operation.ts';

/** Random operations per run. */
const OPERATIONS = Number(process.env.SAMSYN_ENGINE_OPERATIONS ?? tries(150, 3_000));
/** However many there are and however slow the machine is, they take less. */
const LIMIT_MS = 3_600_000;
const SEED = Number(process.env.SAMSYN_ENGINE_SEED ?? Date.now() % 2 ** 31);

const federation = new InMemoryFederation(PETS);
const engine = federation.engine();
const servers: { ours?: ApolloServer; oracle?: ApolloServer } = {};

beforeAll(async () => {
  // Else it sends what it runs on to its makers.
  process.env.APOLLO_TELEMETRY_DISABLED = 'true';
  const { ApolloGateway } = await import('@apollo/gateway');
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const gateway = new ApolloGateway({
    supergraphSdl: federation.supergraph,
    logger: quiet,
    buildService: ({ name: subgraph = '' }) => ({
      process: async ({ request: { query: operation = '', variables = {} } }) =>
        (await federation.transport({ subgraph, operation, head: '', variables, kind: 'query' })) as never,
    }),
  });
  servers.ours = new ApolloServer({ gateway: engine });
  servers.oracle = new ApolloServer({ gateway, logger: quiet });
  await Promise.all([servers.ours.start(), servers.oracle.start()]);
});

afterAll(() => Promise.all([servers.ours?.stop(), servers.oracle?.stop()]));

/** The operation without @skip and @include, and without what they leave out. */
function unconditional(query: string): string {
  const decide = ({ directives = [] }: SelectionNode) =>
    directives.some(({ name, arguments: [condition] = [] }) => {
      const isYes = condition?.value.kind === Kind.VARIABLE && condition.value.name.value === 'yes';
      return isYes === (name.value === 'skip');
    })
      ? null
      : undefined;
  const decided = visit(parse(query), {
    Field: decide,
    FragmentSpread: decide,
    InlineFragment: decide,
    Directive: () => null,
    VariableDefinition: { leave: () => null },
  });
  return print(separateOperations(decided).Q ?? decided);
}

/** What a client can tell two gateways apart by: the data, and what failed where. */
async function seen(server: ApolloServer | undefined, query: string) {
  const response = await server?.executeOperation({ query, variables: { yes: true, no: false } });
  if (response?.body.kind !== 'single') throw new Error('A single answer was expected.');
  const { data, errors } = JSON.parse(JSON.stringify(response.body.singleResult)) as Answer;
  const failedAt = errors?.map(({ path = ['?'], message }) => `${placeIn(data, path).join('.')}: ${message}`);
  return { data, failedAt: [...new Set(failedAt)].sort() };
}

/**
 * Where the client sees that something failed at the path: at the null that took it away, or at the object that it was not
 * asked of. Of several failures below one null the specification lets any be told.
 */
function placeIn(data: unknown, path: readonly (string | number)[]): (string | number)[] {
  const place: (string | number)[] = [];
  let value = data;
  for (const key of path) {
    const next: unknown = Object(value)[key];
    if (next === undefined) break;
    place.push(key);
    value = next;
  }
  return place;
}

describe(`the engine and @apollo/gateway (SAMSYN_ENGINE_SEED=${SEED})`, () => {
  test(
    `answer ${OPERATIONS} random operations alike, error paths included`,
    async () => {
      let failed = 0;
      const property = fc.asyncProperty(fc.array(fc.nat(1_000), { minLength: 20, maxLength: 150 }), async (choices) => {
        const query = operationFrom(engine.apiSchema, choices);
        // The oracle loses fields beside those that variables leave out, so it is asked without those.
        const asked = [seen(servers.ours, query), seen(servers.oracle, unconditional(query))] as const;
        const [ours, oracle] = await Promise.all(asked);
        if (ours.failedAt.length > 0) failed += 1;
        expect({ query, ...ours }).toEqual({ query, ...oracle });
      });
      await fc.assert(property, { numRuns: OPERATIONS, seed: SEED });
      expect(failed).toBeGreaterThan(OPERATIONS / 50);
    },
    LIMIT_MS,
  );
});
