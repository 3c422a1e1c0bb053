import type pg from 'pg';

/** PostgreSQL's code of a warning (`RAISE WARNING`, and the server's own warnings that have no other). */
const WARNING = '01000';

/** A statement that took effect on the primary alone: the server gave up waiting for its synchronous standbys. */
export class NotReplicated extends Error {
  /** An ORM wraps an error and keeps this. */
  readonly code = WARNING;

  constructor(warning: string) {
    super(`Expected a statement to be on its standbys; the server warned instead: ${warning}`);
  }
}

/** True for a NotReplicated, also as the ORM wraps it. */
export function isNotReplicated(fault: unknown): boolean {
  return fault instanceof Error && (fault as { code?: unknown }).code === WARNING;
}

/**
 * Makes each statement on the pool's connections fail when the server warns during it: where the wait for a synchronous standby
 * is cancelled, PostgreSQL commits, warns and reports success, and after a promotion the entry would be gone (C13). Taken by the
 * warning's code, since its text depends on the server's language.
 */
export function demandReplication(pool: pg.Pool): void {
  pool.on('connect', (client) => {
    let warned: NotReplicated | null = null;
    client.on('notice', ({ code, message }) => {
      if (code === WARNING) warned = new NotReplicated(message ?? '');
    });
    // A warning arrives before the end of its statement, so it belongs to the first that ends after it.
    const take = () => {
      const fault = warned;
      warned = null;
      return fault;
    };
    const send = client.query.bind(client) as (...given: unknown[]) => unknown;
    const query = (...given: unknown[]): unknown => {
      const then = given.at(-1);
      if (typeof then === 'function')
        return send(...given.slice(0, -1), (fault: unknown, result: unknown) => {
          const own = fault ?? take();
          then(own, own === null ? result : undefined);
        });
      const sent = send(...given);
      if (!(sent instanceof Promise)) return sent;
      return sent.then((result: unknown) => {
        const fault = take();
        if (fault !== null) throw fault;
        return result;
      });
    };
    client.query = query as typeof client.query;
  });
}
