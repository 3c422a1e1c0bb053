import { describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '../process/configuration.ts';
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
