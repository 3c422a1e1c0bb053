import { callerKey } from '../../schema/caller.ts';
import type { Admitting, ClientRequest, Sent } from './asked.ts';
import { chosenOperation } from './chosen-operation.ts';

/**
 * Bounds the operation before it is parsed, validated and planned, and names it by its hash. A new one waits for its
 * turn. Only a `@fenced` mutation gets the longer limit (C14). Fails with LIMIT_EXCEEDED, RATE_LIMITED or
 * DEADLINE_EXCEEDED, and with BAD_REQUEST if the request means no operation of the document. If the query is not a
 * string or not GraphQL, GraphQL over HTTP rejects it later.
 */
export async function admitOperation(asked: ClientRequest, sent: Sent, { known, published }: Admitting): Promise<void> {
  const { query, operationName } = sent;
  if (typeof query !== 'string') return;
  const { request, release, caller } = asked;
  const { hash, document, ...becoming } = await known.admit(query, release, caller === null ? '' : callerKey(caller));
  asked.operation = { hash, name: published.names.get(hash) ?? null, requestId: request.id };
  asked.becoming = becoming;
  if (document === null || !chosenOperation(document.operations, operationName).fenced) return;
  asked.fenced = true;
  release.exempt();
}
