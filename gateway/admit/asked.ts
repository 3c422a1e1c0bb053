import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { ReleaseHandle } from '../../process/release.ts';
import type { Caller, OperationIdentity } from '../../schema/caller.ts';
import type { Authenticate } from './authenticate.ts';
import type { Becoming, KnownOperations } from './known-operations.ts';

/** What the steps before an operation stand on. */
export interface Admitting {
  readonly authenticate: Authenticate;
  /** Published operations: name by hash. */
  readonly published: ReadonlyMap<string, string>;
  readonly known: KnownOperations;
  readonly log: Logger;
}

/** One request on its way to the execution of its operation. */
export interface ClientRequest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly release: ReleaseHandle;
  /** null until it is authenticated. */
  caller: Caller | null;
  /** Named by its hash as soon as it is admitted. */
  operation: OperationIdentity;
  becoming: Becoming;
}

/** An operation as a client sends it, not looked at yet. */
export interface Sent {
  readonly query?: unknown;
  readonly operationName?: unknown;
}
