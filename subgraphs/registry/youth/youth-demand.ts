import type { Demand } from '../change/change.ts';

/**
 * How a mutation about a youth finds out: for a coordinator of the lead agency; once there is a group, for one who holds its
 * coordinator's seat.
 */
export function youthDemand(mutation: string): Demand {
  return {
    mutation,
    revises: 'youth',
    standing: `SELECT led.agency, NULL::uuid AS "groupId", led.youth, NULL::uuid AS programme
      FROM registry.youths_led_by(:caller, :roles, :agency) led WHERE led.youth = :thing`,
  };
}
