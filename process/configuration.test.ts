import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  ConfigurationError,
  choice,
  choices,
  integer,
  issuerUrl,
  optional,
  pem,
  port,
  readConfiguration,
  string,
  url,
} from './configuration.ts';

const folder = mkdtempSync(join(tmpdir(), 'samsyn-configuration-'));
afterAll(() => rmSync(folder, { recursive: true }));

const keys = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

describe('readConfiguration', () => {
  test('reads values of every kind', () => {
    const spec = {
      name: string('A_NAME', 'a name'),
      port: port('A_PORT'),
      limit: integer('A_LIMIT', 1, 9),
      database: url('A_URL', ['postgresql:']),
      mode: optional(choice('A_MODE', ['on', 'off']), 'off'),
      algorithms: choices('A_LIST', ['ES256', 'EdDSA']),
      key: pem('A_KEY', 'private'),
      other: optional(string('A_OTHER', 'anything'), null),
    };
    const env = {
      A_NAME: 'x',
      A_PORT: '0',
      A_LIMIT: '9',
      A_URL: 'postgresql://u:p@h/d',
      A_LIST: 'EdDSA, ES256',
      A_KEY: keys.privateKey.replaceAll('\n', '\\n'),
    };
    expect(readConfiguration(env, spec)).toEqual({
      name: 'x',
      port: 0,
      limit: 9,
      database: 'postgresql://u:p@h/d',
      mode: 'off',
      algorithms: ['EdDSA', 'ES256'],
      key: keys.privateKey,
      other: null,
    });
  });

  test('reads a value from the file that V_FILE names', () => {
    const path = join(folder, 'key.pem');
    writeFileSync(path, `${keys.publicKey}\n`);
    expect(readConfiguration({ K_FILE: path }, { key: pem('K', 'public') })).toEqual({ key: keys.publicKey.trim() });
  });

  test('names every fault at once, and never a value', () => {
    const env = {
      PORT: '70000',
      LIMIT: '-1',
      MODE: 'canary-mode',
      DB: 'http://canary:secret@host',
      KEY: 'canary-key',
      TWICE: 'canary-twice',
      TWICE_FILE: '/nowhere',
      UNREADABLE_FILE: '/nowhere/at/all',
    };
    const spec = {
      a: port('PORT'),
      b: integer('LIMIT', 0, 5),
      c: choice('MODE', ['on', 'off']),
      d: url('DB', ['postgresql:']),
      e: pem('KEY', 'private'),
      f: string('TWICE', 'a word'),
      g: string('UNREADABLE', 'a word'),
      h: string('MISSING', 'a word'),
    };
    const read = () => readConfiguration(env, spec);
    expect(read).toThrow(
      new ConfigurationError([
        'PORT is wrong: expected a port from 0 to 65535 (0 is any free one)',
        'LIMIT is wrong: expected a whole number from 0 to 5',
        'MODE is wrong: expected one of on, off',
        'DB is wrong: expected a URL that starts with postgresql://',
        'KEY is wrong: expected an Ed25519 private key in PEM, starting with -----BEGIN PRIVATE KEY-----',
        'TWICE is given twice: set it or TWICE_FILE, not both',
        'UNREADABLE cannot be read from the file that UNREADABLE_FILE names (ENOENT): make it readable for this process',
        'MISSING is missing: set it, or MISSING_FILE, to a word',
      ]),
    );
    expect(read).not.toThrow(/canary/);
  });
});

test('accepts an identity provider by https, or by http on this machine alone', () => {
  const { parse } = issuerUrl('AN_ISSUER');
  const right = ['https://login.example', 'http://127.0.0.1:4001', 'http://localhost:4001', 'http://[::1]:4001'];
  const wrong = ['http://login.example', 'http://127.0.0.1.example', 'ftp://127.0.0.1', 'login.example'];
  expect(right.map(parse)).toEqual(right);
  expect(wrong.map(parse)).toEqual(wrong.map(() => undefined));
});
