import type { Demand } from '../change/change.ts';

/**
 * The demand of a mutation about a youth: the caller is a coordinator of the lead agency or, once there is a group, holds its
 * coordinator's seat.
 */
export function youthDemand(mutation: string): Demand {
  return {
    mutation,
    revises: 'youth',
    endsOnlyPermissions: true,
    standing: `SELECT led.agency, NULL::uuid AS "groupId", led.youth, NULL::uuid AS programme
      FROM registry.youths_led_by(:caller, :roles, :agency) led WHERE led.youth = :thing`,
  };
}
