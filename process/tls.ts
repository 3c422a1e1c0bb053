import type { Server as HttpServer, RequestListener, ServerOptions } from 'node:http';
import { createServer, Server } from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext, type SecureContextOptions } from 'node:tls';

/** How a server is known to its clients, and they to it (mTLS). PEM. */
export interface ServerTls {
  readonly certificate: string;
  readonly key: string;
  /** Who signed the certificates of those that may connect. */
  readonly clientCa: string;
}

/** How long a client may take to show its certificate, in milliseconds. */
const HANDSHAKE_MS = 10_000;

/** The TCP connection under each TLS connection: only that can be reset. */
const under = new WeakMap<Socket, Socket>();

/** An HTTPS server, not listening yet, that speaks only with clients whose certificate `clientCa` signed and that is valid. */
export function createTlsServer(options: ServerOptions, listener: RequestListener, tls: ServerTls): Server {
  const server = createServer(
    {
      ...options,
      ...secureContext(tls),
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: HANDSHAKE_MS,
    },
    listener,
  );
  const open = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const ends = endsOf(socket);
    open.set(ends, socket);
    socket.once('close', () => open.delete(ends));
  });
  server.prependListener('secureConnection', (socket) => {
    const connection = open.get(endsOf(socket));
    if (connection === undefined) socket.destroy();
    else under.set(socket, connection);
  });
  return server;
}

/**
 * Uses these for connections that are opened from now on; those that are open stay as they are. Throws when TLS cannot use
 * them, or the server speaks none, and leaves everything as it was.
 */
export function renewTls(server: HttpServer, tls: ServerTls): void {
  if (!(server instanceof Server)) throw new TypeError('Certificates are renewed of a server that serves HTTPS.');
  const context = secureContext(tls);
  createSecureContext(context);
  server.setSecureContext(context);
}

function secureContext({ certificate, key, clientCa }: ServerTls): SecureContextOptions {
  return {
    cert: certificate,
    key,
    ca: clientCa,
    // 1.2 can begin a handshake anew, and would hold back until then what the fence believes to be sent.
    minVersion: 'TLSv1.3',
  };
}

/** Both ends of a connection: no two open ones have the same. */
function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return [localAddress, localPort, remoteAddress, remotePort].join(' ');
}

/** Resets a connection, TLS or not: what the kernel still holds is not sent. */
export function reset(socket: Socket): void {
  (under.get(socket) ?? socket).resetAndDestroy();
}
