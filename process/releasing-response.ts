import { type IncomingMessage, type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { FENCED_LIMIT_MS } from '../schema/deadline.ts';
import { lateAnswer, REQUEST_ID } from './late-answer.ts';
import { reset } from './tls.ts';

/**
 * The outcome of a response. RELEASED: all of it was handed to the kernel in time. WITHHELD: none of it left. LATE:
 * part of it left, and the rest was cut off or handed over past the limit; count it as possibly disclosed.
 */
export interface ReleaseOutcome {
  readonly outcome: 'RELEASED' | 'WITHHELD' | 'LATE';
  /**
   * DEADLINE: the limit had passed. QUEUED: another answer was ahead of it on the connection. GONE: the client had
   * left.
   */
  readonly why: 'DEADLINE' | 'QUEUED' | 'GONE' | null;
  /** Milliseconds from the request's arrival to the outcome. */
  readonly elapsedMs: number;
}

/** The release of one response: its clock and its limit (DESIGN section 4). */
export interface ReleaseHandle {
  /** Milliseconds since the request arrived, on the monotonic clock. */
  elapsed(): number;
  /** The limit in milliseconds, counted from the arrival: the deadline, or the time left if that is shorter. */
  limit(): number;
  /** Milliseconds until nothing may be released any more; never negative. */
  timeLeft(): number;
  /**
   * Lowers the limit to `ms` counted from the arrival; never raises it. Anything but a number of 0 or more counts as 0.
   */
  limitTo(ms: number): void;
  /** Gives a `@fenced` mutation's constant answer the limit `ms`, at most FENCED_LIMIT_MS. Never for an answer that carries a decision. */
  exempt(ms?: number): void;
  /** Calls `report` once, as soon as the outcome of the response is known; at once if it is known already. */
  onOutcome(report: (outcome: ReleaseOutcome) => void): void;
}

/** Largest piece handed to the kernel on one test, and so the most that a stalled process can still hand over late. */
const PIECE_BYTES = 16 * 1024;

/** The response in progress on each connection, at most one. */
const inProgress = new WeakMap<Socket, ReleasingResponse>();

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[];

/**
 * A response that leaves only while `elapsed < limit`. It is the last thing above the kernel, below every hook,
 * serializer and compressor: `writeHead` and `write` only store; `end` encodes everything, tests the clock and writes,
 * with nothing in between. A late answer becomes the constant 503, which carries no decision.
 */
export class ReleasingResponse extends ServerResponse implements ReleaseHandle {
  readonly #arrival = performance.now();
  readonly #connection: Socket;
  #deadline: number;
  #lowered = Number.POSITIVE_INFINITY;
  #head: { status: number; reason?: string | undefined; headers?: Headers | undefined } | undefined;
  readonly #body: Buffer[] = [];
  #ended = false;
  /** True from the moment at which bytes may leave. */
  #begun = false;
  #closing = false;
  #outcome: ReleaseOutcome | undefined;
  readonly #reports: ((outcome: ReleaseOutcome) => void)[] = [];
  /** True if the request arrived while another was in progress on its connection. Then it is never started. */
  readonly pipelined: boolean;

  static {
    // A stored response counts as sent, so that nobody writes a second head over the first.
    Object.defineProperties(ReleasingResponse.prototype, {
      headersSent: {
        get(this: ReleasingResponse) {
          return this.#head !== undefined || this.#body.length > 0 || this.#ended;
        },
      },
      writableEnded: {
        get(this: ReleasingResponse) {
          return this.#ended;
        },
      },
    });
  }

  constructor(request: IncomingMessage, deadlineMs: number) {
    super(request);
    this.#deadline = deadlineMs;
    this.#connection = request.socket;
    const first = inProgress.get(request.socket);
    this.pipelined = first !== undefined;
    if (first === undefined) inProgress.set(request.socket, this);
    else first.#closeAfterwards();
    if (hasBody(request)) this.#endWithBody(request);
    this.once('finish', () => {
      this.#leaveConnection();
      this.#settle(this.timeLeft() > 0 ? 'RELEASED' : 'LATE', this.timeLeft() > 0 ? null : 'DEADLINE');
    });
    this.once('close', () => {
      this.#leaveConnection();
      this.#settle(this.#ended ? 'LATE' : 'WITHHELD', 'GONE');
    });
  }

  /** Gives up the response in progress on a connection, if there is one; false if its bytes may have begun to leave. */
  static giveUp(connection: Socket): boolean {
    const response = inProgress.get(connection);
    if (response === undefined) return true;
    if (response.#begun) return false;
    response.#ended = true;
    response.#settle('WITHHELD', 'GONE');
    return true;
  }

  elapsed(): number {
    return performance.now() - this.#arrival;
  }

  limit(): number {
    return Math.min(this.#deadline, this.#lowered);
  }

  timeLeft(): number {
    return Math.max(0, this.limit() - this.elapsed());
  }

  limitTo(ms: number): void {
    this.#lowered = Math.min(this.#lowered, Number.isNaN(ms) ? 0 : Math.max(ms, 0));
  }

  exempt(ms: number = FENCED_LIMIT_MS): void {
    if (!(ms <= FENCED_LIMIT_MS)) {
      throw new RangeError(
        `The limit of a fenced answer is at most ${FENCED_LIMIT_MS} ms; got ${ms}. Use FENCED_LIMIT_MS or less.`,
      );
    }
    this.#deadline = ms;
  }

  onOutcome(report: (outcome: ReleaseOutcome) => void): void {
    if (this.#outcome === undefined) this.#reports.push(report);
    else report(this.#outcome);
  }

  override writeHead(status: number, reason?: string | Headers, headers?: Headers): this {
    this.#head = typeof reason === 'string' ? { status, reason, headers } : { status, headers: reason ?? headers };
    this.statusCode = status;
    return this;
  }

  override flushHeaders(): void {
    this.#head ??= { status: this.statusCode };
  }

  override writeEarlyHints(): void {
    // Early hints would leave before the test.
  }

  override write(chunk: unknown, encoding?: unknown, sent?: unknown): boolean {
    this.#store(chunk, encoding);
    const callback = typeof encoding === 'function' ? encoding : sent;
    if (typeof callback === 'function') process.nextTick(() => callback());
    return true;
  }

  override end(chunk?: unknown, encoding?: unknown, sent?: unknown): this {
    if (this.#ended) return this;
    const callback = [chunk, encoding, sent].find((argument) => typeof argument === 'function');
    if (typeof callback === 'function') this.once('finish', () => callback());
    if (typeof chunk !== 'function') this.#store(chunk, encoding);
    this.#ended = true;
    const [only = Buffer.alloc(0), ...others] = this.#body.splice(0);
    this.#release(others.length === 0 ? only : Buffer.concat([only, ...others]));
    return this;
  }

  #store(chunk: unknown, encoding: unknown): void {
    if (this.#ended || chunk === undefined || chunk === null) return;
    if (typeof chunk === 'string') {
      this.#body.push(Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'));
    } else if (chunk instanceof Uint8Array) {
      this.#body.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    } else {
      throw new TypeError('A response body takes strings and Uint8Arrays; convert the chunk before you write it.');
    }
  }

  #release(body: Buffer): void {
    this.#begun = true;
    if (this.req.method !== 'HEAD' && this.statusCode !== 204 && this.statusCode !== 304) {
      this.setHeader('content-length', body.length);
    }
    if (this.socket === null) {
      // Queued: the answer would pass the test now, but leave only after the answer before it has finished.
      this.#cut('WITHHELD', 'QUEUED');
    } else if (this.timeLeft() > 0) {
      const { status, reason, headers } = this.#head ?? { status: this.statusCode };
      if (reason === undefined) super.writeHead(status, headers);
      else super.writeHead(status, reason, headers);
      this.#releaseFrom(body, 0);
    } else {
      this.#answerLate();
    }
  }

  /** Hands over the rest of the body piece by piece, each piece tested, once the kernel has taken the one before. */
  #releaseFrom(body: Buffer, start: number): void {
    const end = start + PIECE_BYTES;
    if (this.timeLeft() <= 0) {
      this.#cut(start === 0 ? 'WITHHELD' : 'LATE', 'DEADLINE');
      return;
    }
    if (end >= body.length) {
      super.end(body.subarray(start));
    } else {
      // Corked by us, the piece leaves at uncork; otherwise the parent would cork it and send it in a later tick.
      this.#connection.cork();
      super.write(body.subarray(start, end), (failure) => {
        if (!failure) this.#releaseFrom(body, end);
      });
      this.#connection.uncork();
    }
    if (this.timeLeft() <= 0) {
      // The process stood still between the test and the write.
      this.#cut('LATE', 'DEADLINE');
    } else if (this.finished && this.#connection.writableLength === 0) {
      this.#settle('RELEASED', null);
    } else if (start === 0) {
      this.#watch();
    }
  }

  /** Cuts the connection if bytes are still unsent when the time is up. */
  #watch(): void {
    const timer = setTimeout(() => this.#cut('LATE', 'DEADLINE'), this.timeLeft());
    this.onOutcome(() => clearTimeout(timer));
  }

  /** Answers and closes the connection when the time is up and the body has not arrived whole. */
  #endWithBody(request: IncomingMessage): void {
    const timer = setTimeout(() => {
      if (request.complete || this.#ended) return;
      this.limitTo(0);
      this.#closeAfterwards();
      this.end();
    }, Math.ceil(this.timeLeft()));
    const stop = () => clearTimeout(timer);
    request.once('end', stop).once('close', stop);
  }

  #answerLate(): void {
    this.#settle('WITHHELD', 'DEADLINE');
    const requestId = this.getHeader(REQUEST_ID);
    for (const name of this.getHeaderNames()) this.removeHeader(name);
    const answer = lateAnswer(typeof requestId === 'string' ? requestId : null);
    super.writeHead(503, 'Service Unavailable', {
      'content-type': 'application/json; charset=utf-8',
      'content-length': answer.length,
      'cache-control': 'no-store',
      ...(typeof requestId === 'string' ? { [REQUEST_ID]: requestId } : {}),
      connection: this.shouldKeepAlive ? 'keep-alive' : 'close',
    });
    super.end(answer);
  }

  /** Resets the connection, because after a plain close the kernel would go on sending the bytes that it holds. */
  #cut(outcome: 'WITHHELD' | 'LATE', why: 'QUEUED' | 'DEADLINE'): void {
    this.#settle(outcome, why);
    if (!this.#connection.destroyed) reset(this.#connection);
  }

  #closeAfterwards(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.shouldKeepAlive = false;
    if (!this.#ended) this.setHeader('connection', 'close');
    this.once('finish', () => this.#connection.destroySoon());
  }

  #leaveConnection(): void {
    if (inProgress.get(this.#connection) === this) inProgress.delete(this.#connection);
  }

  #settle(outcome: ReleaseOutcome['outcome'], why: ReleaseOutcome['why']): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = { outcome, why, elapsedMs: this.elapsed() };
    for (const report of this.#reports.splice(0)) report(this.#outcome);
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
