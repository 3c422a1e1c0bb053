import type { Admitting, ClientRequest, Sent } from './asked.ts';
import type { BoundedDocument } from './bounds.ts';

/**
 * Bounds the operation before it is parsed, validated and planned, and names it by its hash. A new one waits for its
 * turn. Only a `@fenced` mutation gets the longer limit (C14). Fails with LIMIT_EXCEEDED, RATE_LIMITED or
 * DEADLINE_EXCEEDED. If the query is not a string, GraphQL over HTTP rejects it later.
 */
export async function admitOperation(asked: ClientRequest, sent: Sent, { known, published }: Admitting): Promise<void> {
  const { query, operationName } = sent;
  if (typeof query !== 'string') return;
  const { request, release } = asked;
  const { hash, document, ...becoming } = await known.admit(query, release);
  asked.operation = { hash, name: published.get(hash) ?? null, requestId: request.id };
  asked.becoming = becoming;
  if (document === null || !isFenced(document, operationName)) return;
  asked.fenced = true;
  release.exempt();
}

/** True if the operation to be executed is a `@fenced` mutation. */
function isFenced({ operations }: BoundedDocument, operationName: unknown): boolean {
  const named = operations.find(({ name }) => name === operationName);
  const chosen = operationName === undefined || operationName === null ? only(operations) : named;
  return chosen?.fenced ?? false;
}

function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}
