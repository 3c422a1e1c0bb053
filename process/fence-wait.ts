import { setTimeout as wait } from 'node:timers/promises';
import { FENCE_MS } from '../schema/deadline.ts';

/**
 * Waits until FENCE_MS after an instant of the monotonic clock: then nothing that was decided before it can still be released (C14).
 * The wait is a timer alone: it holds no connection. Rejects if `gone` aborts, because then nobody gets the answer.
 */
export async function waitForFence(since: number, gone?: AbortSignal): Promise<void> {
  const options = gone === undefined ? {} : { signal: gone };
  // A timer may fire a little early by the monotonic clock.
  for (let left = FENCE_MS; left > 0; left = FENCE_MS - (performance.now() - since))
    await wait(left, undefined, options);
}
