/**
 * The time, as PostgreSQL writes intervals, for which a recorded end is shown as ending. It is longer than the fence, so that nobody
 * learns of an end before the answer that may report it (docs/design.md, section 4).
 */
export const SHOWN_AS_ENDING = '10 seconds';

/** SQL of the instant after which an end is still shown as ending. */
export const SINCE_SHOWN_AS_ENDING: string = `registry.clock() - interval '${SHOWN_AS_ENDING}'`;

/** SQL that is true if an entry of this instant is so old that it reveals no end that is not in force yet. */
export function isToldSql(at: string): string {
  return `${at} <= ${SINCE_SHOWN_AS_ENDING}`;
}

/** SQL that is true if this end, an instant or null, was recorded so lately that it is shown as ending. */
export function isEndingSql(endedAt: string): string {
  return `coalesce(${endedAt} > ${SINCE_SHOWN_AS_ENDING}, false)`;
}

/** SQL that is true if the version `v` of consent_standing ended so lately that it is shown as ending. */
export const VERSION_ENDS: string = isEndingSql('least(v.refused_at, v.withdrawn_at, v.superseded_at)');

/**
 * SQL that is true if a fact that decides who must sign was recorded so lately that the version `v` of consent_standing is shown as
 * ending. A version that was refused, withdrawn or superseded loses nothing more by such a fact.
 */
export const SIGNERS_CHANGE = `(num_nonnulls(v.refused_at, v.withdrawn_at) = 0 AND NOT v.superseded
  AND ${isEndingSql('v.signers_recorded_at')})`;

/** SQL that is true if the grant `cg` lasts, or has ended by itself so lately that it is shown as ending. */
export const GRANT_LASTS_OR_ENDS = `NOT EXISTS (
  SELECT FROM registry.statement_reach reached
  WHERE reached.consent = cg.consent AND reached.consent_grant = cg.id AND NOT ${isEndingSql('reached.ended_at')}
)`;
