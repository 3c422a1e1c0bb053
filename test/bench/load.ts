import autocannon from 'autocannon';

/** What is asked, by whom, and how much at once. */
export interface Load {
  readonly url: string;
  /** Bodies of requests; each connection goes through them in turn. */
  readonly bodies: readonly string[];
  /** Access tokens; each connection has its own, as far as there are so many. */
  readonly tokens: readonly string[];
  readonly inFlight: number;
  readonly seconds: number;
}

/** What one measurement gave. Latencies in milliseconds. */
export interface Measured {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly answers: number;
}

/** Puts a load on a server for some seconds. Throws when any answer was no success: then nothing was measured. */
export async function measure({ url, bodies, tokens, inFlight, seconds }: Load): Promise<Measured> {
  const latencies: number[] = [];
  let clients = 0;
  const run = autocannon({
    url,
    method: 'POST',
    connections: inFlight,
    duration: seconds,
    timeout: 10,
    setupClient: (client) => {
      const token = tokens[clients++ % tokens.length] ?? '';
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      client.setRequests(bodies.map((body) => ({ method: 'POST', headers, body })));
    },
  });
  run.on('response', (_client: unknown, _status: number, _bytes: number, latency: number) => latencies.push(latency));
  const { errors, timeouts, non2xx, duration } = await run;
  if (errors + timeouts + non2xx > 0 || latencies.length === 0) {
    throw new Error(
      `Every answer of ${url} should be a success; ${errors} failed, ${timeouts} timed out, ${non2xx} had another status.`,
    );
  }
  latencies.sort((a, b) => a - b);
  return {
    answers: latencies.length,
    perSecond: latencies.length / duration,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  };
}

/** The value below which this part of the sorted values lies. */
export function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
