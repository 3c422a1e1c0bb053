import type { Dispatcher } from 'undici';
import type { Places } from '../../process/places.ts';
import type { SubgraphRequest } from '../engine/fetch/fetch.ts';
import { TooLate, Unusable } from './subgraph-answer.ts';

/** The raw answer: status, headers and the whole body. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** The time that an answer is waited for. */
export interface Patience {
  /** Aborts when nobody waits for the answer any more. */
  readonly gone: AbortSignal;
  /** Milliseconds after which the answer is of no use. */
  readonly limitMs: number;
}

/** The headers and the time limit of one request. */
export interface Sending extends Patience {
  readonly headers: Readonly<Record<string, string>>;
}

/** The way to a subgraph: the connections to it, and the path there. */
export interface Target {
  readonly over: Dispatcher;
  /** Each request takes one of these places as long as it is on its way. */
  readonly places: Places;
  readonly path: string;
}

interface Telling {
  resolve(answer: RawAnswer): void;
  reject(reason: Error): void;
}

const UTF_8 = new TextDecoder();

/**
 * One request on its way and its answer, collected as undici delivers it. The streams and signals of undici's
 * ready-made calls cost more than everything else that is done with an answer.
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #tell: Telling;
  readonly #gone: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #onGone = () => this.#giveUp(new Unusable('the client is gone'));
  #givenUp: Error | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: RawAnswer['headers'] = {};
  readonly #chunks: Buffer[] = [];

  constructor({ gone, limitMs }: Patience, tell: Telling) {
    this.#tell = tell;
    this.#gone = gone;
    this.#timer = setTimeout(() => this.#giveUp(new TooLate()), limitMs);
    gone.addEventListener('abort', this.#onGone, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // The time was up before there was a connection, so nothing is sent.
    if (this.#givenUp !== undefined) controller.abort(this.#givenUp);
    else this.#controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: RawAnswer['headers']): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#end();
    const [only, ...others] = this.#chunks;
    const bytes = only === undefined || others.length > 0 ? Buffer.concat(this.#chunks) : only;
    this.#tell.resolve({ status: this.#status, headers: this.#headers, text: UTF_8.decode(bytes) });
  }

  onResponseError(_: Dispatcher.DispatchController, fault: Error): void {
    this.#end();
    this.#tell.reject(fault);
  }

  #giveUp(reason: Error): void {
    this.#givenUp = reason;
    this.#controller?.abort(reason);
    this.#end();
    this.#tell.reject(reason);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#gone.removeEventListener('abort', this.#onGone);
  }
}

/** Sends one request, once. Rejects if there is no whole answer within the limit, or if the client is gone. */
export function exchange(
  { over, path }: Pick<Target, 'over' | 'path'>,
  { head, variables }: SubgraphRequest,
  { headers, ...patience }: Sending,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    if (patience.gone.aborted) throw new Unusable('the client is gone');
    const sent = {
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: `${head}${JSON.stringify(variables)}}`,
    } as const;
    over.dispatch(sent, new Exchange(patience, { resolve, reject }));
  });
}
