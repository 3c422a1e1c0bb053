import type { ShownFault } from '../errors.ts';
import type { JsonObject, Path } from '../json.ts';
import type { Fetch } from '../plan/steps.ts';
import type { Variables } from '../prepare/selections.ts';
import type { Types } from '../prepare/types.ts';
import type { Unidentified } from './represent.ts';

/** A fetch that did not deliver, for some objects, the fields it was sent for. */
export interface Failure {
  readonly fetch: Fetch;
  /** The response key of the `_entities` field concerned; null for root fields. */
  readonly alias: string | null;
  /** The keys that the fetch's output rewrites rename. */
  readonly renames: ReadonlyMap<string, string>;
  /** The objects that lack the fields that the fetch would have delivered. */
  readonly objects: readonly JsonObject[];
  readonly fault: ShownFault;
}

/**
 * A fetch that could not be sent about an object, because a key was missing. It is a loss if another fetch's failure
 * explains that.
 */
export interface Unsent extends Omit<Failure, 'fault' | 'objects'> {
  readonly about: Unidentified;
}

/** The state of one request so far. */
export interface Run {
  readonly types: Types;
  readonly variables: Variables;
  readonly data: JsonObject;
  /** Errors of subgraphs with a place, by data keys. */
  readonly located: { readonly fault: ShownFault; readonly path: Path }[];
  /** Errors without a place, although there is data. */
  readonly unlocated: ShownFault[];
  readonly failures: Failure[];
  readonly unsent: Unsent[];
  /** The number of keys and errors that each subgraph answered unasked, by its name. They are dropped. */
  readonly unasked: Map<string, number>;
}

/** The state of a request of which nothing has been fetched yet. */
export function newRun(types: Types, variables: Variables): Run {
  return { types, variables, data: {}, located: [], unlocated: [], failures: [], unsent: [], unasked: new Map() };
}

/** Counts keys or errors that a subgraph answered unasked. */
export function noteUnasked({ unasked }: Run, { request: { subgraph } }: Fetch, count: number): void {
  if (count > 0) unasked.set(subgraph, (unasked.get(subgraph) ?? 0) + count);
}
