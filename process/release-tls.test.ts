import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from '@jest/globals';
import { RELEASE_DEADLINE_MS } from '../schema/deadline.ts';
import { TestAuthority } from '../test/setup/certificates.ts';
import { createReleasingServer, type ReleaseOutcome, release } from './release.ts';

const CANARY = 'canary-release-3b90';
const authority = new TestAuthority('authority');
const { certificate, key } = authority.issue('subgraph');
const gateway = authority.issue('gateway');
const KNOWN: ConnectionOptions = { ca: authority.certificate, cert: gateway.certificate, key: gateway.key };
const GET = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Serves over TLS; resolves with the port and the outcome of the first response. */
async function serve(handler: RequestListener, deadlineMs: number) {
  let report: (outcome: ReleaseOutcome) => void = () => undefined;
  const outcome = new Promise<ReleaseOutcome>((resolve) => {
    report = resolve;
  });
  const tls = { certificate, key, clientCa: authority.certificate };
  const reporting: RequestListener = (request, response) => {
    release(response).onOutcome(report);
    handler(request, response);
  };
  const server = createReleasingServer(reporting, deadlineMs, tls);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, outcome };
}

function blockUntilLate(response: ServerResponse): void {
  while (release(response).elapsed() <= release(response).limit());
}

/** Everything received until the connection ended, and the way it ended. */
function listen(socket: TLSSocket): Promise<{ bytes: string; end: 'closed' | 'broken' }> {
  const chunks: Buffer[] = [];
  closers.push(() => socket.destroy());
  return new Promise((resolve) => {
    const finish = (end: 'closed' | 'broken') => resolve({ bytes: Buffer.concat(chunks).toString('latin1'), end });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => finish('closed'));
    socket.on('error', () => finish('broken'));
  });
}

function ask(port: number, as = KNOWN, request = GET): ReturnType<typeof listen> {
  const socket = connect({ port, host: '127.0.0.1', ...as });
  socket.write(request);
  return listen(socket);
}

describe('over TLS a response', () => {
  test('leaves while there is time, and reports when the kernel has it', async () => {
    const { port, outcome } = await serve((_, response) => void response.end(CANARY), RELEASE_DEADLINE_MS);
    expect((await ask(port)).bytes).toMatch(/^HTTP\/1.1 200 OK[\s\S]*canary-release-3b90$/);
    expect(await outcome).toEqual({ outcome: 'RELEASED', why: null, elapsedMs: expect.any(Number) });
  });

  test('becomes the constant 503 when it ends late', async () => {
    const { port, outcome } = await serve((_, response) => {
      blockUntilLate(response);
      response.end(CANARY);
    }, 50);
    expect((await ask(port)).bytes).toMatch(/^HTTP\/1.1 503 (?!.*canary)/s);
    expect(await outcome).toEqual({ outcome: 'WITHHELD', why: 'DEADLINE', elapsedMs: expect.any(Number) });
  });

  test('resets and reports LATE when the kernel took it too late, though encrypted in time', async () => {
    const { port, outcome } = await serve((_, response) => {
      response.end(CANARY);
      blockUntilLate(response);
    }, 1_000);
    void ask(port);
    expect(await outcome).toEqual({ outcome: 'LATE', why: 'DEADLINE', elapsedMs: expect.any(Number) });
  });

  test('arrives whole, whatever its size, at a reader that keeps up', async () => {
    const { port, outcome } = await serve(
      (_, response) => void response.end(Buffer.alloc(5_000_001, 'y')),
      RELEASE_DEADLINE_MS,
    );
    const { bytes } = await ask(port);
    expect(bytes.length - bytes.indexOf('\r\n\r\n') - 4).toBe(5_000_001);
    expect((await outcome).outcome).toBe('RELEASED');
  });

  test('resets when a slow reader has not taken it in time', async () => {
    const large = Buffer.alloc(32 * 1024 * 1024, 'x');
    const { port, outcome } = await serve((_, response) => void response.end(large), 1_000);
    const socket = connect({ port, host: '127.0.0.1', ...KNOWN });
    socket.pause();
    socket.write(GET);
    expect(await outcome).toEqual({ outcome: 'LATE', why: 'DEADLINE', elapsedMs: expect.any(Number) });
    const got = await listen(socket.resume());
    expect(got.end).toBe('broken');
    expect(got.bytes.length).toBeLessThan(large.length);
  });

  test('hands over nothing more when the process stood still between two pieces', async () => {
    const handedOver: number[] = [];
    // Enough for the first pieces on a busy machine: if none were handed over, nothing would be late.
    const deadline = 2_000;
    const { port, outcome } = await serve((request, response) => {
      const write = request.socket.write.bind(request.socket) as (...given: unknown[]) => boolean;
      request.socket.write = (...given: unknown[]) => {
        handedOver.push(release(response).elapsed());
        if (handedOver.length === 4) setImmediate(() => blockUntilLate(response));
        return write(...given);
      };
      response.end(Buffer.alloc(32 * 1024 * 1024, 'x'));
    }, deadline);
    await ask(port);
    expect((await outcome).outcome).toBe('LATE');
    expect(Math.max(...handedOver)).toBeLessThan(deadline);
  });

  test('is the only one in progress on its connection', async () => {
    let started = 0;
    const { port } = await serve((_, response) => {
      started += 1;
      setImmediate(() => response.end('first'));
    }, RELEASE_DEADLINE_MS);
    const { bytes } = await ask(port, KNOWN, GET.replace('close', 'keep-alive') + GET);
    expect([started, bytes.match(/HTTP\/1.1/g)?.length]).toEqual([1, 1]);
  });
});

const expired = authority.issue('gateway', Date.now() - 60_000);
const foreign = new TestAuthority('other').issue('gateway');

test.each<[string, ConnectionOptions]>([
  ['no certificate', { ca: authority.certificate }],
  ['an expired certificate', { ...KNOWN, cert: expired.certificate, key: expired.key }],
  ['a certificate of another authority', { ...KNOWN, cert: foreign.certificate, key: foreign.key }],
  ['a certificate, in an older version of TLS', { ...KNOWN, maxVersion: 'TLSv1.2' }],
])('rejects a client with %s', async (_, as) => {
  let heard = 0;
  const { port } = await serve((_request, response) => {
    heard += 1;
    response.end(CANARY);
  }, RELEASE_DEADLINE_MS);
  expect([(await ask(port, as)).bytes, heard]).toEqual(['', 0]);
});

test('rejects a client that speaks no TLS', async () => {
  const { port } = await serve((_, response) => void response.end(CANARY), RELEASE_DEADLINE_MS);
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
});
