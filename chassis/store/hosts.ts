import pg from 'pg';
import { urlsOf } from '../database-urls.ts';

/** Milliseconds for a host to say whether it is the primary: less than a pool waits for a connection. */
const LIMIT_MS = 2_000;

/** PostgreSQL's code for writing on a standby. */
const READ_ONLY = '25006';

/** The part of pg's settings that says where to connect. */
export interface Destination {
  readonly connectionString: string;
  readonly Client: typeof pg.Client;
}

/**
 * Where to connect for a URL, by connections of this class. If it names several hosts (`HOST:PORT,HOST:PORT`), each new connection
 * goes to the one that is the primary at that moment.
 */
export function connectionTo(url: string, Client: typeof pg.Client = pg.Client): Destination {
  const urls = urlsOf(url);
  const [connectionString = url, ...others] = urls;
  return { connectionString, Client: others.length === 0 ? Client : toPrimary(urls, Client) };
}

/** A connection for a URL, not made yet. */
export function clientTo(url: string, settings: Omit<pg.ClientConfig, 'connectionString'>): pg.Client {
  const { connectionString, Client } = connectionTo(url);
  return new Client({ connectionString, ...settings });
}

function toPrimary(urls: readonly string[], Client: typeof pg.Client): typeof pg.Client {
  return class PrimaryClient extends Client {
    override connect(): Promise<pg.Client>;
    override connect(callback: (fault: Error) => void): void;
    override connect(callback?: (fault: Error) => void): Promise<pg.Client> | undefined {
      const connecting = primaryOf(urls).then(({ host, port }) => {
        this.host = host;
        this.port = port;
        return super.connect();
      });
      if (callback === undefined) return connecting;
      // As pg calls it: without a fault when there is none.
      const done = callback as (fault?: Error) => void;
      connecting.then(() => done(), done);
      return undefined;
    }
  };
}

/** The host that is the primary now, asked all at once. Rejects with the faults of all if there is none. */
function primaryOf(urls: readonly string[]): Promise<{ readonly host: string; readonly port: number }> {
  return Promise.any(
    urls.map(async (connectionString) => {
      const probe = new pg.Client({ connectionString, connectionTimeoutMillis: LIMIT_MS, query_timeout: LIMIT_MS });
      probe.on('error', () => undefined);
      try {
        await probe.connect();
        const { rows } = await probe.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
        if (rows[0]?.standby !== false) {
          throw Object.assign(new Error('Expected the primary; this host is a standby.'), { code: READ_ONLY });
        }
        const { host, port } = probe;
        return { host, port };
      } finally {
        await probe.end();
      }
    }),
  );
}
