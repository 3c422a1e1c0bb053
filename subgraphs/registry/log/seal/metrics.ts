import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The state of a log at one moment. */
export interface LogStanding {
  readonly size: number;
  readonly lagSeconds: number;
  readonly isHalted: boolean;
  readonly witnessedSize: number;
}

/** The metrics of a sealer, for Prometheus; nothing in them is personal. */
export class SealMetrics {
  readonly registry = new Registry();
  readonly entries = new Counter({
    name: 'samsyn_log_sealed_entries_total',
    help: 'Entries of the access log that this process has sealed.',
    registers: [this.registry],
  });
  readonly rounds = new Histogram({
    name: 'samsyn_log_seal_seconds',
    help: 'Time that sealing a batch took.',
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers: [this.registry],
  });
  readonly faults = new Counter({
    name: 'samsyn_log_seal_faults_total',
    help: 'Rounds of this sealer that failed.',
    registers: [this.registry],
  });

  readonly #read: () => Promise<LogStanding>;
  readonly #size = this.#gauge('samsyn_log_size', 'Entries of the access log that are sealed.');
  readonly #lag = this.#gauge('samsyn_log_sealing_lag_seconds', 'How long the oldest unsealed entry has waited.');
  readonly #halted = this.#gauge('samsyn_log_halted', '1 while the access log waits for an operator to reconcile it.');
  readonly #witnessed = this.#gauge('samsyn_log_witnessed_size', 'Entries that a quorum of witnesses has cosigned.');

  /** @param read what the database says now, at each reading of the metrics. */
  constructor(read: () => Promise<LogStanding>) {
    this.#read = read;
  }

  /** All of it, as Prometheus reads it. Rejects when the database cannot be read. */
  async text(): Promise<string> {
    const { size, lagSeconds, isHalted, witnessedSize } = await this.#read();
    this.#size.set(size);
    this.#lag.set(lagSeconds);
    this.#halted.set(isHalted ? 1 : 0);
    this.#witnessed.set(witnessedSize);
    return this.registry.metrics();
  }

  #gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers: [this.registry] });
  }
}
