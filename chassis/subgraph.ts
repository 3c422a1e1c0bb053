import type { EntityClass } from '@mikro-orm/core';
import type { Logger } from 'pino';
import type { Category } from '../schema/directives.ts';
import type { HubContext } from './decide/context.ts';
import type { Entrances, Memberships } from './decide/membership.ts';
import type { Importer } from './importer.ts';
import type { Migrations } from './migrations.ts';
import type { ClassReference } from './names.ts';
import type { Sql } from './sql.ts';

/**
 * What a folder under subgraphs/ exports as `subgraph`: everything the chassis needs to build, guard and serve it. The
 * folder's name is the sector's name.
 */
export interface Subgraph {
  readonly name: string;
  /** The kinds of information that this sector has; the registry has none. */
  readonly categories: readonly Category[];
  /** type-graphql resolver classes. */
  readonly resolvers: readonly ClassReference[];
  /** Object types that nothing in the resolvers returns directly. */
  readonly types?: readonly ClassReference[];
  readonly entities: readonly EntityClass[];
  /** Makes its database, and brings one of an earlier version to this one. */
  readonly migrations: Migrations;
  /** Fills a demo database; `today` is YYYY-MM-DD. */
  readonly seed?: (sql: Sql, today: string) => Promise<void>;
  /** File formats that `npm run import` reads into this sector, by name. */
  readonly imports?: Readonly<Record<string, Importer>>;
  /** How relation MEMBER is decided; only the registry knows it. */
  readonly membership?: Membership;
  /** The fields of Query by which a request comes to a group's matters; each field of relation MEMBER there has one. */
  readonly entrances?: Entrances;
  /** Work that goes on in the folder's process beside answering. */
  readonly beside?: readonly Beside[];
}

/** Begins work beside answering, which may begin when this resolves; null when there is nothing to do. */
export type Beside = (env: NodeJS.ProcessEnv, log: Logger) => Promise<{ close(): Promise<void> } | null>;

/** Makes the decider of one request. */
export type Membership = (context: () => HubContext) => Memberships;
