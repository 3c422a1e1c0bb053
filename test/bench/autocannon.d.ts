/** The part of autocannon that the benchmarks use. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';

  export interface Client extends EventEmitter {
    setRequests(
      requests: readonly { readonly method: 'POST'; readonly headers: Record<string, string>; readonly body: string }[],
    ): void;
  }

  export interface Options {
    readonly url: string;
    readonly method: 'POST';
    readonly connections: number;
    readonly duration: number;
    readonly timeout: number;
    readonly setupClient: (client: Client) => void;
  }

  export interface Result {
    readonly errors: number;
    readonly timeouts: number;
    readonly non2xx: number;
    readonly duration: number;
  }

  export interface Run extends EventEmitter, Promise<Result> {}

  export default function autocannon(options: Options): Run;
}
