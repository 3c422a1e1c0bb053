import type { RequestListener, Server } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { release } from '../process/release.ts';
import type { Admitting, ClientRequest, Sent } from './admit/asked.ts';
import type { Authenticate } from './admit/authenticate.ts';
import type { Becoming } from './admit/known-operations.ts';
import type { answerError } from './answer/answer-error.ts';
import type { formatError } from './answer/errors.ts';
import type { executeOperation } from './answer/execute-operation.ts';
import type { resolveOperation } from './answer/resolve-operation.ts';
import type { GatewayContext } from './ask/transport.ts';
import type { GatewayInterface } from './engine/engine.ts';

/** What the gateway's HTTP server stands on. */
export interface GatewayParts {
  readonly engine: GatewayInterface;
  readonly authenticate: Authenticate;
  /** Published operations: name by hash. */
  readonly published: ReadonlyMap<string, string>;
  readonly introspection: boolean;
  readonly log: Logger;
  /** May be less than D, never more. */
  readonly deadlineMs?: number;
}

/** What the hub's own steps put into a request's context, beside what the transport needs. */
export type AppContext = GatewayContext & Becoming;

/** The moments of a request to the gateway, in their order, with what a step does at each. */
export interface GatewayMoments {
  /** A connection is open: each request of it gets a response that is released in time, or not at all. */
  connection(handler: RequestListener, deadlineMs?: number): Server;
  /** The head of a request has come, whatever it asks for. */
  arrival(request: FastifyRequest, reply: FastifyReply): void;
  /** It asks for an operation or a page. */
  asking(asked: ClientRequest, admitting: Admitting): void | Promise<void>;
  /** The body has come; nothing of the operation has been read. */
  operation(asked: ClientRequest, sent: Sent, admitting: Admitting): Promise<void>;
  /** The document is read: GraphQL's own rules decide whether it is an operation of this schema. */
  document: typeof resolveOperation;
  /** The operation is carried out. */
  execution: typeof executeOperation;
  /** Inside the execution. The engine and its transport take these steps. */
  engine: { readonly name: string };
  /** The answer's errors are written. */
  answer: typeof formatError;
  /** The request did not come as far as GraphQL. */
  refusal: typeof answerError;
  /** The answer leaves. */
  release: typeof release;
}

/** The order of the moments. */
export const GATEWAY_MOMENTS = [
  'connection',
  'arrival',
  'asking',
  'operation',
  'document',
  'execution',
  'engine',
  'answer',
  'refusal',
  'release',
] as const satisfies readonly (keyof GatewayMoments)[];
