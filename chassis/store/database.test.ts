import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { TestAuthority, type TestCertificate } from '../../test/setup/certificates.ts';
import { AnsweredKey } from '../change/answered-key.ts';
import { createOrm, createPool } from './database.ts';

const authority = new TestAuthority('authority');
const folder = mkdtempSync(join(tmpdir(), 'samsyn-database-'));
/** The names on the certificates that clients showed to the server; null for a client that asked for no TLS. */
const seen: unknown[] = [];
let server: Server;
let url: string;

/** Starts a server that begins like PostgreSQL, notes the client's certificate and ends the connection. */
beforeAll(async () => {
  const { certificate: cert, key } = authority.issue('postgres');
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (first) => {
      // SSLRequest, 80877103; anything else is a start in clear.
      if (first.length !== 8 || first.readInt32BE(4) !== 80_877_103) {
        seen.push(null);
        socket.destroy();
        return;
      }
      socket.write('S');
      const options = { isServer: true, cert, key, ca: authority.certificate, requestCert: true };
      const secured = new TLSSocket(socket, options);
      secured.on('error', () => undefined);
      secured.once('data', () => {
        seen.push(secured.getPeerCertificate().subject.CN);
        secured.destroy();
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const files = `sslrootcert=${join(folder, 'ca')}&sslcert=${join(folder, 'certificate')}&sslkey=${join(folder, 'key')}`;
  const { port } = server.address() as AddressInfo;
  url = `postgresql://someone:secret@127.0.0.1:${port}/registry?uselibpqcompat=true&sslmode=verify-ca&${files}`;
  writeFileSync(join(folder, 'ca'), authority.certificate);
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  seen.length = 0;
});

function write(certificate: TestCertificate): void {
  for (const [name, text] of Object.entries(certificate)) writeFileSync(join(folder, name), text);
}

test('reads the certificate anew for each connection to a database, so that a renewed one needs no restart', async () => {
  write(authority.issue('first'));
  const pool = createPool(url, 1);
  await expect(pool.query('SELECT 1')).rejects.toThrow();
  write(authority.issue('second'));
  await expect(pool.query('SELECT 1')).rejects.toThrow();
  expect(seen).toEqual(['first', 'second']);
  await pool.end();
});

test('uses TLS in the unit of work if the URL asks for it, and reads its certificate anew too', async () => {
  write(authority.issue('first'));
  const orm = createOrm(url, 'registry', [AnsweredKey]);
  await expect(orm.em.getConnection().execute('SELECT 1')).rejects.toThrow();
  write(authority.issue('second'));
  await expect(orm.em.getConnection().execute('SELECT 1')).rejects.toThrow();
  expect(seen).toEqual(['first', 'second']);
  await orm.close();
});
