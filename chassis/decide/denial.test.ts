import { describe, expect, test } from '@jest/globals';
import type { Role } from '../../schema/caller.ts';
import { CONSTANT_MESSAGES, DENIALS } from '../../schema/errors.ts';
import { denialMessage } from './denial.ts';

const messageTo = (agency: string, ...roles: Role[]) =>
  denialMessage('CONSENT_REQUIRED', 'school.attendance', { agency, roles });

describe('a denial of information about a youth', () => {
  test('sends a member of another agency to the coordinator of the group', () => {
    expect(messageTo('police:nationell', 'CASEWORKER')).toBe(CONSTANT_MESSAGES.CONSENT_REQUIRED);
    expect(messageTo('social-services:skovde', 'MENTOR')).toBe(CONSTANT_MESSAGES.CONSENT_REQUIRED);
  });

  test('does not send a coordinator to the coordinator', () => {
    expect(messageTo('social-services:skovde', 'COORDINATOR')).toBe(DENIALS.toCoordinator);
    expect(DENIALS.toCoordinator).not.toMatch(/ask the coordinator/i);
    expect(CONSTANT_MESSAGES.FORBIDDEN).not.toMatch(/ask the coordinator/i);
  });

  test.each(['CASEWORKER', 'SYSTEM', 'COORDINATOR'] as const)('asks %s for no consent to own information', (role) => {
    expect(messageTo('school:skovde', role)).toBe(DENIALS.own);
    expect(DENIALS.own).not.toMatch(/consent/i);
  });

  test('takes the whole name of a sector', () => {
    expect(messageTo('school-health:skovde', 'CASEWORKER')).toBe(CONSTANT_MESSAGES.CONSENT_REQUIRED);
  });
});

test('a denial of anything else has its constant message', () => {
  const caller = { agency: 'school:skovde', roles: ['COORDINATOR'] as const };
  expect(denialMessage('FORBIDDEN', undefined, caller)).toBe(CONSTANT_MESSAGES.FORBIDDEN);
  expect(denialMessage('LOG_UNAVAILABLE', 'school.attendance', caller)).toBe(CONSTANT_MESSAGES.LOG_UNAVAILABLE);
});
