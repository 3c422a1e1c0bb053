import { InTurn } from '../process/in-turn.ts';
import { HubError } from '../schema/errors.ts';

/** New operations of one caller that may wait. */
const MAX_WAITING = 200;

/** New operations of all callers that may wait beside urgent ones: beyond it, whoever has the most waiting loses the latest. */
const MAX_WAITING_IN_ALL = 2_000;

/** Urgent operations of one caller that pass the caller's others at once. Those beyond wait behind the others. */
const MAX_PASSING = 20;

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
  /** The number of those that wait and are not urgent. An urgent one takes nobody's place, however many there are. */
  #refusable = 0;

  /**
   * Resolves when it is the operation's turn. Fails with RATE_LIMITED if too many of the caller's wait, and with DEADLINE_EXCEEDED
   * as soon as the request is over.
   */
  wait({ caller, isUrgent, onOver }: Entrant): Promise<void> {
    return new Promise((resolve, reject) => {
      const lane = this.#laneOf(caller, isUrgent);
      if (!isUrgent && this.#waiting.sizeOf(lane) >= MAX_WAITING) throw tooMany();
      const waiting: Waiting = { isUrgent, enter: resolve, refuse: reject };
      this.#waiting.push(lane, waiting);
      if (!isUrgent) this.#refusable += 1;
      onOver(() => {
        if (!this.#waiting.remove(lane, waiting)) return;
        this.#waitsNoMore(waiting);
        reject(HubError.constant('DEADLINE_EXCEEDED'));
      });
      if (this.#refusable > MAX_WAITING_IN_ALL) this.#refuseLatest();
    });
  }

  /** An urgent operation takes a turn of its own, beside the caller's others, unless too many of the caller's do. */
  #laneOf(caller: string, isUrgent: boolean): string {
    const own = laneOf('urgent', caller);
    return isUrgent && this.#waiting.sizeOf(own) < MAX_PASSING ? own : laneOf('other', caller);
  }

  #refuseLatest(): void {
    const latest = this.#waiting.pop(({ isUrgent }) => !isUrgent);
    if (latest === undefined) return;
    this.#waitsNoMore(latest);
    latest.refuse(tooMany());
  }

  #waitsNoMore({ isUrgent }: Waiting): void {
    if (!isUrgent) this.#refusable -= 1;
  }

  /** Gives the turn to the next one. False if nobody waits. */
  next(): boolean {
    const next = this.#waiting.shift();
    if (next === undefined) return false;
    this.#waitsNoMore(next);
    next.enter();
    return true;
  }
}

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
