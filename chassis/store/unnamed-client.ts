import pg from 'pg';

/**
 * A connection that prepares no statement under a name: for work behind a pooler that gives each transaction another session of the
 * server. Each statement is parsed and planned anew.
 */
export class UnnamedClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    const send = this.query.bind(this) as (...given: unknown[]) => unknown;
    const query = (first: unknown, ...rest: unknown[]): unknown => send(unnamed(first), ...rest);
    this.query = query as typeof this.query;
  }
}

function unnamed(asked: unknown): unknown {
  if (typeof asked !== 'object' || asked === null || !('name' in asked) || 'submit' in asked) return asked;
  const { name: _, ...statement } = asked;
  return statement;
}
