import { type CryptoKey } from 'jose';
import { Pool } from 'undici';
import { type Caller, mintAssertion, type OperationIdentity } from '../schema/caller.ts';
import { RELEASE_DEADLINE_MS, TIME_LEFT_HEADER } from '../schema/deadline.ts';
import { HubError, isErrorCode } from '../schema/errors.ts';
import type { ReleaseHandle } from '../schema/release.ts';
import type { SubgraphAnswer, SubgraphRequest, Transport } from './engine/fetch.ts';

/** Everything that belongs to one client request. */
export interface GatewayContext {
  readonly caller: Caller;
  readonly operation: OperationIdentity;
  readonly release: ReleaseHandle;
  /** Aborts when nobody waits for the answer any more. */
  readonly gone: AbortSignal;
}

/** What the transport stands on. */
export interface TransportParts {
  /** Each subgraph's GraphQL URL, by its name in the supergraph. */
  readonly subgraphs: Readonly<Record<string, string>>;
  /** Ed25519; signs caller assertions. */
  readonly assertionKey: CryptoKey;
  /** Told of a subgraph that gave no usable answer: its name and why, never what it said. */
  readonly onFailure: (subgraph: string, why: string, requestId: string) => void;
  readonly maxAnswerBytes?: number;
}

/** Largest answer of a subgraph: 200 youths' records fit many times. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** What is kept of the remaining time to join the answers, so that a subgraph that hangs costs its own fields only. */
const JOIN_MS = 300;

/** Connections to one subgraph, each with one request in progress. */
const CONNECTIONS = 64;

/** Codes that say that the hub itself asked wrongly: nothing the client could mend. */
const HUBS_OWN_FAULTS: readonly unknown[] = [
  'UNAUTHENTICATED',
  'BAD_REQUEST',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
];

/** Why a subgraph's answer is of no use. */
class Unusable extends Error {
  override readonly name = 'Unusable';
}

/**
 * Sends to subgraphs over pooled HTTP/1.1 connections, never twice, with a caller assertion for that subgraph alone, for
 * as long as the client's request may still be released; lowers that limit to the time left of each answer.
 */
export function createTransport(parts: TransportParts): {
  readonly send: Transport<GatewayContext>;
  close(): Promise<void>;
} {
  const { maxAnswerBytes = MAX_ANSWER_BYTES } = parts;
  const targets = new Map(
    Object.entries(parts.subgraphs).map(([name, address]) => {
      const { origin, pathname, search } = new URL(address);
      const pool = new Pool(origin, { connections: CONNECTIONS, allowH2: false, maxResponseSize: maxAnswerBytes });
      return [name, { pool, path: pathname + search }] as const;
    }),
  );
  return {
    send: async (request, context) => {
      try {
        const target = targets.get(request.subgraph);
        if (target === undefined) throw new Unusable('no URL is configured');
        return await exchange(target, parts.assertionKey, request, context);
      } catch (cause) {
        parts.onFailure(request.subgraph, reasonOf(cause), context.operation.requestId);
        throw HubError.constant('SUBGRAPH_UNAVAILABLE', cause);
      }
    },
    close: async () => {
      await Promise.all([...targets.values()].map(({ pool }) => pool.destroy()));
    },
  };
}

async function exchange(
  target: { readonly pool: Pool; readonly path: string },
  key: CryptoKey,
  request: SubgraphRequest,
  { caller, operation, release, gone }: GatewayContext,
): Promise<SubgraphAnswer> {
  const remaining = Math.floor(release.timeLeft() - JOIN_MS);
  if (remaining <= 0) throw new Unusable('no time is left');
  const assertion = await mintAssertion(
    key,
    request.subgraph,
    caller,
    operation,
    Math.min(remaining, RELEASE_DEADLINE_MS),
  );
  const { statusCode, headers, body } = await target.pool.request({
    method: 'POST',
    path: target.path,
    headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${assertion}` },
    body: JSON.stringify({
      query: request.operation,
      variables: request.variables,
      ...(request.operationName === undefined ? {} : { operationName: request.operationName }),
    }),
    signal: AbortSignal.any([gone, AbortSignal.timeout(remaining)]),
  });
  const answer = answerOf(statusCode, parsed(await body.text()));
  // An answer with data carries a decision; without a time left it may not be released at all.
  if (answer.data !== undefined) release.limitTo(timeLeftOf(headers[TIME_LEFT_HEADER]));
  return answer;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the answer.
    throw new Unusable('the answer is not JSON');
  }
}

function answerOf(status: number, answer: unknown): SubgraphAnswer {
  if (!isObject(answer)) throw new Unusable(`status ${status}, the answer is not an object`);
  const errors = errorsOf(answer.errors);
  const refused = errors.find(({ extensions }) => HUBS_OWN_FAULTS.includes(extensions?.code));
  if (refused !== undefined) throw new Unusable(`status ${status}, ${refused.extensions?.code}`);
  if (status >= 200 && status < 300) {
    const { data = null } = answer;
    if (data !== null && !isObject(data)) throw new Unusable('data is not an object');
    return { data, errors };
  }
  // What is not a success carries no data, whatever it says.
  if (errors.length === 0 || status === 401) throw new Unusable(`status ${status}`);
  return { errors };
}

function errorsOf(errors: unknown): NonNullable<SubgraphAnswer['errors']> {
  if (errors === undefined) return [];
  if (!Array.isArray(errors)) throw new Unusable('errors is not a list');
  return errors.map((error: unknown) => {
    if (!isObject(error) || typeof error.message !== 'string') throw new Unusable('an error has no message');
    const { message, path, extensions } = error;
    const code = isObject(extensions) && isErrorCode(extensions.code) ? extensions.code : 'INTERNAL_SERVER_ERROR';
    return {
      message,
      ...(isPath(path) ? { path } : {}),
      extensions: { ...(isObject(extensions) ? extensions : {}), code },
    };
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPath(path: unknown): path is (string | number)[] {
  return Array.isArray(path) && path.every((key) => typeof key === 'string' || Number.isInteger(key));
}

/** Whole milliseconds from the subgraph request's arrival; 0 when absent or malformed. */
function timeLeftOf(header: string | string[] | undefined): number {
  return typeof header === 'string' && /^\d{1,9}$/.test(header) ? Number(header) : 0;
}

function reasonOf(cause: unknown): string {
  if (cause instanceof Unusable) return cause.message;
  const { name, code } = Object(cause) as { name?: unknown; code?: unknown };
  return [name, code].filter((word) => typeof word === 'string').join(' ');
}
