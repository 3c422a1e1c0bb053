import { expect, test } from '@jest/globals';
import { startConfiguration } from './start-configuration.ts';

test('has no provider of one’s own unless one is set', () => {
  expect(startConfiguration({ SAMSYN_PORT: '4100' })).toMatchObject({ port: 4100, issuerPort: 4001, provider: null });
  expect(startConfiguration({ SAMSYN_OIDC_ISSUER: '' }).provider).toBe(null);
});

test('hands the gateway the variables of one’s own provider as they are set', () => {
  const provider = {
    SAMSYN_OIDC_ISSUER: 'https://login.example.se',
    SAMSYN_OIDC_ALGORITHMS: 'RS256',
    SAMSYN_CLAIM_ROLES: 'realm_access.roles',
  };
  expect(startConfiguration({ ...provider, SAMSYN_HOST: '0.0.0.0', PATH: '/bin' }).provider).toEqual(provider);
});

test('names every fault of the provider at once', () => {
  const env = { SAMSYN_PORT: 'x', SAMSYN_OIDC_ALGORITHMS: 'HS256', SAMSYN_CLAIM_AGENCY: 'agency' };
  expect(() => startConfiguration(env)).toThrow(
    /^The configuration has 3 faults: SAMSYN_PORT is wrong.*SAMSYN_OIDC_ISSUER is missing.*SAMSYN_OIDC_ALGORITHMS is wrong/,
  );
});
