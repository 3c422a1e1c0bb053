import { isJsonObject, type JsonObject } from '../json.ts';
import type { Types } from '../prepare/types.ts';

/**
 * Adds a subgraph's answer about an object to the known data of that object, in place. Null never replaces a value, and
 * an interface's name never replaces an object type's.
 *
 * @param copy must be true when `answer` is merged into more than one object. They must not share parts, because later
 *   fetches add different data to them.
 */
export function merge(known: JsonObject, answer: JsonObject, types: Types, copy = false): void {
  for (const key of Object.keys(answer)) {
    // No operation asks for `__proto__` (operation.ts), so an answer that has it is not trusted with it.
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
  if (key === '__typename' && types.isObject(known) && !types.isObject(value)) return known;
  return copy ? copyOf(value) : value;
}

/** Merges lists: those of the same field hold the same items in the same order, and the longer one wins. */
function mergeLists(known: unknown[], values: readonly unknown[], types: Types, copy: boolean): void {
  for (let index = 0; index < values.length; index++)
    known[index] = merged(known[index], values[index], '', types, copy);
}

function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isJsonObject(value)) return value;
  const copy: JsonObject = {};
  for (const key of Object.keys(value)) if (key !== '__proto__') copy[key] = copyOf(value[key]);
  return copy;
}
