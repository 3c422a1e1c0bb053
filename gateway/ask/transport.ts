import { waitForFence } from '../../process/fence-wait.ts';
import { NoPlace } from '../../process/places.ts';
import type { ReleaseHandle } from '../../process/release.ts';
import {
  type AssertionKey,
  type Caller,
  callerKey,
  mintAssertion,
  type OperationIdentity,
} from '../../schema/caller.ts';
import { FENCE_HEADER, FENCE_MS, NO_FENCE, RELEASE_DEADLINE_MS, TIME_LEFT_HEADER } from '../../schema/deadline.ts';
import { HubError, isErrorCode } from '../../schema/errors.ts';
import type { SubgraphAnswer, SubgraphRequest, Transport } from '../engine/fetch/fetch.ts';
import { errorsOf, isObject, parsed, reasonOf, TooLate, Unusable } from './subgraph-answer.ts';
import { exchange, type RawAnswer } from './subgraph-exchange.ts';
import type { SubgraphPools } from './subgraph-pools.ts';

/** Everything that belongs to one client request. */
export interface GatewayContext {
  readonly caller: Caller;
  readonly operation: OperationIdentity;
  /** True if the operation is a `@fenced` mutation: this gateway then waits for the fence, after the subgraph's answer (C14). */
  readonly fenced: boolean;
  readonly release: ReleaseHandle;
  /** Aborts when nobody waits for the answer any more. */
  readonly gone: AbortSignal;
  /** States in the answer that the caller may ask again after so many seconds; the longest time counts. */
  readonly retryAfter: (seconds: number) => void;
}

/** The parts that the transport uses. */
export interface TransportParts {
  readonly pools: SubgraphPools;
  /** Signs caller assertions. */
  readonly assertionKey: AssertionKey;
  /** Reports a subgraph that gave no usable answer: its name and the reason, never its answer. */
  readonly onFailure: (subgraph: string, why: string, requestId: string) => void;
}

/**
 * Milliseconds of the remaining time reserved to join the answers, so that a hanging subgraph costs only its own
 * fields.
 */
const JOIN_MS = 300;

/** Codes which mean that the hub itself asked wrongly, so the client can correct nothing. */
const HUBS_OWN_FAULTS: readonly unknown[] = [
  'UNAUTHENTICATED',
  'BAD_REQUEST',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
];

/**
 * Sends to subgraphs with a caller assertion for that subgraph alone, for as long as the client's request may still be
 * released. It lowers that limit to the time left of each answer. Without a usable answer it fails with
 * SUBGRAPH_UNAVAILABLE, or with DEADLINE_EXCEEDED if most of the time had gone before the subgraph was asked.
 */
export function createTransport(parts: TransportParts): Transport<GatewayContext> {
  return async (request, context) => {
    const { release } = context;
    const lostMs = release.elapsed();
    try {
      return await ask(parts, request, context);
    } catch (cause) {
      // Nothing is wrong with the subgraph.
      if (cause instanceof HubError) throw cause;
      if (cause instanceof NoPlace) throw HubError.constant('DEADLINE_EXCEEDED', cause);
      // A subgraph is not to blame for time that had gone before it was asked.
      const isLost = lostMs > release.elapsed() - lostMs;
      if (cause instanceof TooLate && isLost) throw HubError.constant('DEADLINE_EXCEEDED', cause);
      parts.onFailure(request.subgraph, reasonOf(cause), context.operation.requestId);
      throw HubError.constant('SUBGRAPH_UNAVAILABLE', cause);
    }
  };
}

async function ask(
  { pools, assertionKey }: TransportParts,
  request: SubgraphRequest,
  { caller, operation, fenced, release, gone, retryAfter }: GatewayContext,
): Promise<SubgraphAnswer> {
  // A fenced mutation is sent even if its answer will come too late for the fence: what ends a permission counts at once (C6).
  const limitMs = () => Math.floor(release.timeLeft() - JOIN_MS);
  if (limitMs() <= 0) throw HubError.constant('DEADLINE_EXCEEDED');
  const target = pools.to(request.subgraph);
  const leave = await target.places.enter(shareOf(caller, fenced), { gone, limitMs: limitMs() });
  let raw: RawAnswer;
  try {
    const lifetimeMs = Math.min(limitMs(), RELEASE_DEADLINE_MS);
    if (lifetimeMs <= 0) throw new NoPlace();
    const assertion = await mintAssertion(assertionKey, request.subgraph, caller, operation, lifetimeMs, fenced);
    const headers = { authorization: `Bearer ${assertion}` };
    raw = await exchange(target, request, { headers, gone, limitMs: limitMs() });
  } finally {
    leave();
  }
  const arrivedAt = performance.now();
  const { status, headers: received, text } = raw;
  const answer = answerOf(status, parsed(text));
  const seconds = wholeOf(received['retry-after']);
  if (seconds > 0) retryAfter(seconds);
  if (fenced && received[FENCE_HEADER] !== NO_FENCE) {
    if (release.timeLeft() <= FENCE_MS) throw HubError.constant('DEADLINE_EXCEEDED');
    await waitForFence(arrivedAt, gone);
  }
  // An answer with data carries a decision; without time left it may not be released at all.
  if (answer.data !== undefined) release.limitTo(wholeOf(received[TIME_LEFT_HEADER]));
  return answer;
}

/** Whose share a request takes: a caller's fenced mutations have one of their own, which no reading keeps them out of. */
function shareOf(caller: Caller, fenced: boolean): string {
  return `${fenced ? 'fenced' : 'other'} ${callerKey(caller)}`;
}

function answerOf(status: number, answer: unknown): SubgraphAnswer {
  if (!isObject(answer)) throw new Unusable(`status ${status}, the answer is not an object`);
  const errors = errorsOf(answer.errors, withClosedCode);
  const refused = errors.find(({ extensions }) => HUBS_OWN_FAULTS.includes(extensions?.code));
  if (refused !== undefined) throw new Unusable(`status ${status}, ${refused.extensions?.code}`);
  if (status >= 200 && status < 300) {
    const { data = null } = answer;
    if (data !== null && !isObject(data)) throw new Unusable('data is not an object');
    return { data, errors };
  }
  // Only a success carries data, whatever the body says.
  if (errors.length === 0 || status === 401) throw new Unusable(`status ${status}`);
  return { errors };
}

function withClosedCode(extensions: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...extensions, code: isErrorCode(extensions.code) ? extensions.code : 'INTERNAL_SERVER_ERROR' };
}

/** The whole number in a header; 0 if it is absent or malformed. */
function wholeOf(header: string | string[] | undefined): number {
  return typeof header === 'string' && /^\d{1,9}$/.test(header) ? Number(header) : 0;
}
