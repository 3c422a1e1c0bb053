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
 * The export `subgraph` of a folder under subgraphs/: everything that the chassis needs to build, guard and serve it. The
 * folder's name is the sector's name.
 */
export interface Subgraph {
  readonly name: string;
  /** The sector's kinds of information; the registry has none. */
  readonly categories: readonly Category[];
  /** type-graphql resolver classes. */
  readonly resolvers: readonly ClassReference[];
  /** Object types that no resolver returns directly. */
  readonly types?: readonly ClassReference[];
  readonly entities: readonly EntityClass[];
  /** The scripts that make its database, and upgrade one of an earlier version. */
  readonly migrations: Migrations;
  /** Fills a demo database; `today` is YYYY-MM-DD. */
  readonly seed?: (sql: Sql, today: string) => Promise<void>;
  /** The field of Youth that shows what the caller may read in the sector. Asking it asks for every kind of unit. */
  readonly readable?: string;
  /** File formats that `npm run import` reads into this sector, by name. */
  readonly imports?: Readonly<Record<string, Importer>>;
  /** Decides relation MEMBER; only the registry has it. */
  readonly membership?: Membership;
  /** The fields of Query through which a request enters a group's matters: every one with relation MEMBER must be here. */
  readonly entrances?: Entrances;
  /** Work that goes on in the folder's process beside answering requests. */
  readonly beside?: readonly Beside[];
}

/** Starts work beside answering. The process answers once this resolves; null if there is nothing to do. */
export type Beside = (env: NodeJS.ProcessEnv, log: Logger) => Promise<{ close(): Promise<void> } | null>;

/** Makes the decider of one request. */
export type Membership = (context: () => HubContext) => Memberships;
