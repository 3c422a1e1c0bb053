import type { HubContext } from '../../../chassis/decide/context.ts';

/** True if the caller is an auditor with another role beside it, which C1 does not allow. */
export function isMixedAuditor(context: HubContext): boolean {
  return context.hasRole(['AUDITOR']) && context.caller.roles.length > 1;
}
