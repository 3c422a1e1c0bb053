import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { assertionFor, heldFor } from '../../deploy/routers/hub.ts';

/** What a router answers its client when the hub answers the exchange so. */
async function answered(status: number, body: unknown): Promise<unknown> {
  const hub = createServer((_, response) => response.writeHead(status).end(JSON.stringify(body)));
  await once(hub.listen(0, '127.0.0.1'), 'listening');
  const assertionUrl = `http://127.0.0.1:${(hub.address() as AddressInfo).port}/assertion`;
  const configuration = { supergraph: '', assertionUrl, authorization: 'Basic eA==', host: '127.0.0.1', port: 0 };
  try {
    return await assertionFor(configuration, 'Bearer a.b.c').catch((fault) => [fault.status, JSON.parse(fault.body)]);
  } finally {
    hub.close();
  }
}

const refused = (status: number, code: string) => [
  status,
  { errors: [{ message: expect.any(String), extensions: { code } }] },
];

test('a router passes an assertion on, and 401 only where the hub refuses the token', async () => {
  expect(await answered(200, { access_token: 'assertion' })).toBe('Bearer assertion');
  expect(await answered(400, { error: 'invalid_request' })).toEqual(refused(401, 'UNAUTHENTICATED'));
  const others = [{ error: 'unsupported_grant_type' }, { errors: [{ extensions: { code: 'BAD_REQUEST' } }] }, null];
  for (const body of others) expect(await answered(400, body)).toEqual(refused(503, 'SUBGRAPH_UNAVAILABLE'));
});

test('a router says when no token can be checked', async () => {
  const unchecked = { errors: [{ extensions: { code: 'IDENTITY_PROVIDER_UNAVAILABLE' } }] };
  expect(await answered(503, unchecked)).toEqual(refused(503, 'IDENTITY_PROVIDER_UNAVAILABLE'));
  expect(await answered(503, {})).toEqual(refused(503, 'SUBGRAPH_UNAVAILABLE'));
});

test('a router asks no subgraph where no time left could be kept', () => {
  expect(() => heldFor(new WeakMap(), undefined)).toThrow('no client’s request');
  expect(() => heldFor(new WeakMap(), {})).toThrow('no client’s request');
});
