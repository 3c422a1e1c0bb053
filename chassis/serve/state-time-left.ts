import type { GraphQLResponse } from '@apollo/server';
import { TIME_LEFT_HEADER } from '../../schema/deadline.ts';
import type { HubContext } from '../decide/context.ts';

/** States in a header the time left to release the answer, so that the gateway releases it no later (C14). */
export function stateTimeLeft({ response }: HubContext, { http }: GraphQLResponse): void {
  http.headers.set(TIME_LEFT_HEADER, String(Math.floor(response.limit())));
}
