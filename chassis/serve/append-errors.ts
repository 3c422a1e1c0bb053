import type { GraphQLResponse } from '@apollo/server';
import type { HubContext } from '../decide/context.ts';

/** Appends the errors of denied fields to the answer as they were noted, with the same bytes for every reason (C12). */
export function appendErrors({ errors }: HubContext, { body }: GraphQLResponse): void {
  if (body.kind !== 'single' || errors.length === 0) return;
  const { singleResult } = body;
  singleResult.errors = [...(singleResult.errors ?? []), ...errors];
}
