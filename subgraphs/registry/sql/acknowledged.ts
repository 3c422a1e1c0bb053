import { isEndingSql } from './ending.ts';

/**
 * SQL that is true if the acknowledgement of the grant `cg` counts for the version `v` of consent_standing (C5): the version was
 * fully signed by then, and the person recorded none of its signatures.
 */
export const ACKNOWLEDGED = `registry.acknowledges(
  cg.acknowledged_at, coalesce(cg.acknowledged_for, cg.acknowledged_by), v.fully_signed_at, v.recorders)`;

/** SQL that is true if the acknowledgement counts, or ceased to so lately that the grant is shown as ending. */
export const ACKNOWLEDGED_OR_ENDS = `(coalesce(cg.acknowledged_at >= v.fully_signed_at, false) AND NOT EXISTS (
  SELECT FROM registry.signature own
  WHERE own.consent = cg.consent AND NOT ${isEndingSql('own.recorded_at')}
    AND coalesce(own.recorded_for, own.recorded_by) = coalesce(cg.acknowledged_for, cg.acknowledged_by)
))`;
