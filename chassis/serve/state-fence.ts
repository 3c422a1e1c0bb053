import type { GraphQLResponse } from '@apollo/server';
import { FENCE_HEADER, NO_FENCE } from '../../schema/deadline.ts';
import type { HubContext } from '../decide/context.ts';

/** States in a header that no fence holds back the answer. Without it a gateway that waits in this process's place waits (C14). */
export function stateFence({ awaitsFence }: HubContext, { http }: GraphQLResponse): void {
  if (!awaitsFence) http.headers.set(FENCE_HEADER, NO_FENCE);
}
