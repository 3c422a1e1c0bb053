import { setTimeout as pause } from 'node:timers/promises';
import { HubError } from '../../schema/errors.ts';

/** How many requests with new operations may wait. Known operations never wait. */
const MAX_WAITING = 200;

/** Of the event loop's time, new operations take at most one part in this many; the rest is for known ones. */
const PARTS = 4;

/** A new operation's turn. */
export interface Turn {
  /** The operation costs this thread no more than a known one from here on; it has still to be planned, elsewhere. */
  readonly passed: () => void;
  /** Lets the next one in, when the others have had their time. Called again it does nothing. */
  readonly leave: () => void;
}

/**
 * Lets new operations in one after the other, each until it is planned. To read, bound and validate one takes this process's
 * only thread for milliseconds, many times what a known one takes; after each the others get the thread for three times as
 * long.
 */
export class Admission {
  readonly #waiting: (() => void)[] = [];
  #busy = false;

  /**
   * Resolves with the operation's turn, which must be left when it is planned, or refused. Fails with RATE_LIMITED when too
   * many wait, with DEADLINE_EXCEEDED when its turn comes too late.
   *
   * @param isTooLate would nobody get the answer any more?
   */
  async enter(isTooLate: () => boolean): Promise<Turn> {
    if (this.#busy) await this.#wait();
    this.#busy = true;
    if (isTooLate()) {
      this.#next();
      throw HubError.constant('DEADLINE_EXCEEDED');
    }
    const entered = performance.now();
    let tookMs: number | undefined;
    let left = false;
    const passed = () => {
      tookMs ??= performance.now() - entered;
      return tookMs;
    };
    const leave = () => {
      if (!left) void this.#rest(passed());
      left = true;
    };
    return { passed, leave };
  }

  #wait(): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) {
      throw new HubError(
        'RATE_LIMITED',
        'Too many new operations at once. Try again shortly, or reuse known operations with variables.',
      );
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  async #rest(tookMs: number): Promise<void> {
    await pause(tookMs * (PARTS - 1));
    this.#next();
  }

  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy = false;
    else next();
  }
}
