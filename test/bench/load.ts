import autocannon from 'autocannon';

/** Who asks, and the bodies of its requests, which it goes through in turn. */
export interface Client {
  readonly token: string;
  readonly bodies: readonly string[];
}

/** What is asked, by whom, and how much at once. */
export interface Load {
  readonly url: string;
  /** Each connection is one of them, as far as there are so many. */
  readonly clients: readonly Client[];
  readonly inFlight: number;
  readonly seconds: number;
}

/** What one measurement gave. Latencies, of successes alone, in milliseconds. */
export interface Measured {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly answers: number;
  /** Percent of the answers that were none: too late, or refused. */
  readonly failed: number;
}

/** Puts a load on a server for some seconds. Throws when hardly anything succeeds: then nothing was measured. */
export async function measure({ url, clients, inFlight, seconds }: Load): Promise<Measured> {
  const latencies: number[] = [];
  let failures = 0;
  let connections = 0;
  const run = autocannon({
    url,
    method: 'POST',
    connections: inFlight,
    duration: seconds,
    timeout: 10,
    setupClient: (client) => {
      const { token, bodies } = clients[connections++ % clients.length] ?? { token: '', bodies: [] };
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      client.setRequests(bodies.map((body) => ({ method: 'POST', headers, body })));
    },
  });
  run.on('response', (_client: unknown, status: number, _bytes: number, latency: number) => {
    if (status === 200) latencies.push(latency);
    else failures += 1;
  });
  const { errors, timeouts, duration } = await run;
  failures += errors + timeouts;
  if (failures > latencies.length) {
    throw new Error(`Answers of ${url} should be successes; ${failures} of ${failures + latencies.length} were not.`);
  }
  latencies.sort((a, b) => a - b);
  return {
    perSecond: latencies.length / duration,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    answers: latencies.length,
    failed: (100 * failures) / Math.max(1, failures + latencies.length),
  };
}

/** The value below which this part of the sorted values lies. */
export function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
