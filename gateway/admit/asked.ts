import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { ReleaseHandle } from '../../process/release.ts';
import type { Caller, OperationIdentity } from '../../schema/caller.ts';
import type { Authenticate } from './authenticate.ts';
import type { Becoming, KnownOperations } from './known-operations.ts';
import type { PublishedOperations } from './operations.ts';

/** The parts that the steps before an operation use. */
export interface Admitting {
  readonly authenticate: Authenticate;
  readonly published: PublishedOperations;
  readonly known: KnownOperations;
  readonly log: Logger;
}

/** One request on its way to the execution of its operation. */
export interface ClientRequest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly release: ReleaseHandle;
  /** null until the caller is authenticated. */
  caller: Caller | null;
  /** Gets its hash as its name when it is admitted. */
  operation: OperationIdentity;
  /** True once the operation is known to be a `@fenced` mutation: then this gateway waits for the fence (C14). */
  fenced: boolean;
  becoming: Becoming;
}

/** An operation as a client sends it, not examined yet. */
export interface Sent {
  readonly query?: unknown;
  readonly operationName?: unknown;
}
