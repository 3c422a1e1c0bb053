import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { CONSTANT_MESSAGES } from '../schema/errors.ts';
import { TestAuthority, type TestCertificate } from '../test/setup/certificates.ts';
import { folder, type Running, start, startIssuer } from '../test/setup/gateway-process.ts';

const ID = '00000000-0000-4000-8000-000000000001';

/** A supergraph with these fields of a youth in one subgraph. */
function supergraph(fields: string, name = 'the-school'): string {
  const typeDefs = parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@shareable"])
    type Query { youth(id: ID!): Youth @shareable }
    type Youth @key(fields: "id") { id: ID! ${fields} }
  `);
  return composeServices([{ name, typeDefs, url: 'http://unused' }]).supergraphSdl ?? '';
}

function supergraphFile(): string {
  const file = join(folder, 'supergraph.graphql');
  writeFileSync(file, supergraph('attendance: String'));
  return file;
}

/** A port that nothing listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

let issuer: Running;
let origin: string;
let env: Record<string, string>;

beforeAll(async () => {
  ({ issuer, origin } = await startIssuer());
  env = {
    SAMSYN_PORT: '0',
    SAMSYN_SUPERGRAPH: supergraphFile(),
    SAMSYN_THE_SCHOOL_URL: `http://127.0.0.1:${await closedPort()}/graphql`,
    SAMSYN_OIDC_ISSUER: origin,
    SAMSYN_ASSERTION_PRIVATE_KEY: generateKeyPairSync('ed25519')
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
  };
});

async function token(path: string): Promise<string> {
  return (await fetch(`${origin}/token/${path}`)).text();
}

