import { connect, createServer, type Socket } from 'node:net';

/** Stands before a server and lets connections through, or not. */
export interface Gate {
  readonly port: number;
  /** Connections go through to the server. */
  open(): void;
  /** Connections are reset, those that are open included: as when the server's process is gone. */
  refuse(): void;
  close(): void;
}

/** A gate, open, before the port that `target` tells when a connection comes. */
export async function gate(target: () => number): Promise<Gate> {
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createServer((client) => {
    if (!isOpen) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(target(), '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.once('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A gate listens on a port.');
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: address.port,
    open: () => {
      isOpen = true;
    },
    refuse: () => {
      isOpen = false;
      cut();
    },
    close: () => {
      cut();
      server.close();
    },
  };
}
