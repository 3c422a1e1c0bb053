import type { ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import Fastify from 'fastify';
import { FENCED_LIMIT_MS, RELEASE_DEADLINE_MS } from '../schema/deadline.ts';
import { CONSTANT_MESSAGES } from '../schema/errors.ts';
import { ask, blockUntilLate, CANARY, closers, GET, listen, outcomeOf, serve } from '../test/setup/releasing.ts';
import { createReleasingServer, release } from './release.ts';

const LATE = {
  errors: [{ message: CONSTANT_MESSAGES.DEADLINE_EXCEEDED, extensions: { code: 'DEADLINE_EXCEEDED' } }],
};

describe('a response', () => {
  test('leaves unchanged while there is time', async () => {
    const { outcome, report } = outcomeOf();
    const { port } = await serve((_, response) => {
      release(response).onOutcome(report);
      response.setHeader('x-one', '1');
      response.writeHead(201, { 'x-two': '2' });
      response.write('a');
      response.end('ö');
    }, RELEASE_DEADLINE_MS);
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    const { status, headers } = answer;
    expect([status, headers.get('x-one'), headers.get('x-two'), headers.get('content-length')]).toEqual([
      201,
      '1',
      '2',
      '3',
    ]);
    expect(await answer.text()).toBe('aö');
    expect(await outcome).toEqual({ outcome: 'RELEASED', why: null, elapsedMs: expect.any(Number) });
  });

  test('becomes the constant 503, without headers or body of its own, when it ends late', async () => {
    const { outcome, report } = outcomeOf();
    const { port } = await serve((_, response) => {
      release(response).onOutcome(report);
      response.setHeader('x-canary', CANARY);
      response.writeHead(200, { 'x-also': CANARY });
      response.write(CANARY);
      blockUntilLate(response);
      response.end(CANARY);
    }, 50);
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    expect(answer.status).toBe(503);
    expect([...answer.headers.keys()].sort()).toEqual([
      'cache-control',
      'connection',
      'content-length',
      'content-type',
      'date',
    ]);
    expect(await answer.json()).toEqual(LATE);
    expect(await outcome).toEqual({ outcome: 'WITHHELD', why: 'DEADLINE', elapsedMs: expect.any(Number) });
  });

  test('counts from the arrival of its request, not from the handler', async () => {
    const { port, server } = await serve((_, response) => void response.end(CANARY), 50);
    server.prependListener('request', () => {
      const end = performance.now() + 60;
      while (performance.now() < end);
    });
    expect((await ask(port)).bytes).not.toContain(CANARY);
  });

  test('is held back by the shortest time left that is shorter than the deadline', async () => {
    const { port } = await serve((_, response) => {
      release(response).limitTo(20);
      release(response).limitTo(900);
      expect(release(response).limit()).toBe(20);
      blockUntilLate(response);
      response.end(CANARY);
    }, RELEASE_DEADLINE_MS);
    expect((await ask(port)).bytes).toMatch(/^HTTP\/1.1 503 (?!.*canary)/s);
  });

  test.each([0, -1, Number.NaN])('is held back at once by a time left of %p', async (ms) => {
    const { port } = await serve((_, response) => {
      release(response).limitTo(ms);
      expect(release(response).limit()).toBe(0);
      response.end(CANARY);
    }, RELEASE_DEADLINE_MS);
    expect((await ask(port)).bytes).toMatch(/^HTTP\/1.1 503 (?!.*canary)/s);
  });

  test('cuts off and reports LATE when its write was held up past the limit', async () => {
    const { outcome, report } = outcomeOf();
    const { port } = await serve((request, response) => {
      release(response).onOutcome(report);
      const uncork = request.socket.uncork.bind(request.socket);
      request.socket.uncork = () => {
        blockUntilLate(response);
        uncork();
      };
      response.end(CANARY);
    }, 1_000);
    expect((await ask(port)).end).toBe('reset');
    expect(await outcome).toEqual({ outcome: 'LATE', why: 'DEADLINE', elapsedMs: expect.any(Number) });
  });

  test('reports LATE when the kernel took it after the limit', async () => {
    const { outcome, report } = outcomeOf();
    const { port } = await serve((request, response) => {
      release(response).onOutcome(report);
      request.socket._writev = (_chunks, taken) => {
        setImmediate(() => {
          blockUntilLate(response);
          taken();
        });
      };
      response.end(CANARY);
    }, 1_000);
    void ask(port);
    expect(await outcome).toEqual({ outcome: 'LATE', why: 'DEADLINE', elapsedMs: expect.any(Number) });
  });

  test('may take longer than the deadline for a fenced mutation', async () => {
    const { port } = await serve((_, response) => {
      blockUntilLate(response);
      release(response).exempt(FENCED_LIMIT_MS);
      response.end('constant');
    }, 50);
    expect((await ask(port)).bytes).toContain('constant');
  });

  test('never has a longer limit than the contract allows', async () => {
    const { port } = await serve((_, response) => {
      expect(() => release(response).exempt(FENCED_LIMIT_MS + 1)).toThrow(RangeError);
      response.end('refused');
    }, RELEASE_DEADLINE_MS);
    expect((await ask(port)).bytes).toContain('refused');
    expect(() => createReleasingServer(() => undefined, RELEASE_DEADLINE_MS + 1)).toThrow(RangeError);
  });
});

describe('a large response', () => {
  const large = Buffer.alloc(32 * 1024 * 1024, 'x');

  test('arrives whole at a reader that keeps up', async () => {
    const body = Buffer.alloc(5_000_001, 'y');
    const { port } = await serve((_, response) => void response.end(body), RELEASE_DEADLINE_MS);
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), body)).toBe(0);
  });

  test('is cut off when a slow reader has not taken it in time', async () => {
    const { outcome, report } = outcomeOf();
    const { port } = await serve((_, response) => {
      release(response).onOutcome(report);
      response.end(large);
    }, 1_000);
    const socket = connect(port, '127.0.0.1');
    socket.pause();
    socket.write(GET('/', 'close'));
    expect(await outcome).toEqual({ outcome: 'LATE', why: 'DEADLINE', elapsedMs: expect.any(Number) });
    const got = await listen(socket.resume());
    expect(got.end).toBe('reset');
    expect(got.bytes.length).toBeLessThan(large.length);
  });

  test.each([
    ['in the turn of the write', process.nextTick],
    ['in a later turn', setImmediate],
  ])('hands over nothing more when the process stood still between two pieces, %s', async (_, soon) => {
    const handedOver: number[] = [];
    const { outcome, report } = outcomeOf();
    const { port } = await serve((request, response) => {
      release(response).onOutcome(report);
      const write = request.socket.write.bind(request.socket) as (...given: unknown[]) => boolean;
      request.socket.write = (...given: unknown[]) => {
        handedOver.push(release(response).elapsed());
        if (handedOver.length === 4) soon(() => blockUntilLate(response));
        return write(...given);
      };
      response.end(large);
      expect(request.socket.writableCorked).toBe(0);
    }, 1_000);
    await ask(port);
    expect((await outcome).outcome).toBe('LATE');
    expect(Math.max(...handedOver)).toBeLessThan(1_000);
  });
});

