const BETWEEN_MS = 20;

/** Asks again and again until `probe` gives a value; throws, naming `what`, when it has given none for `limitMs`. */
export async function until<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  limitMs = 10_000,
): Promise<T> {
  const start = performance.now();
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() - start > limitMs) throw new Error(`${what}: not within ${limitMs} ms.`);
    await new Promise((wake) => setTimeout(wake, BETWEEN_MS));
  }
}
