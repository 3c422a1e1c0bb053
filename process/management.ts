import { createServer, type ServerResponse } from 'node:http';
import { meant, optional, port, string } from './configuration.ts';
import { type Listening, listenOn } from './listening.ts';

/** The variables of the management port: its number and address, separate from the port that serves data. */
export const MANAGEMENT = {
  managementPort: meant(
    'Port that answers only `GET /health`, in clear and without a certificate.',
    optional(port('SAMSYN_MANAGEMENT_PORT'), null),
  ),
  managementHost: meant(
    'Address of the management port.',
    optional(string('SAMSYN_MANAGEMENT_HOST', 'the address to serve health checks on'), '127.0.0.1'),
  ),
};

/**
 * Opens the management port, or returns null if none is configured. It answers only `GET /health`, in clear, to anybody
 * who reaches it: a probe has no certificate to show where data is served over TLS. Open it after the data port and
 * close it first, so that it reports health only while requests are accepted. Rejects if it cannot listen.
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
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return send(response, 405, { status: 'method not allowed, use GET' });
    send(response, 200, { status: 'ok' });
  });
  return listenOn(server, { host: managementHost, port: managementPort });
}

function send(response: ServerResponse, status: number, answer: object): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // Nobody reads the body of such a request, so the connection ends with the answer.
    connection: 'close',
  });
  response.end(JSON.stringify(answer));
}
