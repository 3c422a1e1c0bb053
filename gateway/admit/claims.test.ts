import { describe, expect, test } from '@jest/globals';
import { claimAt, rolesIn } from './claims.ts';

describe('a claim’s path', () => {
  const of = { value: ['MENTOR'] };

  test.each<[string, string, object]>([
    ['a name', 'roles', { roles: of }],
    ['Keycloak’s roles of the realm', 'realm_access.roles', { realm_access: { roles: of } }],
    ['Keycloak’s roles of a client', 'resource_access.samsyn.roles', { resource_access: { samsyn: { roles: of } } }],
    [
      'the same, of a client with dots in its id',
      'resource_access.samsyn.example.se.roles',
      { resource_access: { 'samsyn.example.se': { roles: of } } },
    ],
    ['Auth0’s namespaces', 'https://samsyn.example.se/roles', { 'https://samsyn.example.se/roles': of }],
    [
      'AD FS’s URIs',
      'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
      { 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role': of },
    ],
    ['Cognito’s groups', 'cognito:groups', { 'cognito:groups': of }],
    ['Hydra’s session', 'ext.roles', { ext: { roles: of } }],
    ['a namespace inside another claim', 'ext.https://id.example/roles', { ext: { 'https://id.example/roles': of } }],
    ['Entra’s attributes', 'extn.agency', { extn: { agency: of } }],
  ])('may be %s', (_, path, claims) => {
    expect(claimAt(claims, path)).toBe(of);
  });

  test.each<[string, unknown]>([
    ['roles', {}],
    ['roles', null],
    ['roles', 'roles'],
    ['a.b', { a: 'b' }],
    ['a.b', { a: null }],
    ['constructor.name', {}],
    ['__proto__.x', {}],
    ['roles.length', { roles: [] }],
    ['.roles', { roles: of }],
  ])('%j of %j leads nowhere', (path, claims) => {
    expect(claimAt(claims, path)).toBe(undefined);
  });

  test('takes the longest name that is there', () => {
    expect(claimAt({ a: { 'b.c': 1, b: { c: 2 } }, 'a.b': { c: 3 } }, 'a.b.c')).toBe(3);
    expect(claimAt({ a: { b: { c: 2 } }, 'a.b': {} }, 'a.b.c')).toBe(2);
  });
});

describe('C1 a roles claim', () => {
  test.each<[unknown, string[]]>([
    ['MENTOR', ['MENTOR']],
    ['MENTOR CASEWORKER', ['MENTOR', 'CASEWORKER']],
    ['MENTOR,CASEWORKER', ['MENTOR', 'CASEWORKER']],
    [' admin,  MENTOR ,\tCASEWORKER ', ['MENTOR', 'CASEWORKER']],
    [
      ['CASEWORKER', 'MENTOR', 'MENTOR'],
      ['MENTOR', 'CASEWORKER'],
    ],
    [['MENTOR CASEWORKER'], ['MENTOR', 'CASEWORKER']],
    [[{ value: 'MENTOR' }], ['MENTOR']],
    [
      [{ value: 'MENTOR', display: 'Lots', type: 'x', primary: true }, 'CASEWORKER'],
      ['MENTOR', 'CASEWORKER'],
    ],
    [{ value: ['MENTOR'] }, ['MENTOR']],
    [[['SYSTEM']], ['SYSTEM']],
    ['AUDITOR', ['AUDITOR']],
    [['AUDITOR', 'admin', 7, null], ['AUDITOR']],
  ])('%j states %j', (claim, roles) => {
    expect(rolesIn(claim)).toEqual(roles);
  });

  test.each<unknown>([
    undefined,
    null,
    7,
    true,
    '',
    [],
    {},
    'mentor',
    'MENTOR;CASEWORKER',
    { MENTOR: true },
    [{ display: 'MENTOR' }],
  ])('%j states none', (claim) => {
    expect(rolesIn(claim)).toEqual([]);
  });

  test.each<unknown>([
    ['MENTOR', 'AUDITOR'],
    'MENTOR AUDITOR',
    'AUDITOR,MENTOR',
    ['MENTOR', 'x AUDITOR'],
    ['MENTOR', ['x', ['AUDITOR']]],
    ['MENTOR', { value: 'AUDITOR' }],
    [{ value: 'MENTOR' }, { value: ['x', 'AUDITOR'] }],
    [{ value: 'MENTOR', display: 'AUDITOR' }],
    ['MENTOR', { name: 'AUDITOR' }],
    ['MENTOR', { AUDITOR: {} }],
    { value: 'MENTOR', type: { of: ['AUDITOR'] } },
  ])('%j states AUDITOR beside another role', (claim) => {
    expect([...rolesIn(claim)].sort()).toEqual(['AUDITOR', 'MENTOR']);
  });
});
