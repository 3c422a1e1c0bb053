import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { RELEASE_DEADLINE_MS } from '../schema/deadline.ts';
import { type ReleaseHandle, ReleasingResponse } from './releasing-response.ts';
import { createTlsServer, type ServerTls } from './tls.ts';

export type { ReleaseHandle, ReleaseOutcome } from './releasing-response.ts';

/** Time that an idle connection is kept: longer than clients keep one, so that they close it. */
const KEEP_ALIVE_MS = 72_000;

/**
 * An HTTP/1.1 server, not listening yet, that releases every response by the deadline fence: fastify's `serverFactory`.
 * A request that arrives while another is in progress on its connection is never started; the first one then closes the
 * connection. `deadlineMs` may be less than D, never more. With `tls` it serves HTTPS to clients that show a
 * certificate.
 */
export function createReleasingServer(
  handler: RequestListener,
  deadlineMs: number = RELEASE_DEADLINE_MS,
  tls?: ServerTls | null,
): Server {
  if (!(deadlineMs <= RELEASE_DEADLINE_MS)) {
    throw new RangeError(
      `The release deadline is at most ${RELEASE_DEADLINE_MS} ms; got ${deadlineMs}. Give a shorter one, or none.`,
    );
  }
  class Response extends ReleasingResponse {
    constructor(request: IncomingMessage) {
      super(request, deadlineMs);
    }
  }
  const options = {
    ServerResponse: Response as typeof ServerResponse,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // Node would answer a request without a host itself, in a form of its own; the handler refuses it where it matters.
    requireHostHeader: false,
  };
  const listener: RequestListener = (request, response) => {
    if (!(response instanceof ReleasingResponse && response.pipelined)) handler(request, response);
  };
  const server = tls ? createTlsServer(options, listener, tls) : createServer(options, listener);
  // Node would answer these two itself, or cut the connection.
  server.on('checkExpectation', listener);
  server.on('connect', (_, socket) => server.emit('clientError', new Error('CONNECT is not served.'), socket));
  return server;
}

/**
 * Writes bytes that carry no decision to a connection whose request cannot be read, and closes it. Nothing is written once
 * an answer has begun to leave: it would end up in the middle of that.
 */
export function answerInPlace(socket: Socket, bytes: string): void {
  if (socket.writable && ReleasingResponse.giveUp(socket)) socket.end(bytes);
  else socket.destroy();
}

/**
 * The release of a response of `createReleasingServer`. Throws for any other response, because nothing would hold it
 * back.
 */
export function release(response: ServerResponse): ReleaseHandle {
  if (response instanceof ReleasingResponse) return response;
  throw new TypeError('Only a response of createReleasingServer has a release; serve through that server.');
}
