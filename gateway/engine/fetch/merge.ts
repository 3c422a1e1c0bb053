import { isJsonObject, type JsonObject } from '../json.ts';
import type { Types } from '../prepare/types.ts';

/**
 * Adds a subgraph's answer about an object to the known data of that object, in place. Only null is replaced, and an
 * interface's name by that of one of its object types: a value that stands was delivered by whoever was asked for it.
 *
 * @param copy must be true when `answer` is merged into more than one object. They must not share parts, because later
 *   fetches add different data to them.
 */
export function merge(known: JsonObject, answer: JsonObject, types: Types, copy = false): void {
  for (const key of Object.keys(answer)) {
    // No operation asks for `__proto__` (safe-aliases.ts), so an answer that has it is not trusted with it.
    if (key === '__proto__') continue;
    const value = answer[key];
    if (!Object.hasOwn(known, key)) known[key] = copy ? copyOf(value) : value;
    else known[key] = merged(known[key], value, key, types, copy);
  }
}

function merged(known: unknown, value: unknown, key: string, types: Types, copy: boolean): unknown {
  if (value === null || value === undefined) return known === undefined ? null : known;
  if (isJsonObject(known) && isJsonObject(value)) {
    merge(known, value, types, copy);
    return known;
  }
  if (Array.isArray(known) && Array.isArray(value)) {
    mergeLists(known, value, types, copy);
    return known;
  }
  if (known === null || known === undefined) return copy ? copyOf(value) : value;
  return key === '__typename' && isNarrower(value, known, types) ? value : known;
}

/** True if one name is of an object type and the other of its interface or union. */
function isNarrower(value: unknown, known: unknown, types: Types): boolean {
  return types.isObject(value) && typeof known === 'string' && value !== known && types.is(value, known);
}

/** Merges lists: those of the same field hold the same items in the same order. The list that stands keeps its length. */
function mergeLists(known: unknown[], values: readonly unknown[], types: Types, copy: boolean): void {
  for (let index = 0; index < known.length; index++)
    known[index] = merged(known[index], values[index], '', types, copy);
}

function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isJsonObject(value)) return value;
  const copy: JsonObject = {};
  for (const key of Object.keys(value)) if (key !== '__proto__') copy[key] = copyOf(value[key]);
  return copy;
}
