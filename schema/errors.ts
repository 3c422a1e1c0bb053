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
  'IDENTITY_PROVIDER_UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'INTERNAL_SERVER_ERROR',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** The constant messages of the codes that must read the same whatever the cause (C12). */
export const CONSTANT_MESSAGES = {
  UNAUTHENTICATED:
    'A valid access token is required. Get a new one from your identity provider and send it as "Authorization: Bearer <token>".',
  FORBIDDEN: 'Your role, or your relation to the group, does not allow this. Ask your manager.',
  CONSENT_REQUIRED: 'This information needs a consent that covers your agency. Ask the coordinator of the group.',
  SUBGRAPH_UNAVAILABLE: 'The agency that holds this information cannot be reached right now. Try again shortly.',
  LOG_UNAVAILABLE: 'The access log cannot be written, so nothing is released. Try again shortly.',
  IDENTITY_PROVIDER_UNAVAILABLE:
    'The identity provider cannot be reached right now, so no token can be checked. Keep your token and try again shortly.',
  DEADLINE_EXCEEDED: 'The hub ran out of time for this, so it was not released. Ask again, for less at a time.',
  INTERNAL_SERVER_ERROR:
    'Something went wrong in the hub. Try again; if that does not help, report the request id to those who run the hub.',
} as const satisfies Partial<Record<ErrorCode, string>>;

/**
 * The texts that a denial of CONSENT_REQUIRED may carry in place of its constant one. Which one it carries follows from the
 * caller's token and the category alone, so that it says the same whatever the cause (C12).
 */
export const DENIALS = {
  /** The category is of the caller's own sector. */
  own: 'This is your own agency’s information. It needs that you hold a seat in an open group of the youth, or that your agency has assigned the youth to you. Ask your manager.',
  /** The caller is a coordinator, who proposes consents. */
  toCoordinator:
    'This information needs a consent that covers your agency. The consent matrix of a group that you coordinate shows what is missing.',
} as const;

/** The message of an error: the one given, if its code has that among its constant ones, else the code's first. */
export function constantMessage(code: keyof typeof CONSTANT_MESSAGES, given: string): string {
  const isDenial = code === 'CONSENT_REQUIRED' && Object.values<string>(DENIALS).includes(given);
  return isDenial ? given : CONSTANT_MESSAGES[code];
}

/** An error that a client may see. `cause` is for the server's log only. */
export class HubError extends GraphQLError {
  /** Seconds after which asking again is of use, for the header Retry-After; null if nobody knows. */
  readonly retryAfterSeconds: number | null;

  /**
   * @param code one of the closed set.
   * @param message what was expected and what to do next; never the given value, an id, SQL, a URL or a subgraph's name.
   * @param options `field` is the path of the input field at fault, for BAD_USER_INPUT; `retryAfterSeconds` is for RATE_LIMITED.
   */
  constructor(
    code: ErrorCode,
    message: string,
    options: { field?: string; cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    super(message, {
      extensions: { code, ...(options.field === undefined ? {} : { field: options.field }) },
      ...(options.cause instanceof Error ? { originalError: options.cause } : {}),
    });
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
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

/** True for the error of a caller who has to wait. */
export function isRateLimited(fault: unknown): fault is HubError {
  return fault instanceof HubError && fault.extensions.code === 'RATE_LIMITED';
}
