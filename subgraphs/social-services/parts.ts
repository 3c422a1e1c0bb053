import { isDeepStrictEqual } from 'node:util';
import { JsonType } from '@mikro-orm/core';
import type { Owned } from '../../chassis/decide/guard.ts';

/** A part that a record keeps inside itself. It carries the record's youth and agency, by which the guard tests it. */
export type Part<T extends object> = T & Owned;

/** The parts that a record keeps under one property; null if that was not read or did not cross. */
export function partsOf<T extends object>({ youthId, agency }: Owned, parts: unknown): Part<T>[] | null {
  return Array.isArray(parts) ? parts.map((part: T) => ({ ...part, youthId, agency })) : null;
}

/** The storage type of parts: JSON whose order of names does not matter, since PostgreSQL uses its own order. */
export class PartsType extends JsonType {
  override compareValues(a: string, b: string): boolean {
    return isDeepStrictEqual(JSON.parse(a), JSON.parse(b));
  }
}
