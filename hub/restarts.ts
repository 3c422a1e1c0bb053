/** Starts of one process within a minute, at most. */
const MOST = 5;
const MINUTE_MS = 60_000;

/** Paces the starts of processes that ended although nobody asked them to, each at most five times a minute. */
export class Restarts {
  readonly #startsOf = new Map<string, readonly number[]>();

  /** Milliseconds after `nowMs` at which the process may be started again. That start counts. */
  waitFor(name: string, nowMs: number): number {
    const starts = (this.#startsOf.get(name) ?? []).filter((at) => at > nowMs - MINUTE_MS);
    const earliest = starts.at(-MOST);
    const at = earliest === undefined ? nowMs : Math.max(nowMs, earliest + MINUTE_MS);
    this.#startsOf.set(name, [...starts, at]);
    return at - nowMs;
  }
}

/** The parts of a hub that starting a lost process again needs. */
export interface Restarting {
  /** Starts it again; rejects with a sentence if that fails. */
  restart(name: string): Promise<void>;
  /** Receives what happens, in words for a person. */
  tell(text: string): void;
  /** Resolves after so many milliseconds. */
  pause(ms: number): Promise<unknown>;
}

/** Starts a lost process again, until it is up: says which it is and where its log is. */
export async function startAgain(
  name: string,
  logFile: string,
  restarts: Restarts,
  { restart, tell, pause }: Restarting,
): Promise<void> {
  tell(`The process ${name} ended unexpectedly; its log is ${logFile}. Starting it again.`);
  for (;;) {
    const waitMs = restarts.waitFor(name, performance.now());
    if (waitMs > 0) {
      tell(
        `${name} has been started ${MOST} times within a minute. The next start is in ${Math.ceil(waitMs / 1_000)} s.`,
      );
      await pause(waitMs);
    }
    try {
      await restart(name);
      tell(`The process ${name} is up again.`);
      return;
    } catch (fault) {
      tell(fault instanceof Error ? fault.message : `${name} did not start.`);
    }
  }
}
