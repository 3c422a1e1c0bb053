import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect } from 'node:tls';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { TestAuthority, type TestCertificate } from '../test/setup/certificates.ts';
import { certificates, privateKey, readConfiguration } from './configuration.ts';
import { createReleasingServer } from './release.ts';
import { renewCertificates } from './renewal.ts';
import { renewTls, type ServerTls } from './tls.ts';

const authority = new TestAuthority('authority');
const successor = new TestAuthority('successor');
const client = authority.issue('gateway');

let folder: string;
let port: number;
/** Resolves with the next log line about certificates. */
let told: () => Promise<unknown>;
const closers: (() => void)[] = [];
/** Starts to follow the files from the state that was read first; returns a function that stops it. */
let follow: () => () => void;
let stop: () => void;

const VARIABLES = {
  certificate: certificates('CERTIFICATE'),
  key: privateKey('KEY'),
  clientCa: certificates('CLIENT_CA'),
};
const read = (env: Record<string, string | undefined>): ServerTls => readConfiguration(env, VARIABLES);

function write(files: Partial<ServerTls>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'samsyn-renewal-'));
  write({ ...authority.issue('first'), clientCa: authority.certificate });
  const env = {
    CERTIFICATE_FILE: join(folder, 'certificate'),
    KEY_FILE: join(folder, 'key'),
    CLIENT_CA_FILE: join(folder, 'clientCa'),
  };
  const used = read(env);
  const server = createReleasingServer((_, response) => void response.end('heard'), 1_000, used);
  const lines: unknown[] = [];
  let wake = (): void => undefined;
  const tell = (line: unknown) => {
    lines.push(line);
    wake();
  };
  told = async () => {
    if (lines.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return lines.shift();
  };
  const log = { info: tell, error: (what: object, message: string) => tell({ ...what, message }) };
  follow = () => renewCertificates({ used, env, read, accept: (tls) => renewTls(server, tls), log });
  stop = follow();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  closers.push(
    () => stop(),
    () => server.close().closeAllConnections(),
  );
});

afterEach(() => {
  for (const close of closers.splice(0)) close();
  rmSync(folder, { recursive: true });
});

/** The name on the server's certificate and what it answers, as a client with this certificate sees them. */
async function seenBy(own: TestCertificate, ca = authority.certificate) {
  const options: ConnectionOptions = { port, host: '127.0.0.1', ca, cert: own.certificate, key: own.key };
  const socket = connect(options);
  closers.push(() => socket.destroy());
  await once(socket, 'secureConnect');
  const name = socket.getPeerCertificate().subject.CN;
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await Promise.race([once(socket, 'end'), once(socket, 'error')]).catch(() => undefined);
  return { name, isHeard: Buffer.concat(chunks).toString().endsWith('heard') };
}

test('shows a renewed certificate without a restart, once its file has changed', async () => {
  expect(await seenBy(client)).toEqual({ name: 'first', isHeard: true });
  write(authority.issue('second'));
  expect(await told()).toBe('certificates renewed');
  expect(await seenBy(client)).toEqual({ name: 'second', isHeard: true });
});

test('uses certificates that were renewed between the first reading and the watch', async () => {
  stop();
  write(authority.issue('second'));
  stop = follow();
  expect(await told()).toBe('certificates renewed');
  expect(await seenBy(client)).toEqual({ name: 'second', isHeard: true });
});

test('renews the authority of the clients too', async () => {
  write({ ...successor.issue('second'), clientCa: successor.certificate });
  process.emit('SIGHUP');
  expect(await told()).toBe('certificates renewed');
  const renewed = await seenBy(successor.issue('gateway'), successor.certificate);
  expect(renewed).toEqual({ name: 'second', isHeard: true });
  expect((await seenBy(client, successor.certificate)).isHeard).toBe(false);
});

test('speaks no older TLS after a renewal either', async () => {
  write(authority.issue('second'));
  process.emit('SIGHUP');
  await told();
  const { certificate: cert, key } = client;
  const older = connect({ port, host: '127.0.0.1', ca: authority.certificate, cert, key, maxVersion: 'TLSv1.2' });
  await expect(once(older, 'secureConnect')).rejects.toThrow();
});

const second = authority.issue('second');

test.each<[string, Partial<ServerTls>, unknown]>([
  ['is no certificate', { certificate: 'canary' }, [expect.stringMatching(/^CERTIFICATE is wrong: expected /)]],
  ['is empty', { key: '' }, [expect.stringMatching(/^KEY is wrong: expected /)]],
  ['has another key', { certificate: second.certificate }, [expect.stringMatching(/^TLS cannot use them \(ERR_/)]],
  [
    'has expired',
    authority.issue('second', Date.now() - 60_000),
    [expect.stringMatching(/^the certificate is valid from .*: expected one that is valid now$/)],
  ],
])('keeps the old one when the new one %s, and logs the reason', async (_, files, faults) => {
  write(files);
  process.emit('SIGHUP');
  const line = await told();
  expect(line).toEqual({
    message: 'the new certificates are broken; the old ones stay in use: correct the files',
    faults,
  });
  expect(JSON.stringify(line)).not.toContain('canary');
  expect(await seenBy(client)).toEqual({ name: 'first', isHeard: true });
});

test('uses certificates once they are corrected', async () => {
  write({ certificate: second.certificate });
  process.emit('SIGHUP');
  expect(await told()).toHaveProperty('faults');
  write({ key: second.key });
  process.emit('SIGHUP');
  let line = await told();
  // The watch may have looked at the broken pair too.
  while (line !== 'certificates renewed') line = await told();
  expect(await seenBy(client)).toEqual({ name: 'second', isHeard: true });
});