describe('the gateway', () => {
  test('answers a persona of the demo issuer, and leaves out only the fields of a subgraph that is down', async () => {
    const gateway = await start('gateway/main.ts', env);
    const response = await fetch(`http://127.0.0.1:${gateway.port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await token('school-counsellor')}` },
      body: JSON.stringify({ query: `{ pupil: youth(id: "${ID}") { id attendance } }` }),
    });
    expect(await response.json()).toEqual({
      errors: [
        {
          message: CONSTANT_MESSAGES.SUBGRAPH_UNAVAILABLE,
          path: ['pupil', 'attendance'],
          extensions: { code: 'SUBGRAPH_UNAVAILABLE', requestId: response.headers.get('samsyn-request-id') },
        },
      ],
      data: { pupil: { id: ID, attendance: null } },
    });
    const { code, stderr } = await gateway.stop();
    expect(code).toBe(0);
    expect(stderr).toContain('the-school');
  });

  test('serves a new supergraph without a restart, and keeps the old one when the new one is broken', async () => {
    const file = join(folder, 'changing.graphql');
    writeFileSync(file, supergraph('attendance: String'));
    const gateway = await start('gateway/main.ts', { ...env, SAMSYN_SUPERGRAPH: file });
    const authorization = `Bearer ${await token('school-counsellor')}`;
    const ask = async (field: string) => {
      const body = JSON.stringify({ query: `{ youth(id: "${ID}") { id ${field} @skip(if: true) } }` });
      const headers = { 'content-type': 'application/json', authorization };
      const response = await fetch(`http://127.0.0.1:${gateway.port}/graphql`, { method: 'POST', headers, body });
      return response.json();
    };
    const known = { data: { youth: { id: ID } } };
    expect(await ask('attendance')).toEqual(known);
    writeFileSync(file, supergraph('attendance: String  incidents: String'));
    expect(await gateway.reload('supergraph')).toMatchObject({ msg: 'supergraph reloaded' });
    expect([await ask('incidents'), await ask('attendance')]).toEqual([known, known]);
    for (const broken of ['type Query {', supergraph('other: Int', 'nobody-knows-where')]) {
      writeFileSync(file, broken);
      expect(await gateway.reload('supergraph')).toMatchObject({
        msg: 'the new supergraph is broken; the old one stays in use: correct the file',
      });
    }
    expect(await ask('incidents')).toEqual(known);
    expect((await gateway.stop()).code).toBe(0);
  });

  test('shows a renewed certificate to subgraphs without a restart, and the old one when the new one is broken', async () => {
    const authority = new TestAuthority('authority');
    const seen: unknown[] = [];
    const school = authority.issue('school');
    const tls = { cert: school.certificate, key: school.key, ca: authority.certificate, requestCert: true };
    const subgraph = createTlsServer(tls, (request, response) => {
      seen.push((request.socket as TLSSocket).getPeerCertificate().subject.CN);
      response.setHeader('samsyn-time-left', '1000').end('{"data":{"youth":{"attendance":"good"}}}');
    });
    subgraph.listen(0, '127.0.0.1');
    await once(subgraph, 'listening');
    const write = (certificate: TestCertificate) => {
      for (const [name, text] of Object.entries(certificate)) writeFileSync(join(folder, `own-${name}`), text);
    };
    write(authority.issue('first'));
    const file = join(folder, 'secured.graphql');
    writeFileSync(file, supergraph('attendance: String'));
    const gateway = await start('gateway/main.ts', {
      ...env,
      SAMSYN_SUPERGRAPH: file,
      SAMSYN_IN_CLEAR_URL: env.SAMSYN_THE_SCHOOL_URL ?? '',
      SAMSYN_THE_SCHOOL_URL: `https://127.0.0.1:${(subgraph.address() as AddressInfo).port}/graphql`,
      SAMSYN_SUBGRAPH_CA: authority.certificate,
      SAMSYN_SUBGRAPH_CERTIFICATE_FILE: join(folder, 'own-certificate'),
      SAMSYN_SUBGRAPH_KEY_FILE: join(folder, 'own-key'),
    });
    const ask = async () => {
      const headers = {
        'content-type': 'application/json',
        authorization: `Bearer ${await token('school-counsellor')}`,
      };
      const body = JSON.stringify({ query: `{ youth(id: "${ID}") { attendance } }` });
      return (await fetch(`http://127.0.0.1:${gateway.port}/graphql`, { method: 'POST', headers, body })).json();
    };
    const known = { data: { youth: { attendance: 'good' } } };
    expect(await ask()).toEqual(known);
    write(authority.issue('second'));
    expect(await gateway.reload('certificates')).toMatchObject({ msg: 'certificates renewed' });
    expect(await ask()).toEqual(known);
    writeFileSync(join(folder, 'own-key'), 'canary');
    expect(await gateway.reload('certificates')).toMatchObject({
      msg: 'the new certificates are broken; the old ones stay in use: correct the files',
      faults: ['SAMSYN_SUBGRAPH_KEY is wrong: expected a private key in PEM without a passphrase'],
    });
    expect(await ask()).toEqual(known);
    writeFileSync(file, supergraph('attendance: String', 'in-clear'));
    expect(await gateway.reload('supergraph')).toMatchObject({
      msg: 'the new supergraph is broken; the old one stays in use: correct the file',
    });
    expect(await ask()).toEqual(known);
    expect(seen).toEqual(['first', 'second', 'second', 'second']);
    expect((await gateway.stop()).code).toBe(0);
    subgraph.close().closeAllConnections();
  });

  test('reports its health, and nothing else, on a management port', async () => {
    const gateway = await start('gateway/main.ts', { ...env, SAMSYN_MANAGEMENT_PORT: '0' });
    const at = `http://127.0.0.1:${gateway.managementPort}`;
    const health = await fetch(`${at}/health`);
    expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }]);
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${await token('school-counsellor')}` };
    const body = JSON.stringify({ query: '{ __typename }' });
    expect((await fetch(`${at}/graphql`, { method: 'POST', headers, body })).status).toBe(404);
    expect((await gateway.stop()).code).toBe(0);
  });

  test('names every fault of its configuration at once, and ends', async () => {
    const { stop } = await start('gateway/main.ts', {
      SAMSYN_SUPERGRAPH: env.SAMSYN_SUPERGRAPH ?? '',
      SAMSYN_INTROSPECTION: 'perhaps',
      SAMSYN_ASSERTION_PRIVATE_KEY: 'canary-key',
    });
    const { code, stderr } = await stop();
    expect(code).toBe(1);
    expect(stderr.match(/SAMSYN_\w+ is (?:missing|wrong)/g)).toEqual([
      'SAMSYN_ASSERTION_PRIVATE_KEY is wrong',
      'SAMSYN_INTROSPECTION is wrong',
      'SAMSYN_OIDC_ISSUER is missing',
      'SAMSYN_THE_SCHOOL_URL is missing',
    ]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('canary');
  });

  test('reports in one sentence that its port is taken', async () => {
    const { stop } = await start('gateway/main.ts', { ...env, SAMSYN_PORT: String(issuer.port) });
    expect(await stop()).toEqual({
      code: 1,
      stderr: `Port ${issuer.port} is taken: stop what listens there, or choose another port.\n`,
    });
  });
});
