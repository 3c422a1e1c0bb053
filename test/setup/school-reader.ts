import { graphql } from 'graphql';
import { pino } from 'pino';
import type { Permit } from '../../chassis/decide/authorize.ts';
import { Budget } from '../../chassis/decide/budget.ts';
import { HubContext } from '../../chassis/decide/context.ts';
import { Decisions } from '../../chassis/decide/decide.ts';
import { buildServedSchema } from '../../chassis/serve/build-schema.ts';
import { changePlaces, createOrm, createPool } from '../../chassis/store/database.ts';
import type { Caller } from '../../schema/caller.ts';
import { subgraph } from '../../subgraphs/school/index.ts';
import { UnboundRelease } from '../chassis/example-schema.ts';
import type { SchoolDatabase } from './school.ts';

/** An answer of the school's subgraph, errors of denied fields included. */
export interface SchoolAnswer {
  readonly data: Readonly<Record<string, unknown>> | null;
  /** What their extensions say; the message of a fault that nobody meant. */
  readonly errors: readonly Readonly<Record<string, unknown>>[];
}

/** The school's subgraph on a database, with the guard on; what is permitted, the test says in place of the registry. */
export interface SchoolReader {
  /** The context of one request. */
  contextOf(caller: Caller, permits: readonly Permit[]): HubContext;
  ask(
    caller: Caller,
    permits: readonly Permit[],
    query: string,
    variables?: Readonly<Record<string, unknown>>,
  ): Promise<SchoolAnswer>;
  end(): Promise<void>;
}

/** Builds the school's subgraph on the database as its serving role. */
export async function readSchool({ urls }: Pick<SchoolDatabase, 'urls'>): Promise<SchoolReader> {
  const url = urls.SAMSYN_SCHOOL_DATABASE_URL ?? 'missing';
  const { schema, labels } = await buildServedSchema(subgraph);
  const orm = createOrm(url, 'agency', subgraph.entities);
  const pool = createPool(url, 4);
  // A server that stops may end a connection that is just being closed.
  pool.on('error', () => undefined);
  const contextOf = (caller: Caller, permits: readonly Permit[]): HubContext => {
    const context = new HubContext({
      caller,
      operation: { hash: 'a'.repeat(64), name: null, requestId: '00000000-0000-4000-8000-000000000999' },
      sector: {
        name: 'school',
        labels,
        authorizer: null,
        pool,
        log: pino({ level: 'silent' }),
        fork: () => orm.em.fork(),
        budget: new Budget(pool),
        changes: changePlaces(),
        metadata: (row) => orm.getMetadata().get(row),
      },
      response: new UnboundRelease(),
      gatewayWaits: false,
      memberships: null,
    });
    context.decisions = new Decisions(permits, labels);
    return context;
  };
  return {
    contextOf,
    async ask(caller, permits, query, variables = {}) {
      const context = contextOf(caller, permits);
      const { data, errors = [] } = await graphql({
        schema,
        source: query,
        contextValue: context,
        variableValues: variables,
      });
      return {
        // As it leaves, not as it lies in memory.
        data: JSON.parse(JSON.stringify(data ?? null)) as SchoolAnswer['data'],
        errors: [
          ...errors.map(({ message, extensions }) => (extensions.code === undefined ? { message } : extensions)),
          ...context.errors.map(({ extensions }) => extensions ?? {}),
        ],
      };
    },
    async end() {
      await Promise.all([orm.close(), pool.end()]);
    },
  };
}
