import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, expect, test } from '@jest/globals';
import { TestAuthority } from '../../test/setup/certificates.ts';
import { exchange } from './subgraph-exchange.ts';
import { SubgraphPools, type SubgraphTls } from './subgraph-pools.ts';

const HEAD = '{"query":"{a}","variables":';
const REQUEST = { subgraph: 'school', operation: '{a}', head: HEAD, variables: {}, kind: 'query' } as const;
const authority = new TestAuthority('authority');
const gateway = authority.issue('gateway');

const closers: (() => unknown)[] = [];
afterEach(() => Promise.all(closers.splice(0).map((close) => close())));

/**
 * A server that answers only clients whose certificate the authority signed, a list of those clients, and pools that
 * send to it.
 */
async function poolsOverTls(tls: SubgraphTls, answer = (response: ServerResponse) => void response.end('answer')) {
  const { certificate: cert, key } = authority.issue('school');
  const seen: unknown[] = [];
  const options = { cert, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: true };
  const server = createServer(options, (request, response) => {
    seen.push((request.socket as TLSSocket).getPeerCertificate().subject.CN);
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pools = new SubgraphPools(tls);
  pools.route({ school: `https://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` });
  closers.push(() => {
    server.close();
    server.closeAllConnections();
    return pools.close();
  });
  return { pools, seen };
}

function askThrough(pools: SubgraphPools): Promise<string | null> {
  const sending = { headers: {}, gone: new AbortController().signal, limitMs: 5_000 };
  return exchange(pools.to(REQUEST.subgraph), REQUEST, sending).then(
    ({ text }) => text,
    () => null,
  );
}

async function askOverTls(tls: SubgraphTls): Promise<{ text: string | null; seen: unknown[] }> {
  const { pools, seen } = await poolsOverTls(tls);
  return { text: await askThrough(pools), seen };
}

test('shows the gateway’s certificate to a subgraph behind TLS', async () => {
  expect(await askOverTls({ ca: authority.certificate, ...gateway })).toEqual({ text: 'answer', seen: ['gateway'] });
});

test.each<[string, SubgraphTls]>([
  ['the gateway shows no certificate', { ca: authority.certificate, certificate: null, key: null }],
  [
    'the gateway’s certificate is another authority’s',
    { ca: authority.certificate, ...new TestAuthority('other').issue('gateway') },
  ],
  ['the subgraph’s certificate is another authority’s', { ca: new TestAuthority('other').certificate, ...gateway }],
  ['the subgraph’s authority is not known', { ca: null, ...gateway }],
])('sends nothing over TLS when %s', async (_, tls) => {
  expect(await askOverTls(tls)).toEqual({ text: null, seen: [] });
});

test('shows a renewed certificate from then on', async () => {
  const { pools, seen } = await poolsOverTls({ ca: authority.certificate, ...gateway });
  await askThrough(pools);
  pools.renew({ ca: authority.certificate, ...authority.issue('renewed gateway') });
  expect(await askThrough(pools)).toBe('answer');
  expect(seen).toEqual(['gateway', 'renewed gateway']);
});

test('accepts subgraphs with a renewed authority from then on', async () => {
  const { pools } = await poolsOverTls({ ca: new TestAuthority('other').certificate, ...gateway });
  expect(await askThrough(pools)).toBeNull();
  pools.renew({ ca: authority.certificate, ...gateway });
  expect(await askThrough(pools)).toBe('answer');
});

test('answers requests that were sent before a renewal', async () => {
  let finish = (): void => undefined;
  let begun = (): void => undefined;
  const isAsked = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const { pools, seen } = await poolsOverTls({ ca: authority.certificate, ...gateway }, (response) => {
    finish = () => void response.end('answer');
    begun();
  });
  const asked = askThrough(pools);
  await isAsked;
  pools.renew({ ca: authority.certificate, ...authority.issue('renewed gateway') });
  finish();
  expect([await asked, seen]).toEqual(['answer', ['gateway']]);
});

test('changes nothing for certificates that TLS cannot use', async () => {
  const { pools, seen } = await poolsOverTls({ ca: authority.certificate, ...gateway });
  const broken = { ca: authority.certificate, certificate: gateway.certificate, key: authority.issue('other').key };
  expect(() => pools.renew(broken)).toThrow();
  expect([await askThrough(pools), seen]).toEqual(['answer', ['gateway']]);
});
