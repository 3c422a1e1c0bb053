import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/** A server that speaks PostgreSQL's protocol and answers every question with one value, as another version or a standby would. */
export interface FakePostgres {
  readonly port: number;
  /** The questions that it was asked, in their order. */
  readonly asked: readonly string[];
  end(): Promise<void>;
}

/** Starts a server whose every answer is one row of this column and text. */
export async function startFakePostgres(
  column: string,
  value: string,
  type: 'text' | 'bool' = 'text',
): Promise<FakePostgres> {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    let isStarted = false;
    let waiting = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      waiting = Buffer.concat([waiting, chunk]);
      for (;;) {
        const head = isStarted ? 1 : 0;
        if (waiting.length < head + 4) return;
        const end = head + waiting.readUInt32BE(head);
        if (waiting.length < end) return;
        const kind = isStarted ? String.fromCharCode(waiting[0] ?? 0) : 'start';
        const body = waiting.subarray(head + 4, end);
        waiting = waiting.subarray(end);
        isStarted = true;
        if (kind === 'start') socket.write(Buffer.concat([message('R', int32(0)), READY]));
        if (kind !== 'Q') continue;
        asked.push(body.toString('utf8', 0, body.length - 1));
        socket.write(answer(column, value, TYPES[type]));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async end() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Starts a server that refuses every connection with this code, as for a wrong password or a database that does not exist. */
export async function startRefusingPostgres(code: string): Promise<Omit<FakePostgres, 'asked'>> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(message('E', Buffer.from(`SFATAL\0C${code}\0Mrefused-canary\0\0`))));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async end() {
      server.close();
      await once(server, 'close');
    },
  };
}

/** PostgreSQL's numbers of types. */
const TYPES = { text: 25, bool: 16 } as const;

function answer(column: string, value: string, type: number): Buffer {
  const name = Buffer.from(`${column}\0`);
  const description = Buffer.concat([int16(1), name, int32(0), int16(0), int32(type), int16(-1), int32(-1), int16(0)]);
  const row = Buffer.concat([int16(1), int32(Buffer.byteLength(value)), Buffer.from(value)]);
  return Buffer.concat([message('T', description), message('D', row), message('C', Buffer.from('SELECT 1\0')), READY]);
}

function message(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function int32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(number);
  return bytes;
}

function int16(number: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(number);
  return bytes;
}

const READY = message('Z', Buffer.from('I'));
