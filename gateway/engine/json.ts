/** A parsed JSON object, such as an answer of a subgraph or to a client. */
export type JsonObject = Record<string, unknown>;

/** The place of a value in an answer: response keys and list indexes, outermost first. */
export type Path = readonly (string | number)[];

/** True for a JSON object: not null and not a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The value of `key`, or undefined if the object lacks it. JSON holds no functions, so inherited names (`constructor`,
 * `toString`) are never mistaken for data; none of our keys is `__proto__` (see safe-aliases.ts).
 */
export function read(object: JsonObject, key: string): unknown {
  const value = object[key];
  return typeof value === 'function' ? undefined : value;
}

/** Sets `key` as an own property, `__proto__` included. */
export function write(object: JsonObject, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[key] = value;
  }
}
