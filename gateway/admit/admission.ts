import { setTimeout as pause } from 'node:timers/promises';
import { InTurn } from '../../process/in-turn.ts';
import { HubError } from '../../schema/errors.ts';

/** New operations of one caller that may wait. Known operations never wait. */
const MAX_WAITING = 200;

/** New operations of all callers that may wait: beyond it, whoever has the most waiting loses the latest. */
const MAX_WAITING_IN_ALL = 2_000;

/** New operations take at most one part in this many of the event loop's time; known ones get the rest. */
const PARTS = 4;

/** The lanes of a caller's urgent and other operations begin so. */
const URGENT = 'urgent';
const OTHER = 'other';

/** A request with a new operation. */
export interface Entrant {
  /** Whose turn it takes; empty where callers are not distinguished. */
  readonly caller: string;
  /** True for an operation that nothing refuses and that passes the caller's others (C6). */
  readonly isUrgent: boolean;
  /** True when nobody would get the answer any more. */
  readonly isTooLate: () => boolean;
  /** Calls `leave` when the request is over, so that it waits no longer. */
  readonly onOver: (leave: () => void) => void;
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

interface Waiting {
  readonly enter: () => void;
  readonly refuse: (fault: HubError) => void;
}

/**
 * Lets new operations in one after the other, by caller in turn, each until it is planned. To read, bound and validate one takes
 * this process's only thread for milliseconds, many times as long as a known one takes. After each, the others get the
 * thread for three times as long.
 */
export class Admission {
  readonly #waiting = new InTurn<Waiting>();
  #busy = false;

  /**
   * Resolves with the operation's turn, which must be left when the operation is planned or rejected. Fails with
   * RATE_LIMITED if too many of the caller's wait, and with DEADLINE_EXCEEDED if its turn comes too late or the request is over.
   */
  async enter(entrant: Entrant): Promise<Turn> {
    if (this.#busy) await this.#wait(entrant);
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

  #wait({ caller, isUrgent, onOver }: Entrant): Promise<void> {
    // Urgent operations have a turn of their own, beside the caller's others.
    const lane = `${isUrgent ? URGENT : OTHER} ${caller}`;
    if (!isUrgent && this.#waiting.sizeOf(lane) >= MAX_WAITING) throw tooMany();
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { enter: resolve, refuse: reject };
      this.#waiting.push(lane, waiting);
      onOver(() => {
        if (this.#waiting.remove(lane, waiting)) reject(HubError.constant('DEADLINE_EXCEEDED'));
      });
      if (this.#waiting.size > MAX_WAITING_IN_ALL) this.#waiting.pop((of) => of.startsWith(OTHER))?.refuse(tooMany());
    });
  }

  async #rest(tookMs: number): Promise<void> {
    await pause(tookMs * (PARTS - 1));
    this.#next();
  }

  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy = false;
    else next.enter();
  }
}

function tooMany(): HubError {
  return new HubError(
    'RATE_LIMITED',
    'Too many new operations arrived at once. Try again shortly, or reuse known operations with variables.',
    { retryAfterSeconds: 1 },
  );
}