describe('a stream', () => {
  test('arrives if it ends in time, and not if it ends late', async () => {
    const { port } = await serve((request, response) => {
      const stream = new PassThrough();
      stream.pipe(response);
      stream.write(CANARY);
      setImmediate(() => {
        if (request.url === '/late') blockUntilLate(response);
        stream.end(CANARY);
      });
    }, 1_000);
    expect((await ask(port)).bytes).toContain(CANARY + CANARY);
    expect((await ask(port, GET('/late', 'close'))).bytes).not.toContain(CANARY);
  });

  test('sends no other answer when it fails after its first bytes', async () => {
    const app = Fastify({ serverFactory: (handler) => createReleasingServer(handler) });
    app.get('/', (_, reply) => {
      const stream = new PassThrough();
      stream.write(CANARY);
      setImmediate(() => stream.destroy(new Error('broken')));
      return reply.send(stream);
    });
    closers.push(() => void app.close());
    await app.listen({ port: 0, host: '127.0.0.1' });
    expect((await ask((app.server.address() as AddressInfo).port)).bytes).toBe('');
  });
});

describe('a client that leaves', () => {
  test('is reported as gone', async () => {
    const { outcome, report } = outcomeOf();
    const { port } = await serve((request, response) => {
      release(response).onOutcome(report);
      request.socket.destroy();
    }, RELEASE_DEADLINE_MS);
    await ask(port);
    expect(await outcome).toEqual({ outcome: 'WITHHELD', why: 'GONE', elapsedMs: expect.any(Number) });
  });
});

test('sends no early hints before the test', async () => {
  const { port } = await serve((_, response) => {
    response.writeEarlyHints({ link: `<${CANARY}>` });
    blockUntilLate(response);
    response.end();
  }, 50);
  expect((await ask(port)).bytes).not.toContain(CANARY);
});

test('rejects a response that nothing would hold back', () => {
  expect(() => release({} as ServerResponse)).toThrow(TypeError);
});
