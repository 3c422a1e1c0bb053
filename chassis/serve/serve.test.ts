import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Child, startChild } from '../../hub/child.ts';
import { until } from '../../test/faults/until.ts';
import { TestAuthority, type TestCertificate } from '../../test/setup/certificates.ts';

const authority = new TestAuthority('authority');
const folder = mkdtempSync(join(tmpdir(), 'samsyn-management-'));
let school: Child;

beforeAll(async () => {
  write(authority.issue('school'));
  school = await startChild({
    name: 'school',
    entry: 'chassis/serve/serve.ts',
    args: ['school'],
    env: {
      SAMSYN_SCHOOL_PORT: '0',
      SAMSYN_MANAGEMENT_PORT: '0',
      // No request of this test reaches a database.
      SAMSYN_SCHOOL_DATABASE_URL: 'postgresql://127.0.0.1:1/none',
      SAMSYN_SCHOOL_AUTHORIZE_URL: 'postgresql://127.0.0.1:1/none',
      SAMSYN_ASSERTION_PUBLIC_KEY: generateKeyPairSync('ed25519')
        .publicKey.export({ type: 'spki', format: 'pem' })
        .toString(),
      SAMSYN_SCHOOL_CERTIFICATE_FILE: join(folder, 'certificate'),
      SAMSYN_SCHOOL_KEY_FILE: join(folder, 'key'),
      SAMSYN_GATEWAY_CA: authority.certificate,
    },
    logFile: join(folder, 'school.log'),
  });
}, 60_000);

afterAll(async () => {
  await school.stop();
  rmSync(folder, { recursive: true });
});

function write(certificate: TestCertificate): void {
  for (const [name, text] of Object.entries(certificate)) writeFileSync(join(folder, name), text);
}

/** The name on the certificate that the data's port shows. */
async function nameShown(): Promise<unknown> {
  const { certificate: cert, key } = authority.issue('gateway');
  const socket = connect({ host: '127.0.0.1', port: school.port, ca: authority.certificate, cert, key });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return subject.CN;
}

/** The status of an answer on the data's port, to a client with this certificate. */
async function statusFor(path: string, method: string, own: TestCertificate | null): Promise<number | undefined> {
  const shown = own === null ? {} : { cert: own.certificate, key: own.key };
  const asked = request({ host: '127.0.0.1', port: school.port, path, method, ca: authority.certificate, ...shown });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

const management = (path: string) => `http://127.0.0.1:${school.managementPort}${path}`;

test('shows the health of a subgraph over TLS to clients without a certificate', async () => {
  const response = await fetch(management('/health'));
  expect([response.status, await response.text()]).toEqual([200, '{"status":"ok"}']);
});

test.each(['GET', 'POST', 'OPTIONS'])('serves nothing else there, and no GraphQL by %s', async (method) => {
  const body = method === 'POST' ? JSON.stringify({ query: '{ __typename }' }) : null;
  const headers = { 'content-type': 'application/json' };
  const statuses = ['/graphql', '/', '/health/graphql', '/health?query={__typename}'].map(async (path) => {
    const response = await fetch(management(path), { method, body, headers });
    return [response.status, await response.text()];
  });
  for (const answer of await Promise.all(statuses)) expect(answer).toEqual([404, '{"status":"not found"}']);
});

test('answers only reads of health', async () => {
  expect((await fetch(management('/health'), { method: 'POST', body: '{}' })).status).toBe(405);
});

test('shows health beyond the loopback only if an address is set', async () => {
  const others = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  for (const { address, family, internal } of others) {
    if (internal || family !== 'IPv4') continue;
    await expect(fetch(`http://${address}:${school.managementPort}/health`)).rejects.toThrow('fetch failed');
  }
});

test('rejects clients without a certificate on the data’s port, even for health', async () => {
  for (const path of ['/graphql', '/health']) await expect(statusFor(path, 'POST', null)).rejects.toThrow();
});

test('asks clients with a certificate on the data’s port for an assertion, and shows no health', async () => {
  const gateway = authority.issue('gateway');
  expect(await statusFor('/graphql', 'POST', gateway)).toBe(401);
  expect(await statusFor('/health', 'GET', gateway)).toBe(404);
});

test('shows a renewed certificate without a restart, and keeps it if the next one is broken', async () => {
  const logged = (message: string) =>
    until(message, () => readFileSync(join(folder, 'school.log'), 'utf8').includes(message) || undefined);
  write(authority.issue('school renewed'));
  await logged('certificates renewed');
  expect(await nameShown()).toBe('school renewed');
  writeFileSync(join(folder, 'key'), authority.issue('other').key);
  school.kill('SIGHUP');
  await logged('SAMSYN_SCHOOL_KEY is wrong: expected the key of SAMSYN_SCHOOL_CERTIFICATE');
  expect(await nameShown()).toBe('school renewed');
});
