import { GraphQLError } from 'graphql';

/** Every error code that a client can get. The set is closed: any other code leaves the hub as INTERNAL_SERVER_ERROR. */
export const ERROR_CODES = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'CONSENT_REQUIRED',
  'BAD_USER_INPUT',
  'CONFLICT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'LIMIT_EXCEEDED',
  'RATE_LIMITED',
  'SUBGRAPH_UNAVAILABLE',
  'LOG_UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'INTERNAL_SERVER_ERROR',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** The constant messages of the codes that must read the same whatever the cause (C12). */
export const CONSTANT_MESSAGES = {
  UNAUTHENTICATED:
    'A valid access token is required. Get a new one from your identity provider and send it as "Authorization: Bearer <token>".',
  FORBIDDEN: 'Your role, or your relation to the group, does not allow this. Ask the coordinator or your manager.',
  CONSENT_REQUIRED: 'This information needs a consent that covers your agency. Ask the coordinator of the group.',
  SUBGRAPH_UNAVAILABLE: 'The agency that holds this information cannot be reached right now. Try again shortly.',
  LOG_UNAVAILABLE: 'The access log cannot be written, so nothing is released. Try again shortly.',
  DEADLINE_EXCEEDED:
    'The answer took too long after its decision, so it was not released. Ask again, for less at a time.',
  INTERNAL_SERVER_ERROR:
    'Something went wrong in the hub. Try again; if that does not help, report the request id to those who run the hub.',
} as const satisfies Partial<Record<ErrorCode, string>>;

/** An error that a client may see. `cause` is for the server's log only. */
export class HubError extends GraphQLError {
  /**
   * @param code one of the closed set.
   * @param message what was expected and what to do next; never the given value, an id, SQL, a URL or a subgraph's name.
   * @param options `field` is the path of the input field at fault, for BAD_USER_INPUT.
   */
  constructor(code: ErrorCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, {
      extensions: { code, ...(options.field === undefined ? {} : { field: options.field }) },
      ...(options.cause instanceof Error ? { originalError: options.cause } : {}),
    });
  }

  /** The error of a code whose message is constant. */
  static constant(code: keyof typeof CONSTANT_MESSAGES, cause?: unknown): HubError {
    return new HubError(code, CONSTANT_MESSAGES[code], { cause });
  }
}

/** True if this is one of the codes that a client may see. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return ERROR_CODES.some((known) => known === code);
}
