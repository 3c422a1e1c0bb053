import { createSecureContext } from 'node:tls';
import { Pool } from 'undici';
import { Places } from '../../process/places.ts';
import { Unusable } from './subgraph-answer.ts';
import type { Target } from './subgraph-exchange.ts';

/**
 * The certificates for connections to subgraphs: the authority that signed theirs, and the gateway's own (mTLS). PEM.
 */
export interface SubgraphTls {
  /** null stands for the authorities that Node trusts. */
  readonly ca: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
}

/** Largest answer of a subgraph; it holds the records of 200 youths many times over. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Connections to one subgraph, each with one request in progress. */
const CONNECTIONS = 64;

/** Connections to one subgraph that one caller holds at once, at most; a browser sends as many requests at a time. */
const SHARE = 6;

/** Pooled HTTP/1.1 connections to every subgraph, by the subgraphs' names. A request is sent at most once. */
export class SubgraphPools {
  readonly #pools = new Map<string, Pool>();
  /** The places on the connections to each origin: a request waits here, and never in a pool. */
  readonly #places = new Map<string, Places>();
  /** Pools with renewed certificates that finish the requests in progress. */
  readonly #retired = new Set<Pool>();
  #options: Pool.Options;
  #urls: Readonly<Record<string, string>> = {};
  #targets: ReadonlyMap<string, Target> = new Map();

  constructor(tls: SubgraphTls | null = null, maxAnswerBytes: number = MAX_ANSWER_BYTES) {
    this.#options = {
      connections: CONNECTIONS,
      allowH2: false,
      maxResponseSize: maxAnswerBytes,
      // Each request has a limit of its own.
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(tls === null ? {} : { connect: connectOptions(tls) }),
    };
  }

  /** The names of the subgraphs that are routed to. */
  names(): readonly string[] {
    return [...this.#targets.keys()];
  }

  /** Sends to these URLs from now on, by name. Connections to an origin that stays are kept. */
  route(subgraphs: Readonly<Record<string, string>>): void {
    this.#urls = subgraphs;
    const targets = Object.entries(subgraphs).map(([name, address]) => {
      const { origin, pathname, search } = new URL(address);
      return [name, { over: this.#poolFor(origin), places: this.#placesFor(origin), path: pathname + search }] as const;
    });
    this.#targets = new Map(targets);
  }

  /**
   * Opens connections with these certificates from now on; requests in progress finish under the old ones. Throws if
   * TLS cannot use them, and leaves everything as it was.
   */
  renew(tls: SubgraphTls): void {
    const connect = connectOptions(tls);
    createSecureContext(connect);
    this.#options = { ...this.#options, connect };
    const old = [...this.#pools.values()];
    this.#pools.clear();
    this.route(this.#urls);
    for (const pool of old) {
      this.#retired.add(pool);
      void pool.close().finally(() => this.#retired.delete(pool));
    }
  }

  /** The way to a subgraph. Throws Unusable if no URL is configured for it. */
  to(subgraph: string): Target {
    const target = this.#targets.get(subgraph);
    if (target === undefined) throw new Unusable('no URL is configured');
    return target;
  }

  /** Ends all connections, including requests in progress. */
  async close(): Promise<void> {
    await Promise.all([...this.#pools.values(), ...this.#retired].map((pool) => pool.destroy()));
  }

  #placesFor(origin: string): Places {
    const places = this.#places.get(origin) ?? new Places({ places: CONNECTIONS, share: SHARE });
    this.#places.set(origin, places);
    return places;
  }

  #poolFor(origin: string): Pool {
    const pool = this.#pools.get(origin) ?? new Pool(origin, this.#options);
    this.#pools.set(origin, pool);
    return pool;
  }
}

function connectOptions({ ca, certificate, key }: SubgraphTls) {
  return {
    minVersion: 'TLSv1.2' as const,
    ...(ca === null ? {} : { ca }),
    ...(certificate === null || key === null ? {} : { cert: certificate, key }),
  };
}
