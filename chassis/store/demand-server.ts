import type pg from 'pg';
import { StartError } from '../../process/start-error.ts';
import { isUnreachable } from '../unreachable.ts';
import { clientTo } from './hosts.ts';

/** The first PostgreSQL that has everything the hub's SQL uses, as server_version_num. */
const LEAST_VERSION = 180_000;
const LIMIT_MS = 5_000;

type Asking = Pick<pg.Client, 'query'>;

/** Throws a StartError, one sentence, unless the server is PostgreSQL 18 or later. `what` names the URL. */
export async function demandVersion(client: Asking, what: string): Promise<void> {
  const { rows } = await client.query<{ server_version_num: string }>('SHOW server_version_num');
  const number = Number(rows[0]?.server_version_num);
  if (number >= LEAST_VERSION) return;
  throw new StartError(
    `${what} leads to PostgreSQL ${Math.floor(number / 10_000)}: expected 18 or later. Upgrade that server, or name another.`,
  );
}

/** The milliseconds in which a pooler that has a free session answers. */
const FREE_SESSION_MS = 200;

/** PostgreSQL's codes for a statement that was prepared in another session, and for one that is prepared twice. */
const NOT_KEPT = ['26000', '42P05'];

/**
 * True if a statement that a connection prepared stays prepared for it: false behind a pooler that gives each transaction another
 * session of the server (PgBouncer in transaction mode without `max_prepared_statements`).
 */
export async function keepsStatements(url: string): Promise<boolean> {
  const [one, other] = await Promise.all([connected(url), connected(url)]);
  const prepared = { name: 'samsyn start', text: 'SELECT 1' };
  try {
    await one.query(prepared);
    // While this transaction lasts a pooler gives the first connection another session, or none.
    await other.query('BEGIN');
    await other.query(prepared);
    const again = one.query(prepared);
    again.catch(() => undefined);
    // A pooler without a free session answers nothing until this transaction ends, so the wait must end by itself.
    await Promise.race([again, new Promise((done) => setTimeout(done, FREE_SESSION_MS).unref())]);
    await other.query('ROLLBACK');
    await again;
    return true;
  } catch (fault) {
    if (NOT_KEPT.includes((fault as { code?: string }).code ?? '')) return false;
    throw fault;
  } finally {
    await Promise.all([one.end(), other.end()]);
  }
}

/**
 * Throws a StartError, one sentence, unless a serving process can work with the server at the URL: its version first, then what
 * stands in front of it. A server that cannot be reached is left to the requests, which say so. `what` names the URL.
 */
export async function demandServer(url: string, what: string): Promise<void> {
  if (await mayPrepare(url, what)) return;
  throw new StartError(
    `${what} leads to a pooler that gives each transaction another session: use its session mode, or PgBouncer 1.21 or later with max_prepared_statements, or the server itself.`,
  );
}

/**
 * True if statements may be prepared at the URL, or if the server cannot be reached now. Throws a StartError if it is too old, or
 * refuses the hub: it would refuse every request as well. `what` names the URL.
 */
export async function mayPrepare(url: string, what: string): Promise<boolean> {
  try {
    const client = await connected(url);
    await demandVersion(client, what).finally(() => client.end());
    return await keepsStatements(url);
  } catch (fault) {
    if (fault instanceof StartError) throw fault;
    if (isUnreachable(fault)) return true;
    throw refusal(fault, what);
  }
}

/** PostgreSQL's codes for a login that is wrong or not let in, and for a database that does not exist. */
const REFUSED = /^(?:28...|3D000)$/;

function refusal(fault: unknown, what: string): unknown {
  const { code } = fault as { readonly code?: string };
  if (code === undefined || !REFUSED.test(code)) return fault;
  return new StartError(
    `${what} leads to a server that refuses the hub (SQLSTATE ${code}): check its user, password and database, and that the databases are provisioned.`,
  );
}

async function connected(url: string): Promise<pg.Client> {
  const client = clientTo(url, {
    application_name: 'samsyn start',
    connectionTimeoutMillis: LIMIT_MS,
    query_timeout: LIMIT_MS,
  });
  // The next query reports a connection that is lost.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
