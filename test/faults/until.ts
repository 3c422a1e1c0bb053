import type { Answer } from '../setup/ask.ts';

const BETWEEN_MS = 20;
/** Far longer than anything takes that a test waits for, on however busy a machine; a test has a minute. */
const LIMIT_MS = 45_000;

const LATE: readonly unknown[] = ['SUBGRAPH_UNAVAILABLE', 'DEADLINE_EXCEEDED'];

/** Asks again and again until `probe` gives a value; throws, naming `what`, when it has given none for `limitMs`. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  limitMs = LIMIT_MS,
): Promise<T> {
  const start = performance.now();
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() - start > limitMs) throw new Error(`${what}: not within ${limitMs} ms.`);
    await new Promise((wake) => setTimeout(wake, BETWEEN_MS));
  }
}

/** The first answer that is neither late nor lacks a subgraph: a hub that has just started on a busy machine may need a second try. */
export function inTime(asking: () => Promise<Answer>): Promise<Answer> {
  return until('an answer in time', async () => {
    const answer = await asking().catch(unlessCut);
    if (answer === undefined) return undefined;
    const isLate = answer.errors.some(({ extensions }) => LATE.includes(extensions?.code));
    return isLate ? undefined : answer;
  });
}

/** A late answer that had begun to leave is cut off: that is late, too. */
function unlessCut(fault: unknown): undefined {
  const cause: unknown = fault instanceof TypeError ? fault.cause : undefined;
  if (cause instanceof Error && 'code' in cause && cause.code === 'ECONNRESET') return undefined;
  throw fault;
}
