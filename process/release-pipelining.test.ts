import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { RELEASE_DEADLINE_MS } from '../schema/deadline.ts';
import { ask, blockUntilLate, CANARY, closers, GET, outcomeOf, serve } from '../test/setup/releasing.ts';
import { release } from './release.ts';

describe('a pipelined request', () => {
  test('is never started, and the one before it ends the connection', async () => {
    const started: (string | undefined)[] = [];
    const { port } = await serve((request, response) => {
      started.push(request.url);
      setImmediate(() => response.end('first'));
    }, RELEASE_DEADLINE_MS);
    const { bytes, end } = await ask(port, GET('/1') + GET('/2') + GET('/3'));
    expect(started).toEqual(['/1']);
    expect(bytes).toMatch(/^HTTP\/1.1 200 OK\r\nconnection: close\r\n/);
    expect(bytes).toMatch(/\r\n\r\nfirst$/);
    expect(end).toBe('closed');
  });

  test('is never started after an answer that was ended at once', async () => {
    const started: (string | undefined)[] = [];
    const { port } = await serve((request, response) => {
      started.push(request.url);
      response.end('first');
    }, RELEASE_DEADLINE_MS);
    const { bytes } = await ask(port, GET('/1') + GET('/2'));
    expect(started).toEqual(['/1']);
    expect(bytes.match(/HTTP\/1.1/g)).toHaveLength(1);
  });

  test('ends the connection also when the answer before it is late', async () => {
    const { port } = await serve((_, response) => {
      setImmediate(() => {
        blockUntilLate(response);
        response.end(CANARY);
      });
    }, 50);
    const { bytes } = await ask(port, GET('/1') + GET('/2'));
    expect(bytes).toMatch(/^HTTP\/1.1 503 [\s\S]*\r\nconnection: close\r\n/);
    expect(bytes).not.toContain(CANARY);
  });

  test('does not keep later requests of the connection from being answered', async () => {
    const { port } = await serve(
      (request, response) => void response.end(`answer ${request.url}`),
      RELEASE_DEADLINE_MS,
    );
    const socket = connect(port, '127.0.0.1');
    closers.push(() => socket.destroy());
    socket.write(GET('/1'));
    expect(String((await once(socket, 'data'))[0])).toContain('answer /1');
    socket.write(GET('/2'));
    expect(String((await once(socket, 'data'))[0])).toContain('answer /2');
  });

  test('resets the connection, not queues, if somebody starts it anyway', async () => {
    const { outcome, report } = outcomeOf();
    const responses: ServerResponse[] = [];
    const { port, server } = await serve(() => undefined, RELEASE_DEADLINE_MS);
    server.on('request', (_: IncomingMessage, response: ServerResponse) => {
      responses.push(response);
      if (responses.length < 2) return;
      release(response).onOutcome(report);
      response.end(CANARY);
      responses[0]?.end('first');
    });
    const { bytes, end } = await ask(port, GET('/1') + GET('/2'));
    expect([bytes, end]).toEqual(['', 'reset']);
    expect(await outcome).toEqual({ outcome: 'WITHHELD', why: 'QUEUED', elapsedMs: expect.any(Number) });
  });
});
