import 'reflect-metadata';
import type { EntityClass } from '@mikro-orm/core';
import type { Category } from '../schema/directives.ts';
import { AnsweredKey } from './change/answered-key.ts';
import { Change } from './change/change-history.ts';
import { receiptType, type WriteReceipt } from './change/receipt.ts';
import { type Script } from './migrations.ts';
import { type ClassReference, capitalised, prefixOf } from './names.ts';
import { newsMigrations, noteChangesOf } from './news/news-migration.ts';
import { newsResolvers } from './news/news-resolvers.ts';
import { FedContent } from './record/feed.ts';
import { markResolver } from './record/mark-resolver.ts';
import { recordImporter } from './record/record-importer.ts';
import type { RecordKind } from './record/record-kind.ts';
import { recordResolvers } from './record/record-resolvers.ts';
import { chassisMigrations } from './store/chassis-migration.ts';
import type { Subgraph } from './subgraph.ts';
import { assignResolver } from './youth/assign-resolver.ts';
import { Assignment } from './youth/assignment.ts';
import { linkResolver } from './youth/link-resolver.ts';
import { Link } from './youth/links.ts';
import { ownLinksResolver } from './youth/own-links.ts';
import { readableField, readableResolver } from './youth/readable.ts';

/** The parts that a sector owns. The chassis adds links, assignments, holds, and reading and writing for each kind of record. */
export interface SectorDefinition {
  readonly name: string;
  readonly categories: readonly Category[];
  readonly kinds: readonly RecordKind[];
  /** The object types, entities and resolvers beside those of the kinds. */
  readonly types?: readonly ClassReference[];
  readonly entities?: readonly EntityClass[];
  readonly resolvers?: readonly ClassReference[];
  /** The mutations beside those of the kinds; they answer with the sector's receipt. */
  readonly mutations?: (receipt: new () => WriteReceipt) => readonly ClassReference[];
  /** The tables of the sector; its functions are the chassis' own. */
  readonly migrations: readonly Script[];
  readonly seed: NonNullable<Subgraph['seed']>;
  /** The formats beside CSV and JSON of each kind. */
  readonly imports?: Subgraph['imports'];
}

/** The subgraph of a sector. Throws if a kind of record names a category that the sector does not declare. */
export function defineSector(sector: SectorDefinition): Subgraph {
  for (const { name, category } of sector.kinds) {
    if (!sector.categories.some(({ code }) => code === category)) {
      throw new Error(
        `${name} is of category ${category}, which ${sector.name} does not declare. Declare it in the sector's categories.ts.`,
      );
    }
  }
  const prefix = prefixOf(sector.name);
  const receipt = receiptType(capitalised(prefix));
  const news = newsResolvers(prefix, sector.kinds);
  return {
    name: sector.name,
    categories: sector.categories,
    resolvers: [
      linkResolver(prefix, receipt),
      ownLinksResolver(prefix),
      readableResolver(prefix),
      assignResolver(prefix, receipt),
      ...(sector.resolvers ?? []),
      ...sector.kinds.flatMap((kind) => recordResolvers(kind, receipt)),
      ...(sector.mutations?.(receipt) ?? []),
      markResolver(prefix, sector.kinds, receipt),
      ...news.resolvers,
    ],
    types: [...(sector.types ?? []), ...sector.kinds.map(({ type }) => type), ...news.types],
    entities: [
      Link,
      Assignment,
      AnsweredKey,
      Change,
      FedContent,
      ...sector.kinds.map(({ row }) => row as EntityClass),
      ...(sector.entities ?? []),
    ],
    migrations: {
      tables: [...chassisMigrations.tables, ...newsMigrations.tables, ...sector.migrations],
      functions: [...chassisMigrations.functions, ...newsMigrations.functions, ...sector.kinds.map(noteChangesOf)],
    },
    seed: sector.seed,
    readable: readableField(prefix),
    imports: { ...recordImports(sector.kinds), ...sector.imports },
  };
}

/**
 * An importer of each kind that systems may write, by the kind's name: `concern-talk` for ConcernTalk. A kind that names an agency with a
 * seat has none: only the registry knows the seats, and an import has the sector's database alone.
 */
function recordImports(kinds: readonly RecordKind[]): NonNullable<Subgraph['imports']> {
  const fed = kinds.filter(({ writers, seated = [] }) => seated.length === 0 && (writers?.includes('SYSTEM') ?? true));
  const nameOf = ({ name }: RecordKind) => name.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  return Object.fromEntries(fed.map((kind) => [nameOf(kind), recordImporter(kind)]));
}
