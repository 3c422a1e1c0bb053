import { InTurn } from '../process/in-turn.ts';
import { HubError } from '../schema/errors.ts';

/** New operations of one caller that may wait. */
const MAX_WAITING = 200;

/** New operations of all callers that may wait: beyond it, whoever has the most waiting loses the latest. */
const MAX_WAITING_IN_ALL = 2_000;

/** A request whose operation may have to wait. */
export interface Entrant {
  /** Whose turn it takes; empty where callers are not distinguished. */
  readonly caller: string;
  /** True for an operation that nothing refuses and that passes the caller's others (C6). */
  readonly isUrgent: boolean;
  /** Calls `leave` when the request is over, so that it waits no longer: at once if it is over already. */
  readonly onOver: (leave: () => void) => void;
}

/** An entrant whose request is over when `gone` aborts. */
export function entrantUntil(gone: AbortSignal, { caller, isUrgent }: Omit<Entrant, 'onOver'>): Entrant {
  const onOver = (leave: () => void) => {
    if (gone.aborted) leave();
    else gone.addEventListener('abort', leave, { once: true });
  };
  return { caller, isUrgent, onOver };
}

interface Waiting {
  readonly isUrgent: boolean;
  readonly enter: () => void;
  readonly refuse: (fault: HubError) => void;
}

/** New operations that wait for one thing, by caller in turn. Known operations never wait. */
export class WaitingOperations {
  readonly #waiting = new InTurn<Waiting>();

  /**
   * Resolves when it is the operation's turn. Fails with RATE_LIMITED if too many of the caller's wait, and with DEADLINE_EXCEEDED
   * as soon as the request is over.
   */
  wait({ caller, isUrgent, onOver }: Entrant): Promise<void> {
    return new Promise((resolve, reject) => {
      const lane = laneOf(isUrgent ? 'urgent' : 'other', caller);
      if (!isUrgent && this.#waiting.sizeOf(lane) >= MAX_WAITING) throw tooMany();
      const waiting: Waiting = { isUrgent, enter: resolve, refuse: reject };
      this.#waiting.push(lane, waiting);
      onOver(() => {
        if (this.#waiting.remove(lane, waiting)) reject(HubError.constant('DEADLINE_EXCEEDED'));
      });
      if (this.#waiting.size > MAX_WAITING_IN_ALL) this.#waiting.pop((of) => !of.isUrgent)?.refuse(tooMany());
    });
  }

  /** Gives the turn to the next one. False if nobody waits. */
  next(): boolean {
    const next = this.#waiting.shift();
    next?.enter();
    return next !== undefined;
  }
}

/** A caller's urgent operations have a turn of their own, beside the caller's others. */
function laneOf(kind: 'urgent' | 'other', caller: string): string {
  return `${kind} ${caller}`;
}

function tooMany(): HubError {
  return new HubError(
    'RATE_LIMITED',
    'Too many new operations arrived at once. Try again shortly, or reuse known operations with variables.',
    { retryAfterSeconds: 1 },
  );
}
