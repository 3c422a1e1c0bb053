/**
 * How long, as PostgreSQL writes intervals, an end is shown as ending after it was recorded: longer than the fence, so
 * that nobody is told of an end before the answer that may tell of it (DESIGN section 4).
 */
const SHOWN_AS_ENDING = '10 seconds';

/** SQL: the instant after which an end is still shown as ending. */
export const SINCE_SHOWN_AS_ENDING: string = `registry.clock() - interval '${SHOWN_AS_ENDING}'`;

/** SQL: is an entry of this instant so old that it tells of no end that is not in force yet? */
export function isToldSql(at: string): string {
  return `${at} <= ${SINCE_SHOWN_AS_ENDING}`;
}

/** SQL: was this end, an instant or null, recorded so lately that it is shown as ending? */
export function isEndingSql(endedAt: string): string {
  return `coalesce(${endedAt} > ${SINCE_SHOWN_AS_ENDING}, false)`;
}

/** SQL: did the version `v` of consent_standing end so lately that it is shown as ending? */
export const VERSION_ENDS: string = isEndingSql('least(v.refused_at, v.withdrawn_at, v.superseded_at)');

/**
 * SQL: was a fact that decides who must sign recorded so lately that what the version `v` of consent_standing may have lost
 * by it is shown as ending? A version that somebody ended, or that was replaced, has lost nothing more.
 */
export const SIGNERS_CHANGE = `(num_nonnulls(v.refused_at, v.withdrawn_at) = 0 AND NOT v.superseded
  AND ${isEndingSql('v.signers_recorded_at')})`;

/** SQL: does the grant `cg` last, or has it ended by itself so lately that it is shown as ending? */
export const GRANT_LASTS_OR_ENDS = `NOT EXISTS (
  SELECT FROM registry.statement_reach reached
  WHERE reached.consent = cg.consent AND reached.consent_grant = cg.id AND NOT ${isEndingSql('reached.ended_at')}
)`;
