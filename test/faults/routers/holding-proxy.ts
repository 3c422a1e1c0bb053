import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer of a subgraph that the proxy has and keeps back. */
export interface Held {
  /** Fulfilled when the subgraph has answered. */
  readonly answered: Promise<void>;
  /** Lets the answer go on. */
  release(): void;
}

/** Stands between a router and a subgraph. It passes everything on, and keeps back the answers that a test wants late. */
export interface HoldingProxy {
  readonly url: string;
  /** Keeps back the answer to the next request whose body holds the text. */
  hold(text: string): Held;
  close(): void;
}

/** A proxy before the port that `target` tells when a request comes. */
export async function holdingProxy(target: () => number): Promise<HoldingProxy> {
  const wanted = new Map<string, { answered: () => void; released: Promise<void> }>();
  const server = createServer(async (incoming, outgoing) => {
    const body = await textOf(incoming);
    const text = [...wanted.keys()].find((each) => body.includes(each));
    const held = text === undefined ? undefined : wanted.get(text);
    if (text !== undefined) wanted.delete(text);
    const { method = 'POST', url: path = '/', headers } = incoming;
    const asked = request({ host: '127.0.0.1', port: target(), method, path, headers });
    asked.on('error', () => outgoing.destroy());
    outgoing.on('error', () => asked.destroy());
    asked.end(body);
    asked.once('response', async (answer) => {
      const answerText = await textOf(answer);
      held?.answered();
      await held?.released;
      const { 'transfer-encoding': _, connection: __, ...rest } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 502, rest).end(answerText);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    hold(text) {
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      const answered = new Promise<void>((resolve) => {
        wanted.set(text, { answered: resolve, released });
      });
      return { answered, release };
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
