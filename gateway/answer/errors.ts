import { ApolloServerErrorCode, ApolloServerValidationErrorCode, unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { constantMessage, type ErrorCode, HubError, isErrorCode } from '../../schema/errors.ts';
import { validationMessage, variableMessage } from './validation-messages.ts';

/** Every code that Apollo Server can give an error, and the code that a client gets in its place. */
export const APOLLO_CODES: Readonly<Record<ApolloServerErrorCode | ApolloServerValidationErrorCode, ErrorCode>> = {
  [ApolloServerErrorCode.INTERNAL_SERVER_ERROR]: 'INTERNAL_SERVER_ERROR',
  [ApolloServerErrorCode.GRAPHQL_PARSE_FAILED]: 'GRAPHQL_PARSE_FAILED',
  [ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED]: 'GRAPHQL_VALIDATION_FAILED',
  [ApolloServerErrorCode.PERSISTED_QUERY_NOT_FOUND]: 'BAD_REQUEST',
  [ApolloServerErrorCode.PERSISTED_QUERY_NOT_SUPPORTED]: 'BAD_REQUEST',
  [ApolloServerErrorCode.BAD_USER_INPUT]: 'BAD_USER_INPUT',
  [ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE]: 'BAD_REQUEST',
  [ApolloServerErrorCode.BAD_REQUEST]: 'BAD_REQUEST',
  [ApolloServerValidationErrorCode.INTROSPECTION_DISABLED]: 'GRAPHQL_VALIDATION_FAILED',
  [ApolloServerValidationErrorCode.MAX_RECURSIVE_SELECTIONS_EXCEEDED]: 'LIMIT_EXCEEDED',
};

/** Messages for errors whose own text in Apollo Server could repeat what the client sent. */
export const REQUEST_MESSAGES = {
  BAD_REQUEST:
    'The request is malformed. Send a POST with content-type application/json, whose body is an object with query and, if needed, variables and the operationName of one of its operations.',
  GRAPHQL_PARSE_FAILED: 'The operation is not GraphQL at the place that locations names. Correct it there.',
} as const;

/**
 * An error as it leaves the hub: message, path, locations and a code of the closed set (DESIGN section 7). An
 * unexpected error becomes INTERNAL_SERVER_ERROR.
 */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const code = codeOf(formatted);
  const { path } = formatted;
  // Locations are places in the client's own text; those of a subgraph's error would be in the hub's.
  const locations = path === undefined ? formatted.locations : undefined;
  return {
    message: messageOf(code, formatted.message, unwrapResolverError(error)),
    ...(locations === undefined ? {} : { locations }),
    ...(path === undefined ? {} : { path }),
    extensions: { code, ...passedOn(formatted.extensions) },
  };
}

/** The code of the closed set for an error of any origin. */
export function codeOf({ extensions }: Pick<GraphQLError, 'extensions'> | GraphQLFormattedError): ErrorCode {
  const { code, validationErrorCode } = extensions ?? {};
  return MAPPED.get(validationErrorCode) ?? MAPPED.get(code) ?? (isErrorCode(code) ? code : 'INTERNAL_SERVER_ERROR');
}

const MAPPED: ReadonlyMap<unknown, ErrorCode> = new Map(Object.entries(APOLLO_CODES));

function messageOf(code: ErrorCode, message: string, original: unknown): string {
  switch (code) {
    case 'GRAPHQL_PARSE_FAILED':
      return REQUEST_MESSAGES.GRAPHQL_PARSE_FAILED;
    case 'GRAPHQL_VALIDATION_FAILED':
      return validationMessage(message);
    case 'BAD_REQUEST':
      return original instanceof HubError ? message : REQUEST_MESSAGES.BAD_REQUEST;
    case 'BAD_USER_INPUT':
      return variableMessage(message) ?? message;
    case 'CONFLICT':
    case 'LIMIT_EXCEEDED':
    case 'RATE_LIMITED':
      return message;
    default:
      // C12: the same bytes whatever the cause.
      return constantMessage(code, message);
  }
}

const CATEGORY = /^[a-z][a-z-]*\.[a-z][a-z-]*$/;
const INPUT_FIELD = /^[A-Za-z_][\w.[\]]{0,199}$/;

function passedOn(extensions: GraphQLFormattedError['extensions']): { category?: string; field?: string } {
  const { category, field } = extensions ?? {};
  return {
    ...(typeof category === 'string' && CATEGORY.test(category) ? { category } : {}),
    ...(typeof field === 'string' && INPUT_FIELD.test(field) ? { field } : {}),
  };
}
