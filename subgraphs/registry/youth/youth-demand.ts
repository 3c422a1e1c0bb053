import type { Demand } from '../change/change.ts';
import { COORDINATED } from '../entry/membership.ts';

/**
 * How a mutation about a youth finds out: for a coordinator of the lead agency; once there is a group, for one who holds its
 * coordinator's seat.
 */
export function youthDemand(mutation: string): Demand {
  return {
    mutation,
    revises: 'youth',
    standing: `SELECT own.id AS agency, NULL::uuid AS "groupId", y.id AS youth, NULL::uuid AS programme
      FROM registry.youth y JOIN registry.agency own ON own.id = y.lead_agency AND own.code = $7
      WHERE y.id = $8 AND $6 & 1 <> 0 AND $6 & 32 = 0 AND (
        NOT EXISTS (SELECT FROM registry.intervention_group g WHERE g.youth = y.id AND g.ended_at IS NULL)
        OR EXISTS (SELECT FROM ${COORDINATED} WHERE g.youth = y.id)
      )`,
  };
}
