import type { EntityClass } from '@mikro-orm/core';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { Places } from '../../process/places.ts';
import { demandReplication } from '../replicated.ts';
import { connectionTo } from './hosts.ts';

/** PostgreSQL's type number of `date`. */
const DATE = 1082;

/** Milliseconds after which a statement is cancelled: its request's deadline is near. */
const STATEMENT_TIMEOUT_MS = 2_500;

/**
 * Places of changes under way in one process, and how many of them one caller holds at most: enough for every change that a
 * person makes, and no more than the connections of either pool to the sector's own database.
 */
export function changePlaces(): Places {
  return new Places({ places: 8, share: 3 });
}

/** A pool of connections for named statements, which fail where the server gave up waiting for its standbys. Dates stay text, so that no time zone can shift them. */
export function createPool(url: string, size: number): pg.Pool {
  const pool = new pg.Pool({
    ...connectionTo(url),
    max: size,
    connectionTimeoutMillis: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    types: {
      getTypeParser: (type: number, format?: 'text' | 'binary') =>
        type === DATE ? (text: string) => text : pg.types.getTypeParser(type, format),
    },
  });
  demandReplication(pool);
  return pool;
}

/**
 * The unit of work on a subgraph's own database. It validates nothing and changes no schema. The driver gets the whole URL,
 * since MikroORM drops its parameters, and the connection would be in clear although the URL asks for TLS.
 */
export function createOrm(url: string, schema: string, entities: readonly EntityClass[]): MikroORM {
  // MikroORM.init would also import the installed migrations, and with them a second MikroORM beside the bundle's.
  return new MikroORM({
    clientUrl: connectionTo(url).connectionString,
    driverOptions: { ...connectionTo(url), onPoolCreated: demandReplication },
    schema,
    entities: [...entities],
    metadataProvider: ReflectMetadataProvider,
    forceUtcTimezone: true,
    debug: false,
  });
}
