import { describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '../process/configuration.ts';
import { newKeyPair } from '../process/key-pair.ts';
import { TestAuthority } from '../test/setup/certificates.ts';
import { gatewayConfiguration } from './config.ts';

const NAMES = ['LEISURE', 'POLICE', 'REGISTRY', 'SCHOOL', 'SOCIAL_SERVICES'];
const SECURE = Object.fromEntries(NAMES.map((name) => [`SAMSYN_${name}_URL`, `https://${name}.example/graphql`]));
const authority = new TestAuthority('authority');
const { certificate, key } = authority.issue('gateway');

/** The faults of the connections to subgraphs. */
function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    gatewayConfiguration(env);
  } catch (fault) {
    if (!(fault instanceof ConfigurationError)) throw fault;
    return fault.faults.filter((each) => /SUBGRAPH|subgraph/.test(each));
  }
  throw new Error('Without an issuer there is always a fault.');
}

describe('certificates for connections to subgraphs', () => {
  test('are taken as PEM', () => {
    const given = {
      SAMSYN_SUBGRAPH_CA: authority.certificate,
      SAMSYN_SUBGRAPH_CERTIFICATE: certificate.replaceAll('\n', '\\n'),
      SAMSYN_SUBGRAPH_KEY: key,
    };
    expect(faultsOf({ ...SECURE, ...given })).toEqual([]);
    expect(faultsOf({ ...SECURE, SAMSYN_SUBGRAPH_CA: authority.certificate })).toEqual([]);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['no certificate', { SAMSYN_SUBGRAPH_CA: 'canary' }, /^SAMSYN_SUBGRAPH_CA is wrong: expected certificates/],
    ['no key', { SAMSYN_SUBGRAPH_KEY: 'canary' }, /^SAMSYN_SUBGRAPH_KEY is wrong: expected a private key/],
    ['a certificate without its key', { SAMSYN_SUBGRAPH_CERTIFICATE: certificate }, /belong together/],
    [
      'another certificate’s key',
      { SAMSYN_SUBGRAPH_CERTIFICATE: certificate, SAMSYN_SUBGRAPH_KEY: authority.issue('other').key },
      /expected the key of SAMSYN_SUBGRAPH_CERTIFICATE/,
    ],
    [
      'a subgraph that is asked in clear',
      { SAMSYN_SUBGRAPH_CA: authority.certificate, SAMSYN_SCHOOL_URL: 'http://school.example/graphql' },
      /expected https/,
    ],
  ])('are refused with %s', (_, given, expected) => {
    const faults = faultsOf({ ...SECURE, ...given });
    expect(faults).toEqual([expect.stringMatching(expected)]);
    expect(faults.join()).not.toContain('canary');
  });
});

describe('the trust in other routers', () => {
  const { privateKey } = newKeyPair();
  const right = {
    ...SECURE,
    SAMSYN_OIDC_ISSUER: 'https://login.example',
    SAMSYN_ASSERTION_PRIVATE_KEY: privateKey,
  };
  const secret = 's'.repeat(43);

  test('is off unless it is configured', () => {
    expect(gatewayConfiguration(right).routers).toBe(null);
  });

  test('is a secret and a key', () => {
    const key = newKeyPair().privateKey;
    const given = { SAMSYN_ROUTER_SECRET: secret, SAMSYN_ROUTER_ASSERTION_PRIVATE_KEY: key };
    expect(gatewayConfiguration({ ...right, ...given }).routers).toEqual({ secret, key });
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['a secret alone', { SAMSYN_ROUTER_SECRET: secret }, /belong together/],
    ['a key alone', { SAMSYN_ROUTER_ASSERTION_PRIVATE_KEY: newKeyPair().privateKey }, /belong together/],
    ['a short secret', { SAMSYN_ROUTER_SECRET: 's'.repeat(42) }, /SAMSYN_ROUTER_SECRET is wrong: expected at least 43/],
    [
      'the key of the gateway’s own assertions',
      { SAMSYN_ROUTER_SECRET: secret, SAMSYN_ROUTER_ASSERTION_PRIVATE_KEY: privateKey },
      /expected another key than SAMSYN_ASSERTION_PRIVATE_KEY/,
    ],
    [
      'that key in other lines',
      { SAMSYN_ROUTER_SECRET: secret, SAMSYN_ROUTER_ASSERTION_PRIVATE_KEY: privateKey.replaceAll('\n', '\r\n') },
      /expected another key than SAMSYN_ASSERTION_PRIVATE_KEY/,
    ],
  ])('is refused with %s', (_, given, expected) => {
    expect(() => gatewayConfiguration({ ...right, ...given })).toThrow(expected);
  });
});
