import { HubError } from '../../schema/errors.ts';
import type { Becoming } from '../admit/known-operations.ts';
import { errorsOf, isObject, parsed, reasonOf, Unusable } from '../ask/subgraph-answer.ts';
import { exchange } from '../ask/subgraph-exchange.ts';
import type { SubgraphPools } from '../ask/subgraph-pools.ts';
import type { SubgraphAnswer, Transport } from '../engine/fetch/fetch.ts';

/** Everything that belongs to one request of a generic gateway. */
export interface GenericContext extends Becoming {
  /** The time after which the answer is of no use, on the clock of performance.now(). */
  readonly deadline: number;
  /** Aborts when nobody waits for the answer any more. */
  readonly gone: AbortSignal;
}

/** Sends operations to subgraphs without anything about who asks. */
export function createGenericTransport(
  pools: SubgraphPools,
  onFailure: (subgraph: string, why: string) => void,
): Transport<GenericContext> {
  return async (request, { deadline, gone }) => {
    try {
      const limitMs = Math.floor(deadline - performance.now());
      if (limitMs <= 0) throw new Unusable('no time is left');
      const { text } = await exchange(pools.to(request.subgraph), request, { headers: {}, gone, limitMs });
      return answerOf(parsed(text));
    } catch (cause) {
      onFailure(request.subgraph, reasonOf(cause));
      throw HubError.constant('SUBGRAPH_UNAVAILABLE', cause);
    }
  };
}

/** The answer's GraphQL part; servers differ in the status that they send with errors. */
function answerOf(answer: unknown): SubgraphAnswer {
  if (!isObject(answer)) throw new Unusable('the answer is not an object');
  const { data = null } = answer;
  if (data !== null && !isObject(data)) throw new Unusable('data is not an object');
  return { data, errors: errorsOf(answer.errors, (extensions) => extensions) };
}
