import { ApolloServer } from '@apollo/server';
import { buildSubgraphSchema, type GraphQLResolverMap } from '@apollo/subgraph';
import { composeServices } from '@theguild/federation-composition';
import { execute, type GraphQLSchema, parse } from 'graphql';
import { createEngine, type EngineOptions } from '../../gateway/engine/engine.ts';
import type { SubgraphAnswer, SubgraphRequest } from '../../gateway/engine/fetch/fetch.ts';
import { planHere } from './planning-here.ts';

/** A subgraph of a test: SDL without the federation link, and resolvers. */
export interface TestSubgraph {
  readonly typeDefs: string;
  readonly resolvers: GraphQLResolverMap<unknown>;
}

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: [
  "@key", "@shareable", "@external", "@requires", "@provides", "@inaccessible", "@interfaceObject"
])`;

/** Subgraphs in this process, composed, with a transport that records each request and lets subgraphs be down. */
export class InMemoryFederation {
  readonly supergraph: string;
  readonly requests: SubgraphRequest[] = [];
  /** Subgraphs that cannot be reached. */
  readonly down = new Set<string>();
  /** Answers given instead of the subgraph's own. */
  readonly answers = new Map<string, SubgraphAnswer>();
  readonly #schemas = new Map<string, GraphQLSchema>();

  constructor(subgraphs: Readonly<Record<string, TestSubgraph>>) {
    const services = Object.entries(subgraphs).map(([name, { typeDefs, resolvers }]) => {
      const document = parse(`${LINK}\n${typeDefs}`);
      this.#schemas.set(name, buildSubgraphSchema([{ typeDefs: document, resolvers }]));
      return { name, typeDefs: document, url: `http://${name}` };
    });
    const composed = composeServices(services);
    if (composed.supergraphSdl === undefined) throw new Error(composed.errors?.map(String).join('\n'));
    this.supergraph = composed.supergraphSdl;
  }

  /** Sends a request to a subgraph; its answer has gone through JSON, as over HTTP. */
  readonly transport = async (request: SubgraphRequest): Promise<SubgraphAnswer> => {
    this.requests.push(JSON.parse(JSON.stringify(request)));
    if (this.down.has(request.subgraph)) throw new Error('connect ECONNREFUSED');
    const given = this.answers.get(request.subgraph);
    if (given !== undefined) return given;
    const schema = this.#schemas.get(request.subgraph);
    if (schema === undefined) throw new Error(`No subgraph is called ${request.subgraph}.`);
    const { operation, variables: variableValues } = request;
    return JSON.parse(JSON.stringify(await execute({ schema, document: parse(operation), variableValues })));
  };

  /** An engine for these subgraphs. */
  engine(options: Partial<EngineOptions<object>> = {}) {
    return createEngine<object>({
      supergraph: this.supergraph,
      transport: this.transport,
      planner: planHere,
      ...options,
    });
  }
}

/** What the gateway answers, as a client reads it. */
export interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { message: string; path?: (string | number)[]; extensions?: Record<string, unknown> }[];
}

/** Asks through Apollo Server, which is how the engine is used. */
export async function ask(
  gateway: ReturnType<typeof createEngine>,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Answer> {
  const server = new ApolloServer({ gateway, introspection: true, includeStacktraceInErrorResponses: false });
  try {
    await server.start();
    const { body } = await server.executeOperation({ query, variables });
    if (body.kind !== 'single') throw new Error('A single answer was expected.');
    return JSON.parse(JSON.stringify(body.singleResult));
  } finally {
    await server.stop();
  }
}
