import type { HubContext } from '../../../chassis/decide/context.ts';

/** C1: an auditor has no other role. */
export function isMixedAuditor(context: HubContext): boolean {
  return context.hasRole(['AUDITOR']) && context.caller.roles.length > 1;
}
