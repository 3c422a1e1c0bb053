import type { Server as HttpServer, RequestListener, ServerOptions } from 'node:http';
import { createServer, Server } from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext, type SecureContextOptions } from 'node:tls';

/** The certificates by which a server and its clients know each other (mTLS), as PEM. */
export interface ServerTls {
  readonly certificate: string;
  readonly key: string;
  /** The authority that signed the certificates of clients that may connect. */
  readonly clientCa: string;
}

/** Milliseconds that a client may take to show its certificate. */
const HANDSHAKE_MS = 10_000;

/** The TCP connection under each TLS connection: only it can be reset. */
const under = new WeakMap<Socket, Socket>();

/** An HTTPS server, not listening yet, that answers only clients with a valid certificate signed by `clientCa`. */
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
 * Uses these certificates for new connections from now on; open connections stay as they are. Throws if TLS cannot use
 * them or the server does not serve HTTPS, and leaves everything as it was.
 */
export function renewTls(server: HttpServer, tls: ServerTls): void {
  if (!(server instanceof Server))
    throw new TypeError('Only a server that serves HTTPS has certificates to renew; pass one made with tls.');
  const context = secureContext(tls);
  createSecureContext(context);
  server.setSecureContext(context);
}

function secureContext({ certificate, key, clientCa }: ServerTls): SecureContextOptions {
  return {
    cert: certificate,
    key,
    ca: clientCa,
    // TLS 1.2 can start a new handshake, and would hold back until then bytes that the fence believes to be sent.
    minVersion: 'TLSv1.3',
  };
}

/** Both ends of a connection; no two open connections share them. */
function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return [localAddress, localPort, remoteAddress, remotePort].join(' ');
}

/** Resets a connection, TLS or not: bytes that the kernel still holds are not sent. */
export function reset(socket: Socket): void {
  (under.get(socket) ?? socket).resetAndDestroy();
}
