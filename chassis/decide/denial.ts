import { type Caller } from '../../schema/caller.ts';
import { CONSTANT_MESSAGES, DENIALS } from '../../schema/errors.ts';

/**
 * The message of a denial. It follows from the caller's token and the category alone, never from the youth or the reason (C12):
 * information of the caller's own sector does not need a consent, and a coordinator is not sent to the coordinator.
 */
export function denialMessage(
  code: keyof typeof CONSTANT_MESSAGES,
  category: string | undefined,
  { agency, roles }: Pick<Caller, 'agency' | 'roles'>,
): string {
  if (code !== 'CONSENT_REQUIRED' || category === undefined) return CONSTANT_MESSAGES[code];
  if (sectorOf(category, '.') === sectorOf(agency, ':')) return DENIALS.own;
  return roles.includes('COORDINATOR') ? DENIALS.toCoordinator : CONSTANT_MESSAGES[code];
}

const sectorOf = (code: string, separator: string): string => code.slice(0, code.indexOf(separator));
