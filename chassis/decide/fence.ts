import type { GraphQLField, GraphQLFieldResolver } from 'graphql';
import { waitForFence } from '../../process/fence-wait.ts';
import { FENCED_LIMIT_MS } from '../../schema/deadline.ts';
import { HubError } from '../../schema/errors.ts';
import type { HubContext } from './context.ts';

type Resolver = GraphQLFieldResolver<unknown, HubContext>;

/** True if the field is labelled @fenced. */
export function isFenced(field: GraphQLField<unknown, HubContext>): boolean {
  return field.astNode?.directives?.some((directive) => directive.name.value === 'fenced') ?? false;
}

/**
 * Makes a mutation that can end a permission answer only when no response decided under it can still be released (C14).
 * The wait counts from this process's own reading of the committed change, on its monotonic clock. It is left to the gateway where
 * the assertion states that the gateway waits. A retry, a call that finds the change already made, and a call that fails because of
 * it wait as long. A change that has found that it ended no permission does not wait.
 */
export function fence(commit: Resolver): Resolver {
  return async (parent, args, context, info) => {
    context.response.exempt(FENCED_LIMIT_MS);
    context.isFenced = true;
    try {
      const answer: unknown = await commit(parent, args, context, info);
      if (context.mayHaveEnded) await standBy(context);
      return answer;
    } catch (fault) {
      if (tellsState(fault)) await standBy(context);
      throw fault;
    }
  };
}

async function standBy(context: HubContext): Promise<void> {
  context.awaitsFence = true;
  if (!context.gatewayWaits) await waitForFence(performance.now());
}

/** True if the fault reveals state: a conflict shows that something has ended already. Denials and wrong inputs show nothing. */
function tellsState(fault: unknown): boolean {
  return fault instanceof HubError && fault.extensions.code === 'CONFLICT';
}
