import { connect, type Socket } from 'node:net';

/** What came on a connection, and when. */
export interface Wire {
  readonly socket: Socket;
  /** Everything that has arrived so far. */
  text(): string;
  bytes(): number;
  /** Resolves when the first bytes have arrived. */
  readonly begun: Promise<void>;
  /** When the last bytes arrived, on this process's monotonic clock; -Infinity when none have. */
  lastAt(): number;
  /** The code of the error that ended the connection, or null. */
  readonly gone: Promise<string | null>;
}

/** Opens a connection and writes `requests` at once; `pausing` reads no more than begins until the socket is resumed. */
export function wire(url: string, requests: string, { pausing = false } = {}): Wire {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  let lastAt = Number.NEGATIVE_INFINITY;
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    lastAt = performance.now();
  });
  if (pausing) socket.once('data', () => socket.pause());
  const begun = new Promise<void>((done) => socket.once('data', () => done()));
  let failure: string | null = null;
  socket.on('error', (error: NodeJS.ErrnoException) => {
    failure = error.code ?? error.name;
  });
  const gone = new Promise<string | null>((done) => socket.once('close', () => done(failure)));
  socket.write(requests);
  return {
    socket,
    text: () => Buffer.concat(chunks).toString(),
    bytes: () => chunks.reduce((sum, { length }) => sum + length, 0),
    begun,
    lastAt: () => lastAt,
    gone,
  };
}

/** The bytes of a POST of an operation. */
export function request(
  url: string,
  authorization: string,
  query: string,
  variables: Readonly<Record<string, unknown>>,
): string {
  const { host, pathname } = new URL(url);
  const body = JSON.stringify({ query, variables });
  return [
    `POST ${pathname} HTTP/1.1`,
    `Host: ${host}`,
    'Content-Type: application/json',
    `Authorization: ${authorization}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
