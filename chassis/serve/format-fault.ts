import { ApolloServerErrorCode, unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { CONSTANT_MESSAGES, HubError, isErrorCode } from '../../schema/errors.ts';
import { logFault } from '../log.ts';
import { isUnreachable } from '../unreachable.ts';

/** Apollo Server's own codes, outside the closed set, for a request that names no operation which can be carried out. */
const REQUEST_FAULTS: readonly unknown[] = [
  ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE,
  ApolloServerErrorCode.PERSISTED_QUERY_NOT_FOUND,
  ApolloServerErrorCode.PERSISTED_QUERY_NOT_SUPPORTED,
];

const NO_OPERATION =
  'The request names no operation to carry out. Send its text as query, and operationName if it has several.';

/**
 * An error as it leaves the subgraph, with message, path and a code of the closed set. A database that cannot be reached becomes
 * SUBGRAPH_UNAVAILABLE, and any other error that is not meant for clients INTERNAL_SERVER_ERROR. The cause is logged.
 */
export function formatFault(formatted: GraphQLFormattedError, error: unknown, log: Logger): GraphQLFormattedError {
  const original = unwrapResolverError(error);
  const path = formatted.path === undefined ? {} : { path: formatted.path };
  if (original instanceof HubError) {
    if (original.originalError !== undefined) logFault(log, 'resolver', original.originalError);
    return { message: original.message, ...path, extensions: { ...original.extensions } };
  }
  const code = formatted.extensions?.code;
  if (REQUEST_FAULTS.includes(code)) return { message: NO_OPERATION, extensions: { code: 'BAD_REQUEST' } };
  if (isErrorCode(code) && code !== 'INTERNAL_SERVER_ERROR')
    return { message: formatted.message, ...path, extensions: { code } };
  logFault(log, 'resolver', original);
  const told = isUnreachable(original) ? 'SUBGRAPH_UNAVAILABLE' : 'INTERNAL_SERVER_ERROR';
  return { message: CONSTANT_MESSAGES[told], ...path, extensions: { code: told } };
}
