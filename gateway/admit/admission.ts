import { setTimeout as pause } from 'node:timers/promises';
import { HubError } from '../../schema/errors.ts';

/** Most requests with new operations that may wait. Known operations never wait. */
const MAX_WAITING = 200;

/** New operations take at most one part in this many of the event loop's time; known ones get the rest. */
const PARTS = 4;

/** A new operation's turn. */
export interface Turn {
  /**
   * From here on the operation costs this thread no more than a known one, but it has still to be planned elsewhere.
   */
  readonly passed: () => void;
  /** Lets the next one in once the others have had their time. A second call does nothing. */
  readonly leave: () => void;
}

/**
 * Lets new operations in one after the other, each until it is planned. To read, bound and validate one takes this
 * process's only thread for milliseconds, many times as long as a known one takes. After each, the others get the
 * thread for three times as long.
 */
export class Admission {
  readonly #waiting: (() => void)[] = [];
  #busy = false;

  /**
   * Resolves with the operation's turn, which must be left when the operation is planned or rejected. Fails with
   * RATE_LIMITED if too many wait, and with DEADLINE_EXCEEDED if its turn comes too late.
   *
   * @param isTooLate returns true when nobody would get the answer any more.
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
        'Too many new operations arrived at once. Try again shortly, or reuse known operations with variables.',
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
