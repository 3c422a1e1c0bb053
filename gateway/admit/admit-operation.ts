import type { Admitting, ClientRequest, Sent } from './asked.ts';
import type { BoundedDocument } from './bounds.ts';

/**
 * Bounds the operation before it is parsed, held against the schema and planned, and names it by its hash. A new one waits
 * for its turn. A `@fenced` mutation alone gets the longer limit (C14). Fails with LIMIT_EXCEEDED, RATE_LIMITED or
 * DEADLINE_EXCEEDED; a text that is no text is left to GraphQL over HTTP.
 */
export async function admitOperation(asked: ClientRequest, sent: Sent, { known, published }: Admitting): Promise<void> {
  const { query, operationName } = sent;
  if (typeof query !== 'string') return;
  const { request, release } = asked;
  const { hash, document, ...becoming } = await known.admit(query, release);
  asked.operation = { hash, name: published.get(hash) ?? null, requestId: request.id };
  asked.becoming = becoming;
  if (document !== null && isFenced(document, operationName)) release.exempt();
}

/** Is the operation that is to be executed a `@fenced` mutation? */
function isFenced({ operations }: BoundedDocument, operationName: unknown): boolean {
  const named = operations.find(({ name }) => name === operationName);
  const chosen = operationName === undefined || operationName === null ? only(operations) : named;
  return chosen?.fenced ?? false;
}

function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}
