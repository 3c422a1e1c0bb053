import { once } from 'node:events';
import type { RequestListener, Server, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach } from '@jest/globals';
import { createReleasingServer, type ReleaseOutcome, release } from '../../process/release.ts';

/** What must not leave late. */
export const CANARY = 'canary-release-7f1c';
/** What ends with the test. */
export const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Keeps the event loop from turning until it is too late, as a long computation or a stopped process does. */
export function blockUntilLate(response: ServerResponse): void {
  while (release(response).elapsed() <= release(response).limit());
}

/** Serves by the deadline fence until the test ends. */
export async function serve(handler: RequestListener, deadlineMs: number): Promise<{ port: number; server: Server }> {
  const server = createReleasingServer(handler, deadlineMs);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, server };
}

/** Everything that came on a connection until it ended, and how it ended. */
export function listen(socket: Socket): Promise<{ bytes: string; end: 'closed' | 'reset' }> {
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    const finish = (end: 'closed' | 'reset') => resolve({ bytes: Buffer.concat(chunks).toString('latin1'), end });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => finish('closed'));
    socket.on('error', () => finish('reset'));
  });
}

/** A request as it goes over a connection. */
export const GET = (path: string, connection = 'keep-alive') =>
  `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: ${connection}\r\n\r\n`;

/** Sends requests on a connection of their own; what came on it. */
export async function ask(
  port: number,
  request = GET('/', 'close'),
): Promise<{ bytes: string; end: 'closed' | 'reset' }> {
  const socket = connect(port, '127.0.0.1');
  closers.push(() => socket.destroy());
  socket.write(request);
  return listen(socket);
}

/** A promise and what settles it. */
export function outcomeOf(): { outcome: Promise<ReleaseOutcome>; report: (outcome: ReleaseOutcome) => void } {
  let report: (outcome: ReleaseOutcome) => void = () => undefined;
  const outcome = new Promise<ReleaseOutcome>((resolve) => {
    report = resolve;
  });
  return { outcome, report };
}
