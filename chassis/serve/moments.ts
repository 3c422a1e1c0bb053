import type { RequestListener, Server } from 'node:http';
import type { ApolloServer, ApolloServerPlugin, GraphQLResponse } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { release } from '../../process/release.ts';
import type { ServerTls } from '../../process/tls.ts';
import type { Asserted, AssertionKey } from '../../schema/caller.ts';
import type { HubContext, ServedSector } from '../decide/context.ts';
import type { ResolvedOperation } from '../decide/touched.ts';
import type { Membership } from '../subgraph.ts';
import type { ServedSchema } from './build-schema.ts';

/** The parts that a subgraph's HTTP server needs. */
export interface ServerParts {
  readonly served: ServedSchema;
  readonly sector: ServedSector;
  readonly membership: Membership | null;
  /** The gateway's public key, which verifies caller assertions. */
  readonly assertionKey: AssertionKey;
  /** Verifies the assertions that other federation routers send. Absent or null: none of them is taken. */
  readonly routerKey?: AssertionKey | null;
  readonly toleranceSeconds: number;
  /** The settings for HTTPS to the gateway alone; null to serve in clear. */
  readonly tls: ServerTls | null;
}

/** The caller and the operation that a verified assertion states, and who waits for the fence. */
export type AskedOperation = Asserted;

/** The moments of a request to a subgraph, in their order, with the type of a step at each. */
export interface SubgraphMoments {
  /** A connection is open. Each of its requests gets a response that is released in time, or not at all. */
  connection(handler: RequestListener, deadlineMs: number, tls: ServerTls | null): Server;
  /** The body has come. A step that answers the request itself returns null. */
  request(request: FastifyRequest, reply: FastifyReply, parts: ServerParts): Promise<AskedOperation | null>;
  /** The document is read. GraphQL's own rules decide whether it fits this schema. */
  document(parts: ServerParts, plugins: readonly ApolloServerPlugin<HubContext>[]): ApolloServer<HubContext>;
  /** The operation fits the schema, and none of it has run. */
  operation(context: HubContext, operation: ResolvedOperation): void | Promise<void>;
  /** A field is resolved. These steps are part of the schema itself. */
  field(...given: never[]): unknown;
  /** The answer is complete, and not sent yet. */
  answer(context: HubContext, response: GraphQLResponse): void;
  /** The answer leaves. */
  release: typeof release;
}

/** The order of the moments. */
export const SUBGRAPH_MOMENTS = [
  'connection',
  'request',
  'document',
  'operation',
  'field',
  'answer',
  'release',
] as const satisfies readonly (keyof SubgraphMoments)[];
