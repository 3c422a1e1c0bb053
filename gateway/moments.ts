import type { RequestListener, Server } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { release } from '../process/release.ts';
import type { Admitting, ClientRequest, Sent } from './admit/asked.ts';
import type { Authenticate } from './admit/authenticate.ts';
import type { RouterTrust } from './admit/exchange-token.ts';
import type { Becoming } from './admit/known-operations.ts';
import type { PublishedOperations } from './admit/operations.ts';
import type { answerError } from './answer/answer-error.ts';
import type { formatError } from './answer/errors.ts';
import type { executeOperation } from './answer/execute-operation.ts';
import type { resolveOperation } from './answer/resolve-operation.ts';
import type { GatewayContext } from './ask/transport.ts';
import type { GatewayInterface } from './engine/engine.ts';

/** The parts that the gateway's HTTP server is built from. */
export interface GatewayParts {
  readonly engine: GatewayInterface;
  readonly authenticate: Authenticate;
  readonly published: PublishedOperations;
  readonly introspection: boolean;
  /** The trust in other federation routers. Absent or null: there is no POST /assertion. */
  readonly routers?: RouterTrust | null;
  readonly log: Logger;
  /** May be less than D, never more. */
  readonly deadlineMs?: number;
}

/** The context that the hub's own steps give a request: the transport's, and more. */
export type AppContext = GatewayContext & Becoming;

/** The moments of a request to the gateway in order, each with the type of its steps. */
export interface GatewayMoments {
  /** A connection is open: each of its requests gets a response that is released in time, or none. */
  connection(handler: RequestListener, deadlineMs?: number): Server;
  /** The head of a request has arrived, whatever it asks for. */
  arrival(request: FastifyRequest, reply: FastifyReply): void;
  /** The request asks for an operation or a page. */
  asking(asked: ClientRequest, admitting: Admitting): void | Promise<void>;
  /** The body has arrived; nothing of the operation has been read. */
  operation(asked: ClientRequest, sent: Sent, admitting: Admitting): Promise<void>;
  /** The document is read: GraphQL's own rules decide whether it is an operation of this schema. */
  document: typeof resolveOperation;
  /** The operation is executed. */
  execution: typeof executeOperation;
  /** Inside the execution: the engine and its transport take these steps. */
  engine: { readonly name: string };
  /** The answer's errors are written. */
  answer: typeof formatError;
  /** The request did not reach GraphQL. */
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
