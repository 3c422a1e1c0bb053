import { InTurn } from './in-turn.ts';

/** The time for which a place is of use to whoever waits for it. */
export interface Waiting {
  /** Aborts when nobody waits for the answer any more. */
  readonly gone?: AbortSignal | undefined;
  /** Milliseconds after which a place is of no use. Endless if it is left out. */
  readonly limitMs?: number | undefined;
}

/** Gives a place back. A second call does nothing. */
export type Leave = () => void;

/** Whoever waited has no place: the time was up, or nobody waits for the answer any more. */
export class NoPlace extends Error {
  override readonly name = 'NoPlace';
}

/**
 * A number of places, such as connections. A caller holds a share of them at most, and those who wait get places in turn, so that
 * one caller cannot keep the others out (docs/design.md, section 3.8). Nobody is refused: whoever finds no place waits.
 */
export class Places {
  readonly #places: number;
  readonly #share: number;
  readonly #held = new Map<string, number>();
  readonly #queue = new InTurn<() => void>();
  #inUse = 0;

  /** @param share the places that one caller may hold at once. */
  constructor({ places, share }: { readonly places: number; readonly share: number }) {
    this.#places = places;
    this.#share = share;
  }

  /** A place: at once if there is one for the caller, else when it is the caller's turn. Rejects with NoPlace. */
  enter(caller: string, waiting: Waiting = {}): Leave | Promise<Leave> {
    if (this.#inUse < this.#places && this.#mayEnter(caller)) return this.#take(caller);
    return this.#wait(caller, waiting);
  }

  #wait(caller: string, { gone, limitMs }: Waiting): Promise<Leave> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.#queue.remove(caller, enter);
        end();
        reject(new NoPlace());
      };
      const timer = limitMs === undefined ? undefined : setTimeout(giveUp, limitMs);
      const end = () => {
        clearTimeout(timer);
        gone?.removeEventListener('abort', giveUp);
      };
      const enter = () => {
        end();
        resolve(this.#take(caller));
      };
      this.#queue.push(caller, enter);
      if (gone?.aborted === true) giveUp();
      else gone?.addEventListener('abort', giveUp, { once: true });
    });
  }

  #mayEnter(caller: string): boolean {
    return (this.#held.get(caller) ?? 0) < this.#share;
  }

  #take(caller: string): Leave {
    this.#inUse += 1;
    this.#held.set(caller, (this.#held.get(caller) ?? 0) + 1);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#leave(caller);
    };
  }

  #leave(caller: string): void {
    this.#inUse -= 1;
    const held = (this.#held.get(caller) ?? 0) - 1;
    if (held > 0) this.#held.set(caller, held);
    else this.#held.delete(caller);
    this.#queue.shift((each) => this.#mayEnter(each))?.();
  }
}
