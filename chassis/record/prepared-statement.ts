import { LRUCache } from 'lru-cache';
import { type Numbered, named, type Prepared } from '../statement.ts';

/** Uses before a statement is prepared: most statements that clients cause are used once. */
const USUAL_FROM = 3;

/** Prepared statements, at most: each connection keeps its own for as long as it lives. */
const MOST_PREPARED = 200;

/** Counts of uses of statements that are not prepared; only those used lately are kept. */
const uses = new LRUCache<string, number>({ max: 1_000 });
const names = new Map<string, string>();

/**
 * A statement, in pg's form, whose text depends on the client's question; values by name. It is prepared if it is frequent, so that
 * the database neither parses nor plans it again.
 */
export function preparedIfUsual(text: string, values: object): Numbered & Partial<Prepared> {
  const statement = named(text, values);
  const name = names.get(text);
  if (name !== undefined) return { ...statement, name };
  const used = (uses.get(text) ?? 0) + 1;
  uses.set(text, used);
  if (used < USUAL_FROM || names.size >= MOST_PREPARED) return statement;
  uses.delete(text);
  names.set(text, `usual ${names.size + 1}`);
  return statement;
}
