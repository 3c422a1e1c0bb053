import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { folderNamed, runtimeLogin } from '../../chassis/folders.ts';
import { createApp } from '../../gateway/app.ts';
import { SubgraphPools } from '../../gateway/ask/subgraph-pools.ts';
import { createTransport, type GatewayContext } from '../../gateway/ask/transport.ts';
import { createEngine } from '../../gateway/engine/engine.ts';
import { CONSTANT_MESSAGES } from '../../schema/errors.ts';
import { newAssertionKeys } from '../setup/assertion-keys.ts';
import { TestAuthority, type TestCertificate } from '../setup/certificates.ts';
import { registryServer } from '../setup/registry-subgraph.ts';

const CALLER = { subject: 'p-1', actor: null, agency: 'school:skovde', roles: ['CASEWORKER'] as const };
const SUPERGRAPH = readFileSync(new URL('../../schema/generated/supergraph.graphql', import.meta.url), 'utf8');

const authority = new TestAuthority('authority');
const { certificate, key } = authority.issue('registry');

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A client's answer from a gateway with this certificate, whose registry serves over TLS; and why the subgraph failed. */
async function askThrough(own: TestCertificate | null): Promise<{ answer: unknown; failures: string[] }> {
  const keys = await newAssertionKeys();
  // Who the caller is stands in the assertion: no database is asked.
  const urls = { [runtimeLogin(folderNamed('registry')).variable]: 'postgresql://127.0.0.1:1/none' };
  const tls = { certificate, key, clientCa: authority.certificate };
  const registry = await registryServer(urls, { assertionKey: keys.verifying, tls });
  closers.push(registry.end);
  await registry.app.listen({ port: 0, host: '127.0.0.1' });
  const pools = new SubgraphPools({ ca: authority.certificate, certificate: null, key: null, ...own });
  closers.unshift(() => pools.close());
  pools.route({ registry: `https://127.0.0.1:${(registry.app.server.address() as AddressInfo).port}/graphql` });
  const failures: string[] = [];
  const onFailure = (subgraph: string, why: string) => failures.push(`${subgraph}: ${why}`);
  const app = await createApp({
    engine: createEngine<GatewayContext>({
      supergraph: SUPERGRAPH,
      transport: createTransport({ pools, assertionKey: keys.signing, onFailure }),
    }),
    authenticate: async () => CALLER,
    published: { names: new Map(), texts: [] },
    introspection: false,
    log: pino({ level: 'silent' }),
  });
  closers.unshift(() => app.close());
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ me { subject agency } }' }),
  });
  return { answer: await response.json(), failures };
}

test('a subgraph answers, over TLS, the gateway that shows its certificate', async () => {
  const { answer, failures } = await askThrough(authority.issue('gateway'));
  expect(answer).toEqual({ data: { me: { subject: 'p-1', agency: 'school:skovde' } } });
  expect(failures).toEqual([]);
});

test.each<[string, TestCertificate | null]>([
  ['no certificate', null],
  ['an expired certificate', authority.issue('gateway', Date.now() - 60_000)],
  ['a certificate of another authority', new TestAuthority('other').issue('gateway')],
])('a gateway with %s gets nothing from it', async (_, own) => {
  const { answer, failures } = await askThrough(own);
  const error = {
    message: CONSTANT_MESSAGES.SUBGRAPH_UNAVAILABLE,
    path: ['me'],
    extensions: { code: 'SUBGRAPH_UNAVAILABLE', requestId: expect.any(String) },
  };
  expect(answer).toEqual({ errors: [error], data: null });
  expect(failures).toEqual([expect.stringMatching(/^registry: /)]);
});
