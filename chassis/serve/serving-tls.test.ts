import { describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '../../process/configuration.ts';
import { TestAuthority } from '../../test/setup/certificates.ts';
import { folderNamed } from '../folders.ts';
import { servingTls } from './serving-tls.ts';

const school = folderNamed('school');
const authority = new TestAuthority('authority');
const { certificate, key } = authority.issue('school');
const GIVEN = {
  SAMSYN_SCHOOL_CERTIFICATE: certificate,
  SAMSYN_SCHOOL_KEY: key,
  SAMSYN_GATEWAY_CA: authority.certificate,
};

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    servingTls(env, school);
  } catch (fault) {
    if (fault instanceof ConfigurationError) return fault.faults;
    throw fault;
  }
  return [];
}

describe('a subgraph', () => {
  test('serves HTTPS with its certificate, to clients of the gateway’s authority', () => {
    expect(servingTls(GIVEN, school)).toEqual({ certificate, key, clientCa: authority.certificate });
  });

  test('serves in clear when nothing is set', () => {
    expect(servingTls({ SAMSYN_POLICE_CERTIFICATE: certificate }, school)).toBeNull();
  });

  test.each(Object.keys(GIVEN))('does not start without %s beside the two others', (missing) => {
    expect(faultsOf({ ...GIVEN, [missing]: '' })).toEqual([
      'SAMSYN_SCHOOL_CERTIFICATE, SAMSYN_SCHOOL_KEY and SAMSYN_GATEWAY_CA belong together: set all three, or none',
    ]);
  });

  test('does not start with another certificate’s key', () => {
    expect(faultsOf({ ...GIVEN, SAMSYN_SCHOOL_KEY: authority.issue('school').key })).toEqual([
      'SAMSYN_SCHOOL_KEY is wrong: expected the key of SAMSYN_SCHOOL_CERTIFICATE',
    ]);
  });

  test('does not start with files that are not PEM, and names them all', () => {
    const canaries = Object.fromEntries(Object.keys(GIVEN).map((name) => [name, 'canary']));
    expect(faultsOf(canaries)).toEqual([
      expect.stringMatching(/^SAMSYN_SCHOOL_CERTIFICATE is wrong/),
      expect.stringMatching(/^SAMSYN_SCHOOL_KEY is wrong/),
      expect.stringMatching(/^SAMSYN_GATEWAY_CA is wrong/),
    ]);
    expect(faultsOf(canaries).join()).not.toContain('canary');
  });
});
