/** A parsed JSON object: what a subgraph answers and what a client gets. */
export type JsonObject = Record<string, unknown>;

/** Where a value stands in an answer: response keys and list indexes, outermost first. */
export type Path = readonly (string | number)[];

/** Is this a JSON object (not null, not a list)? */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The value of `key`, or undefined when the object does not have it. JSON holds no functions, so what an object inherits
 * (`constructor`, `toString`) is never mistaken for data; `__proto__` is no key of ours (see operation.ts).
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
