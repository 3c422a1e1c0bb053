import type { RequestListener, Server } from 'node:http';
import type { ApolloServer, ApolloServerPlugin, GraphQLResponse } from '@apollo/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CryptoKey } from 'jose';
import type { release } from '../../process/release.ts';
import type { ServerTls } from '../../process/tls.ts';
import type { Caller, OperationIdentity } from '../../schema/caller.ts';
import type { HubContext, ServedSector } from '../decide/context.ts';
import type { ResolvedOperation } from '../decide/touched.ts';
import type { Membership } from '../subgraph.ts';
import type { ServedSchema } from './build-schema.ts';

/** What a subgraph's HTTP server stands on. */
export interface ServerParts {
  readonly served: ServedSchema;
  readonly sector: ServedSector;
  readonly membership: Membership | null;
  /** The gateway's public key, which caller assertions are verified against. */
  readonly assertionKey: CryptoKey;
  readonly toleranceSeconds: number;
  /** How it serves HTTPS to the gateway alone; null: in clear. */
  readonly tls: ServerTls | null;
}

/** The caller and the operation that a verified assertion states. */
export interface AskedOperation {
  readonly caller: Caller;
  readonly operation: OperationIdentity;
}

/** The moments of a request to a subgraph, in their order, with what a step does at each. */
export interface SubgraphMoments {
  /** A connection is open: each request of it gets a response that is released in time, or not at all. */
  connection(handler: RequestListener, deadlineMs: number, tls: ServerTls | null): Server;
  /** The body has come. A step that answers the request itself gives null. */
  request(request: FastifyRequest, reply: FastifyReply, parts: ServerParts): Promise<AskedOperation | null>;
  /** The document is read; GraphQL's own rules decide whether it is an operation of this schema. */
  document(parts: ServerParts, plugins: readonly ApolloServerPlugin<HubContext>[]): ApolloServer<HubContext>;
  /** The operation fits the schema, and nothing of it has run. */
  operation(context: HubContext, operation: ResolvedOperation): void | Promise<void>;
  /** A field is asked for. These steps stand in the schema itself. */
  field(...given: never[]): unknown;
  /** The answer is whole, and not sent. */
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
