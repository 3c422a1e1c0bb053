import { setTimeout as pause } from 'node:timers/promises';
import { HubError } from '../../schema/errors.ts';
import { type Entrant, WaitingOperations } from '../waiting-operations.ts';

/** New operations take at most one part in this many of the event loop's time; known ones get the rest. */
const PARTS = 4;

/** A request with a new operation. */
export interface Entering extends Entrant {
  /** True when nobody would get the answer any more. */
  readonly isTooLate: () => boolean;
}

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
 * Lets new operations in one after the other, by caller in turn, each until it is planned. To read, bound and validate one takes
 * this process's only thread for milliseconds, many times as long as a known one takes. After each, the others get the
 * thread for three times as long.
 */
export class Admission {
  readonly #waiting = new WaitingOperations();
  #busy = false;

  /**
   * Resolves with the operation's turn, which must be left when the operation is planned or rejected. Fails with
   * RATE_LIMITED if too many of the caller's wait, and with DEADLINE_EXCEEDED if its turn comes too late or the request is over.
   */
  async enter(entrant: Entering): Promise<Turn> {
    if (this.#busy) await this.#waiting.wait(entrant);
    this.#busy = true;
    if (entrant.isTooLate()) {
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

  async #rest(tookMs: number): Promise<void> {
    await pause(tookMs * (PARTS - 1));
    this.#next();
  }

  #next(): void {
    this.#busy = this.#waiting.next();
  }
}
