import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { on, once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { CONSTANT_MESSAGES } from '../schema/errors.ts';
import { TestAuthority, type TestCertificate } from '../test/setup/certificates.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ID = '00000000-0000-4000-8000-000000000001';
const folder = mkdtempSync(join(tmpdir(), 'samsyn-gateway-'));
const keyFile = join(folder, 'issuer.pem');
const children: ChildProcess[] = [];

interface Ran {
  readonly code: number | null;
  readonly stderr: string;
}

interface Running {
  /** Where it listens; null when it ended instead. */
  readonly port: number | null;
  /** Where it tells its health, if it does. */
  readonly managementPort: number | undefined;
  /** What it left when it ended; asks it to end first. */
  stop(): Promise<Ran>;
  /** Asks it to look at its files again, and resolves with what it logs about these. */
  reload(about: 'supergraph' | 'certificates'): Promise<Record<string, unknown>>;
}

/** Starts one of the gateway's programs and waits until it is ready or has ended. */
async function start(entry: string, env: Record<string, string>): Promise<Running> {
  const child = spawn(process.execPath, ['--import', './schema/typescript.js', entry], { cwd: ROOT, env });
  children.push(child);
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ code, stderr }) as Ran);
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended.then(() => [null])]);
  const told = line === null ? null : (JSON.parse(line) as { port: number; managementPort?: number });
  return {
    port: told?.port ?? null,
    managementPort: told?.managementPort,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
    reload: async (about) => {
      const lines = on(createInterface(child.stderr), 'line');
      child.kill('SIGHUP');
      for await (const [line] of lines) if (String(line).includes(about)) return JSON.parse(line);
    },
  };
}

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** A supergraph with these fields of a youth, of one subgraph. */
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
  issuer = await start('gateway/demo-issuer.ts', {
    SAMSYN_DEMO_ISSUER_PORT: '0',
    SAMSYN_DEMO_ISSUER_KEY_FILE: keyFile,
  });
  origin = `http://127.0.0.1:${issuer.port}`;
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
  test('answers a persona of the demo issuer, and a subgraph that is down costs only its fields', async () => {
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
          extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
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
        msg: 'the new supergraph is broken; the old one stays',
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
    const gateway = await start('gateway/main.ts', {
      ...env,
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
      msg: 'the new certificates are broken; the old ones stay',
      faults: ['SAMSYN_SUBGRAPH_KEY is wrong: expected a private key in PEM without a passphrase'],
    });
    expect(await ask()).toEqual(known);
    expect(seen).toEqual(['first', 'second', 'second']);
    expect((await gateway.stop()).code).toBe(0);
    subgraph.close().closeAllConnections();
  });

  test('tells its health, and nothing else, on a management port', async () => {
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

  test('says in one sentence that its port is taken', async () => {
    const { stop } = await start('gateway/main.ts', { ...env, SAMSYN_PORT: String(issuer.port) });
    expect(await stop()).toEqual({
      code: 1,
      stderr: `Port ${issuer.port} is taken: stop what listens there, or choose another port.\n`,
    });
  });
});

describe('the demo issuer', () => {
  const claims = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString());

  test('gives tokens that live a quarter of an hour, on behalf of somebody if asked', async () => {
    const { iat, exp, ...stated } = claims(await token('school-counsellor?act=school-system'));
    expect(exp - iat).toBe(900);
    expect(stated).toEqual({
      iss: origin,
      aud: 'samsyn',
      sub: 'p-3001',
      agency: 'school:skovde',
      roles: ['CASEWORKER'],
      act: { sub: 'system-school-skovde' },
    });
  });

  test('knows nobody else', async () => {
    for (const path of ['nobody', 'constructor', 'school-counsellor?act=nobody']) {
      expect((await fetch(`${origin}/token/${path}`)).status).toBe(404);
    }
  });

  test('answers to no other name', async () => {
    const asked = request({
      port: issuer.port,
      path: '/token/hub-auditor',
      headers: { host: 'rebound.example' },
    }).end();
    const [response] = await once(asked, 'response');
    response.resume();
    expect(response.statusCode).toBe(404);
  });

  test('keeps its key, for itself alone, and says at every start that it is on', async () => {
    const keys = async (at: string) => (await fetch(`${at}/jwks`)).json();
    const again = await start('gateway/demo-issuer.ts', {
      SAMSYN_DEMO_ISSUER_PORT: '0',
      SAMSYN_DEMO_ISSUER_KEY_FILE: keyFile,
    });
    expect(await keys(`http://127.0.0.1:${again.port}`)).toEqual(await keys(origin));
    expect(JSON.stringify(await keys(origin))).not.toContain('"d"');
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
    const { code, stderr } = await again.stop();
    expect([code, stderr]).toEqual([0, expect.stringContaining('the demo issuer is ON')]);
  });

  test('does not start beside a configured issuer', async () => {
    const { port, stop } = await start('gateway/demo-issuer.ts', {
      SAMSYN_DEMO_ISSUER_PORT: '0',
      SAMSYN_OIDC_ISSUER: 'https://login.example',
    });
    expect(port).toBeNull();
    expect(await stop()).toEqual({ code: 1, stderr: expect.stringContaining('another issuer') });
  });
});
