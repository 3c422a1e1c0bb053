import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, expect, test } from '@jest/globals';
import { TestAuthority } from '../test/setup/certificates.ts';
import { SubgraphPools, type SubgraphTls } from './subgraph-pools.ts';

const HEAD = '{"query":"{a}","variables":';
const REQUEST = { subgraph: 'school', operation: '{a}', head: HEAD, variables: {}, kind: 'query' } as const;
const authority = new TestAuthority('authority');
const gateway = authority.issue('gateway');

const closers: (() => unknown)[] = [];
afterEach(() => Promise.all(closers.splice(0).map((close) => close())));

/** Asks a server that answers only clients whose certificate the authority signed; what came, and who the server saw. */
async function askOverTls(tls: SubgraphTls): Promise<{ text: string | null; seen: unknown[] }> {
  const { certificate: cert, key } = authority.issue('school');
  const seen: unknown[] = [];
  const options = { cert, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: true };
  const server = createServer(options, (request, response) => {
    seen.push((request.socket as TLSSocket).getPeerCertificate().subject.CN);
    response.end('answer');
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
  const sending = { headers: {}, gone: new AbortController().signal, limitMs: 2_000 };
  const text = await pools.ask(REQUEST, sending).then(
    (answer) => answer.text,
    () => null,
  );
  return { text, seen };
}

test('a subgraph behind TLS knows the gateway by its certificate', async () => {
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
])('nothing is asked over TLS when %s', async (_, tls) => {
  expect(await askOverTls(tls)).toEqual({ text: null, seen: [] });
});
