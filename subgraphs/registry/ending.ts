/**
 * How long, as PostgreSQL writes intervals, an end is shown as ending after it was recorded: longer than the fence, so
 * that nobody is told of an end before the answer that may tell of it (DESIGN section 4).
 */
const SHOWN_AS_ENDING = '10 seconds';

/** SQL: was this end, an instant or null, recorded so lately that it is shown as ending? */
export function isEndingSql(endedAt: string): string {
  return `coalesce(${endedAt} > registry.clock() - interval '${SHOWN_AS_ENDING}', false)`;
}
