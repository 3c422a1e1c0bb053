import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { ReleaseHandle } from '../../process/release.ts';
import { newAssertionKeys } from '../../test/setup/assertion-keys.ts';
import { codeOf } from '../answer/errors.ts';
import { SubgraphPools } from './subgraph-pools.ts';
import { createTransport } from './transport.ts';

const REQUEST = {
  subgraph: 'school',
  operation: '{a}',
  operationName: 'A',
  head: '{"query":"{a}","operationName":"A","variables":',
  variables: {},
  kind: 'query',
} as const;
const CALLER = { subject: 'p-1', actor: null, agency: 'school:skovde', roles: ['CASEWORKER'] as const };
const OPERATION = { hash: 'ab', name: null, requestId: '00000000-0000-4000-8000-000000000000' };

const closers: (() => unknown)[] = [];
afterEach(() => Promise.all(closers.splice(0).map((close) => close())));

/** A request of which some milliseconds had gone before a subgraph was asked, and that has some left. */
class Running implements ReleaseHandle {
  readonly #begun: number;
  readonly #limit: number;

  constructor({ lost, left }: { readonly lost: number; readonly left: number }) {
    this.#begun = performance.now() - lost;
    this.#limit = lost + left;
  }

  elapsed(): number {
    return performance.now() - this.#begun;
  }

  limit(): number {
    return this.#limit;
  }

  timeLeft(): number {
    return this.#limit - this.elapsed();
  }

  limitTo(): void {}

  exempt(): void {}

  onOutcome(): void {}
}

/** The code that the client gets for a subgraph that does this, and whether the subgraph is reported as failing. */
async function codeFor(subgraph: RequestListener, time: { readonly lost: number; readonly left: number }) {
  const server = createServer(subgraph);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pools = new SubgraphPools(null);
  pools.route({ school: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` });
  closers.push(
    () => pools.close(),
    () => {
      server.close();
      server.closeAllConnections();
    },
  );
  let isReported = false;
  const send = createTransport({
    pools,
    assertionKey: (await newAssertionKeys()).signing,
    onFailure: () => {
      isReported = true;
    },
  });
  const release = new Running(time);
  const asked = { caller: CALLER, operation: OPERATION, fenced: false, retryAfter: () => undefined };
  const context = { ...asked, release, gone: new AbortController().signal };
  return { code: await send(REQUEST, context).then(() => null, codeOf), isReported };
}

const silent: RequestListener = () => undefined;
const broken: RequestListener = ({ socket }) => void socket.destroy();

test('a subgraph is not blamed for time that was lost before it was asked, as in a queue for the planner', async () => {
  const expected = { code: 'DEADLINE_EXCEEDED', isReported: false };
  expect(await codeFor(silent, { lost: 1_000, left: 400 })).toEqual(expected);
  expect(await codeFor(silent, { lost: 2_800, left: 200 })).toEqual(expected);
});

test('a subgraph that takes most of the time itself is unavailable', async () => {
  expect(await codeFor(silent, { lost: 50, left: 450 })).toEqual({ code: 'SUBGRAPH_UNAVAILABLE', isReported: true });
});

test('a subgraph that fails at once is unavailable, however much time was lost', async () => {
  expect(await codeFor(broken, { lost: 1_500, left: 1_000 })).toEqual({
    code: 'SUBGRAPH_UNAVAILABLE',
    isReported: true,
  });
});
