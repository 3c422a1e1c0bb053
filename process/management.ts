import { createServer, type ServerResponse } from 'node:http';
import { meant, optional, port, string } from './configuration.ts';
import { type Listening, listenOn } from './listening.ts';

/** The variables of the management port: a number and an address apart from where data is asked for. */
export const MANAGEMENT = {
  managementPort: meant(
    'Port that answers `GET /health`, in clear and without a certificate, and nothing else.',
    optional(port('SAMSYN_MANAGEMENT_PORT'), null),
  ),
  managementHost: meant(
    'Address of the management port.',
    optional(string('SAMSYN_MANAGEMENT_HOST', 'the address to tell health on'), '127.0.0.1'),
  ),
};

/**
 * Opens the management port, or null when none is configured: `GET /health` in clear, to anybody who reaches it, and nothing
 * else. A probe has no certificate to show where data is served over TLS. Open it when the data's port is, and close it
 * first: then it is well for as long as requests are taken. Rejects when it cannot listen.
 */
export async function openManagement({
  managementPort,
  managementHost,
}: {
  readonly managementPort: number | null;
  readonly managementHost: string;
}): Promise<Listening | null> {
  if (managementPort === null) return null;
  const server = createServer((request, response) => {
    if (request.url !== '/health') return send(response, 404, { status: 'not found' });
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, { status: 'read by GET' });
    send(response, 200, { status: 'ok' });
  });
  return listenOn(server, { host: managementHost, port: managementPort });
}

function send(response: ServerResponse, status: number, answer: object): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // Nobody reads a body that was sent along: the connection ends with the answer.
    connection: 'close',
  });
  response.end(JSON.stringify(answer));
}
