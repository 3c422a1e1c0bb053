import type { GraphQLResponse } from '@apollo/server';
import type { HubContext } from '../decide/context.ts';

/** States in a header when a caller whose budget is spent may ask again. */
export function stateRetry({ retryAfterSeconds }: HubContext, { http }: GraphQLResponse): void {
  if (retryAfterSeconds !== null) http.headers.set('retry-after', String(retryAfterSeconds));
}
