import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from 'pino';
import { answerInPlace } from '../../process/release.ts';
import { HubError } from '../../schema/errors.ts';
import { describeFault } from '../log.ts';
import { REQUEST_MESSAGES } from './errors.ts';
import { withRequestId } from './request-ids.ts';

/** The HTTP status for the faults of Node's parser that have one of their own. */
const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * Answers bytes that Node does not read as a request, like every other refusal, and closes the connection. A client that
 * has left gets nothing.
 */
export function answerUnreadable(fault: Error & { code?: string }, socket: Socket, log: Logger): void {
  const requestId = randomUUID();
  log.info({ requestId, code: 'BAD_REQUEST', fault: describeFault(fault) }, 'refused');
  const status = STATUS[fault.code ?? ''] ?? 400;
  const error = new HubError('BAD_REQUEST', REQUEST_MESSAGES.BAD_REQUEST);
  const { message, extensions } = error.toJSON();
  const body = JSON.stringify({ errors: withRequestId([{ message, extensions: { ...extensions } }], requestId) });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    `samsyn-request-id: ${requestId}`,
    'connection: close',
  ];
  answerInPlace(socket, `${head.join('\r\n')}\r\n\r\n${body}`);
}
