import { LRUCache } from 'lru-cache';
import { type Numbered, named, type Prepared } from '../statement.ts';

/** From so many uses on a statement is prepared: most that clients make up are used once. */
const USUAL_FROM = 3;

/** Each connection keeps its prepared statements for as long as it lives, so there are at most so many. */
const MOST_PREPARED = 200;

/** How often statements that are not prepared have been used, the lately used ones. */
const uses = new LRUCache<string, number>({ max: 1_000 });
const names = new Map<string, string>();

/**
 * A statement whose text depends on what the client asks for, as pg takes it, with its values by name: prepared when it is
 * usual, so that the database neither parses nor plans it again.
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
