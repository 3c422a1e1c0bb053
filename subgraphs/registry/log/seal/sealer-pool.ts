import pg from 'pg';
import { connectionTo } from '../../../../chassis/store/hosts.ts';
import { UnnamedClient } from '../../../../chassis/store/unnamed-client.ts';

/** A statement of the sealer that takes longer is given up; its transaction could not last much longer anyway. */
const STATEMENT_LIMIT_MS = 9_000;
const CONNECTIONS = 4;

/** The choice of a sealer's connections. */
export interface Naming {
  /** False behind a pooler that gives each transaction another session: then no statement is prepared. */
  readonly isNamed: boolean;
}

/** Connections under the sealer's role. They have no settings of their own, which a pooler would refuse or mix up. */
export function sealerPool(url: string, { isNamed }: Naming = { isNamed: true }): pg.Pool {
  return new pg.Pool({
    ...connectionTo(url, isNamed ? pg.Client : UnnamedClient),
    application_name: 'samsyn sealer',
    max: CONNECTIONS,
    query_timeout: STATEMENT_LIMIT_MS,
    connectionTimeoutMillis: STATEMENT_LIMIT_MS,
    keepAlive: true,
  });
}
