import { CONSTANT_MESSAGES } from '../schema/errors.ts';

/** The header that carries the request's id, if the server gave the request one. */
export const REQUEST_ID = 'samsyn-request-id';

/** The constant answer in place of a late one. It carries no decision, only the request's id. */
export function lateAnswer(requestId: string | null): Buffer {
  const extensions = { code: 'DEADLINE_EXCEEDED', ...(requestId === null ? {} : { requestId }) };
  return Buffer.from(JSON.stringify({ errors: [{ message: CONSTANT_MESSAGES.DEADLINE_EXCEEDED, extensions }] }));
}
