import { setTimeout as pause } from 'node:timers/promises';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { type Entrant, WaitingOperations } from '../../waiting-operations.ts';
import type { Operation } from '../prepare/operation.ts';
import type { Planner } from './planner.ts';
import { type Step, stepOf } from './steps.ts';

/** Characters of text of the planned operations that are remembered; the least recently used is dropped first. */
export const REMEMBERED_CHARACTERS = 500_000;

/** Operations planned at once: the planner takes a core for tens of milliseconds that known operations need too. */
export const MAX_PLANNING = 1;

/** An operation with its plan. */
export interface Planned {
  readonly operation: Operation;
  /** null if no subgraph is needed. */
  readonly step: Step | null;
}

/** The operation to be planned, and the values of its conditions. */
export interface PlanRequest {
  readonly document: DocumentNode;
  /** The document's text. */
  readonly source: string;
  readonly name: string | null;
  /** One character for the value of each of the operation's conditions. */
  readonly conditions: string;
}

/**
 * Plans operations off the event loop, few at once and by caller in turn, and remembers the plans. An operation that has been
 * validated may need many: it has one for each combination of its conditions' values.
 */
export class PlanCache {
  readonly #planner: Planner;
  readonly #plans = new LRUCache<string, Planned>({
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: (_, text) => text.length,
  });
  /** The last plan used for each document, found without reading the text again. */
  readonly #ofDocument = new WeakMap<DocumentNode, { readonly variant: string; readonly planned: Planned }>();
  readonly #pending = new Map<string, Promise<Planned>>();
  readonly #waiting = new WaitingOperations();
  #running = 0;

  constructor(planner: Planner) {
    this.#planner = planner;
  }

  /**
   * The plan of the operation called `name` in `source`, which was parsed to `document`, for the given values of its
   * conditions. `prepare` is called if the plan is not known yet.
   *
   * Fails as WaitingOperations does if it has to wait for its turn, and as the planner does.
   */
  plan(
    { document, source, name, conditions }: PlanRequest,
    entrant: Entrant,
    prepare: () => Operation,
  ): Planned | Promise<Planned> {
    const variant = `${name ?? ''} ${conditions}`;
    const last = this.#ofDocument.get(document);
    if (last?.variant === variant) return last.planned;
    const key = `${variant}\n${source}`;
    const known = this.#plans.get(key);
    if (known !== undefined) {
      this.#ofDocument.set(document, { variant, planned: known });
      return known;
    }
    return this.#pending.get(key) ?? this.#inTurn(key, entrant, () => this.#begin(key, name, prepare));
  }

  /** Begins at the caller's turn, unless somebody else has begun the same meanwhile. */
  async #inTurn(key: string, entrant: Entrant, begin: () => Promise<Planned>): Promise<Planned> {
    if (this.#running < MAX_PLANNING) this.#running += 1;
    else await this.#waiting.wait(entrant);
    const learnt = this.#plans.get(key) ?? this.#pending.get(key);
    if (learnt === undefined) return begin();
    this.#next();
    return learnt;
  }

  #begin(key: string, name: string | null, prepare: () => Operation): Promise<Planned> {
    const pending = this.#make(name, prepare)
      .then((planned) => {
        this.#plans.set(key, planned);
        return planned;
      })
      .finally(() => this.#pending.delete(key));
    this.#pending.set(key, pending);
    return pending;
  }

  async #make(name: string | null, prepare: () => Operation): Promise<Planned> {
    const begun = performance.now();
    try {
      // Known operations get the thread first, because validation has just held it.
      await new Promise(setImmediate);
      const operation = prepare();
      if (operation.text === null) return { operation, step: null };
      const plan = await this.#planner.plan(operation.text, name);
      return { operation, step: plan === null ? null : stepOf(plan) };
    } finally {
      void this.#rest(performance.now() - begun);
    }
  }

  /** Leaves the core to the others for as long again. */
  async #rest(tookMs: number): Promise<void> {
    await pause(tookMs);
    this.#next();
  }

  /** Hands the turn to the next one, so that nobody who comes just now takes it as well. */
  #next(): void {
    if (!this.#waiting.next()) this.#running -= 1;
  }
}
