/** How often each size is tried: the least counts, which rubbish that is collected and code that is compiled add nothing to. */
const TRIES = 5;
/** A try lasts at least this long, in milliseconds of CPU time, so that the clock's steps do not count. */
const LEAST_MS = 5;

/**
 * How many times as much CPU time some work takes at the larger of two sizes. What else runs on the machine, and how fast it
 * is, do not count: work that is linear in its size gives about the quotient of the sizes.
 */
export function growth(work: (size: number) => void, [small, large]: readonly [number, number]): number {
  return leastTime(() => work(large)) / leastTime(() => work(small));
}

function leastTime(work: () => void): number {
  return Math.min(...Array.from({ length: TRIES }, () => timeOf(work)));
}

function timeOf(work: () => void): number {
  const begun = process.cpuUsage();
  for (let times = 1; ; times += 1) {
    work();
    const { user, system } = process.cpuUsage(begun);
    const ms = (user + system) / 1000;
    if (ms >= LEAST_MS) return ms / times;
  }
}
