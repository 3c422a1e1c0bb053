import { isDeepStrictEqual } from 'node:util';
import { JsonType } from '@mikro-orm/core';
import type { Owned } from '../../chassis/decide/guard.ts';

/** A part that a record keeps inside itself; it carries the record's youth and agency, by which the guard tests it. */
export type Part<T extends object> = T & Owned;

/** The parts that a record keeps under one property, or null when that was not read or did not cross. */
export function partsOf<T extends object>({ youthId, agency }: Owned, parts: unknown): Part<T>[] | null {
  return Array.isArray(parts) ? parts.map((part: T) => ({ ...part, youthId, agency })) : null;
}

/** How parts are stored: as JSON, in which the order of names changes nothing, since PostgreSQL keeps an order of its own. */
export class PartsType extends JsonType {
  override compareValues(a: string, b: string): boolean {
    return isDeepStrictEqual(JSON.parse(a), JSON.parse(b));
  }
}
