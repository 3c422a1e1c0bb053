import { expect, test } from '@jest/globals';
import { newKeyPair } from '../../process/key-pair.ts';
import { folderNamed } from '../folders.ts';
import { servingConfiguration } from './serving-configuration.ts';

const { publicKey } = newKeyPair();
const right = {
  SAMSYN_SCHOOL_PORT: '0',
  SAMSYN_SCHOOL_DATABASE_URL: 'postgresql://127.0.0.1:1/none',
  SAMSYN_SCHOOL_AUTHORIZE_URL: 'postgresql://127.0.0.1:1/none',
  SAMSYN_ASSERTION_PUBLIC_KEY: publicKey,
};

test('takes another key of routers, and none', () => {
  const school = folderNamed('school');
  expect(servingConfiguration(right, school).routerKey).toBe(null);
  const routerKey = newKeyPair().publicKey;
  const given = { ...right, SAMSYN_ROUTER_ASSERTION_PUBLIC_KEY: routerKey };
  expect(servingConfiguration(given, school).routerKey).toBe(routerKey);
});

test.each([publicKey, publicKey.replaceAll('\n', '\r\n')])('refuses the gateway’s key as the routers’', (key) => {
  const school = folderNamed('school');
  expect(() => servingConfiguration({ ...right, SAMSYN_ROUTER_ASSERTION_PUBLIC_KEY: key }, school)).toThrow(
    'expected another key than SAMSYN_ASSERTION_PUBLIC_KEY',
  );
});
