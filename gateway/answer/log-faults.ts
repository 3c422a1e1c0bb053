import type { ApolloServerPlugin } from '@apollo/server';
import type { Logger } from 'pino';
import type { OperationIdentity } from '../../schema/caller.ts';
import { describeFault } from '../log.ts';
import { codeOf } from './errors.ts';

/** Logs unexpected faults, without anything that the client sent. */
export function logFaults(log: Logger): ApolloServerPlugin<{ readonly operation: OperationIdentity }> {
  return {
    async unexpectedErrorProcessingRequest({ requestContext, error }) {
      const { requestId } = requestContext.contextValue.operation;
      log.error({ requestId, fault: describeFault(error) }, 'unexpected fault');
    },
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors, contextValue }) {
          const fault = errors.find((error) => codeOf(error) === 'INTERNAL_SERVER_ERROR');
          if (fault === undefined) return;
          const { requestId } = contextValue.operation;
          log.error({ requestId, fault: describeFault(fault.originalError ?? fault) }, 'fault');
        },
      };
    },
  };
}
