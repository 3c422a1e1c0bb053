import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import type { OperationIdentity } from '../../schema/caller.ts';

/** The errors with the id of their request, by which those who run the hub find it in the logs. */
export function withRequestId(errors: readonly GraphQLFormattedError[], requestId: string): GraphQLFormattedError[] {
  return errors.map((error) => ({ ...error, extensions: { ...error.extensions, requestId } }));
}

/** Gives every error of an operation's answer the id of its request. */
export const addRequestId: ApolloServerPlugin<{ readonly operation: OperationIdentity }> = {
  async requestDidStart() {
    return {
      async willSendResponse({ response: { body }, contextValue }) {
        if (body.kind !== 'single' || body.singleResult.errors === undefined) return;
        const { requestId } = contextValue.operation;
        body.singleResult.errors = withRequestId(body.singleResult.errors, requestId);
      },
    };
  },
};
