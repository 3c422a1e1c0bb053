import { createHash } from 'node:crypto';
import type { PlanNode } from '@graphql-hive/router-query-planner';
import { LRUCache } from 'lru-cache';
import { HubError } from '../../../schema/errors.ts';
import type { Planner } from './planner.ts';
import { PlanningChild, type PlanningEnd, type PlanningTask } from './planning-child.ts';

/** Refused operations that are remembered by their hash. A forgotten one costs another process. */
const MAX_REFUSED = 1_000;

/** Processes that may end one after the other before they can plan; then the operations that wait fail. */
const MAX_FAILED_STARTS = 3;

/**
 * Plans in a process of its own, with another ready in reserve, because an operation can end the planner's process. What
 * else was being planned there is planned again, one by one. An operation that was planned alone when its process ended is
 * refused, now and later. One that takes too long is only refused now.
 */
export class PlanningProcesses implements Planner {
  readonly #supergraph: string;
  readonly #onEnd: () => void;
  readonly #refused = new LRUCache<string, true>({ max: MAX_REFUSED });
  readonly #waiting: PlanningTask[] = [];
  readonly #suspects: PlanningTask[] = [];
  #active: PlanningChild | null = null;
  #reserve: PlanningChild | null = null;
  #failedStarts = 0;
  #closing = false;
  /** True while a suspect is being planned. */
  #isTesting = false;

  /** @param onEnd called when a process has ended that we did not end. */
  constructor(supergraph: string, onEnd: () => void = () => undefined) {
    this.#supergraph = supergraph;
    this.#onEnd = onEnd;
  }

  async ready(): Promise<void> {
    await this.#plansNow().ready;
    this.#keepReserve();
    await this.#reserve?.ready;
  }

  plan(text: string, name: string | null): Promise<PlanNode | null> {
    const key = createHash('sha256')
      .update(`${name ?? ''}\n${text}`)
      .digest('base64');
    return new Promise((resolve, reject) => {
      if (this.#refused.has(key)) throw refusal();
      this.#waiting.push({ text, name, key, suspect: false, resolve, reject });
      this.#sendOn();
    });
  }

  close(): void {
    this.#closing = true;
    this.#endIfIdle();
  }

  /** Sends on what waits: suspects one at a time and alone, everything else together. */
  #sendOn(): void {
    const child = this.#plansNow();
    if (this.#suspects.length === 0 && !this.#isTesting) {
      for (const task of this.#waiting.splice(0)) child.plan(task);
    } else if (child.busy === 0) {
      const [suspect] = this.#suspects.splice(0, 1);
      this.#isTesting = suspect !== undefined;
      if (suspect !== undefined) child.plan(suspect);
    }
  }

  #plansNow(): PlanningChild {
    this.#active ??= this.#start();
    return this.#active;
  }

  #keepReserve(): void {
    if (!this.#closing) this.#reserve ??= this.#start();
  }

  #start(): PlanningChild {
    const child: PlanningChild = new PlanningChild(this.#supergraph, {
      finished: () => this.#goOn(),
      ended: (end) => this.#replace(child, end),
    });
    return child;
  }

  #goOn(): void {
    this.#isTesting = false;
    this.#failedStarts = 0;
    if (this.#suspects.length > 0 || this.#waiting.length > 0) this.#sendOn();
    else this.#endIfIdle();
  }

  /** Puts the reserve in the place of a process that has ended, and judges what that was planning. */
  #replace(child: PlanningChild, end: PlanningEnd): void {
    if (child !== this.#active && child !== this.#reserve) return;
    if (child === this.#active) {
      this.#active = this.#reserve;
      this.#isTesting = false;
    }
    this.#reserve = null;
    this.#onEnd();
    this.#judge(end);
    this.#failedStarts = end.early ? this.#failedStarts + 1 : 0;
    if (this.#failedStarts < MAX_FAILED_STARTS) this.#keepReserve();
    else if (this.#active === null) {
      this.#failAll();
      return;
    }
    if (this.#suspects.length > 0 || this.#waiting.length > 0) this.#sendOn();
    else this.#endIfIdle();
  }

  /**
   * Refuses what was planned alone. If the process was killed from outside or was late, it is planned once more. That one was late is
   * not held against it later: the machine may have stood still.
   */
  #judge({ unfinished, by, early }: PlanningEnd): void {
    const [alone, ...others] = unfinished;
    if (alone !== undefined && others.length === 0 && !early && (alone.suspect || by === 'itself')) {
      if (by !== 'time') this.#refused.set(alone.key, true);
      alone.reject(by === 'time' ? HubError.constant('DEADLINE_EXCEEDED') : refusal());
    } else this.#suspects.push(...unfinished.map((task) => ({ ...task, suspect: true })));
  }

  #failAll(): void {
    const waiting = [...this.#suspects.splice(0), ...this.#waiting.splice(0)];
    for (const { reject } of waiting) reject(new Error('The planning process ends before it can plan.'));
  }

  #endIfIdle(): void {
    if (!this.#closing || (this.#active?.busy ?? 0) > 0 || this.#waiting.length > 0 || this.#suspects.length > 0)
      return;
    const ending = [this.#active, this.#reserve];
    this.#active = null;
    this.#reserve = null;
    for (const child of ending) child?.end();
  }
}

function refusal(): HubError {
  return new HubError(
    'BAD_REQUEST',
    'This operation cannot be planned. Write it in another way: select less of it at a time, or give its fields aliases.',
  );
}
